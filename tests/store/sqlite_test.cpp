#include "store/sqlite.h"

#include <array>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "os/files.h"

namespace hearth::store {
namespace {

constexpr std::array<std::string_view, 1> kFirst = {"CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT)"};
constexpr std::array<std::string_view, 2> kSecond = {kFirst[0], "ALTER TABLE items ADD COLUMN price REAL"};

class Sqlite : public testing::Test {
protected:
    os::TempDir folder_ = *os::TempDir::create("hearth-sqlite");
    std::filesystem::path file_ = folder_.path() / "deep/test.db";
};

TEST_F(Sqlite, KeepsValuesOfEveryKind) {
    auto database = Database::open(file_, kSecond);
    ASSERT_TRUE(database) << database.error().message();
    const std::string name("quo'te \0 end", 12);
    ASSERT_TRUE(database->execute("INSERT INTO items VALUES (?, ?, ?)", {std::int64_t{7}, name, 1.5}));
    ASSERT_TRUE(database->execute("INSERT INTO items VALUES (?, ?, ?)", {std::int64_t{8}, Value(), Value()}));
    const auto rows = database->query("SELECT id, name, price FROM items ORDER BY id");
    ASSERT_TRUE(rows) << rows.error().message();
    ASSERT_EQ(rows->size(), 2U);
    EXPECT_EQ((*rows)[0].integer(0), 7);
    EXPECT_EQ((*rows)[0].text(1), name);
    EXPECT_EQ((*rows)[0].real(2), 1.5);
    EXPECT_TRUE((*rows)[1].is_null(1));
    EXPECT_FALSE((*rows)[1].maybe_real(2));
}

TEST_F(Sqlite, MigratesAnOlderFileAndRefusesANewerOne) {
    {
        auto old = Database::open(file_, kFirst);
        ASSERT_TRUE(old);
        ASSERT_TRUE(old->execute("INSERT INTO items VALUES (1, 'kept')"));
    }
    {
        auto now = Database::open(file_, kSecond);
        ASSERT_TRUE(now) << now.error().message();
        const auto rows = now->query("SELECT name, price FROM items");
        ASSERT_TRUE(rows);
        EXPECT_EQ(rows->front().text(0), "kept");
    }
    const auto older = Database::open(file_, kFirst);
    ASSERT_FALSE(older);
    EXPECT_EQ(older.error().code(), Code::kUnsupported);
}

TEST_F(Sqlite, AFailedTransactionLeavesNothing) {
    auto database = Database::open(file_, kFirst);
    ASSERT_TRUE(database);
    const auto status = database->transaction([&]() -> Status {
        TRY(database->execute("INSERT INTO items VALUES (1, 'a')"));
        TRY(database->execute("INSERT INTO items VALUES (1, 'again')"));
        return {};
    });
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().code(), Code::kConflict);
    EXPECT_EQ(database->query("SELECT count(*) FROM items")->front().integer(0), 0);
}

TEST_F(Sqlite, AKilledWriterLeavesOnlyWhatItCommitted) {
    const auto child = ::fork();
    if (child == 0) {
        auto database = Database::open(file_, kFirst);
        static_cast<void>(database->execute("INSERT INTO items VALUES (1, 'kept')"));
        static_cast<void>(database->transaction([&]() -> Status {
            TRY(database->execute("INSERT INTO items VALUES (2, 'lost')"));
            ::kill(::getpid(), SIGKILL);
            return {};
        }));
        ::_exit(1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));
    auto database = Database::open(file_, kFirst);
    ASSERT_TRUE(database) << database.error().message();
    EXPECT_EQ(database->query("SELECT count(*), max(name) FROM items")->front().integer(0), 1);
}

TEST_F(Sqlite, AnotherWriterIsWaitedForAndThenToldOf) {
    auto one = Database::open(file_, kFirst);
    auto two = Database::open(file_, kFirst, {.busy = std::chrono::milliseconds(20)});
    ASSERT_TRUE(one && two);
    const auto status = one->transaction([&]() -> Status {
        const auto other = two->execute("INSERT INTO items VALUES (1, 'a')");
        EXPECT_FALSE(other);
        EXPECT_EQ(other.error().code(), Code::kConflict);
        return {};
    });
    EXPECT_TRUE(status);
}

TEST_F(Sqlite, WhatIsNoDatabaseIsCorrupt) {
    ASSERT_TRUE(os::write_file_atomic(file_, std::string(4096, 'x')));
    const auto database = Database::open(file_, kFirst);
    ASSERT_FALSE(database);
    EXPECT_EQ(database.error().code(), Code::kCorrupt);
}

}  // namespace
}  // namespace hearth::store
