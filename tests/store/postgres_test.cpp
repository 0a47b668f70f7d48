#include "store/postgres.h"

#include <array>
#include <atomic>
#include <gmock/gmock.h>
#include <thread>

#include "support/postgres_server.h"

namespace hearth::store {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;

constexpr std::array<std::string_view, 1> kOne = {"CREATE TABLE words (word text);\n"};
constexpr std::array<std::string_view, 2> kTwo = {"CREATE TABLE words (word text);\n",
                                                  "ALTER TABLE words ADD COLUMN number bigint NOT NULL\n    "
                                                  "DEFAULT 7;\nINSERT INTO words VALUES ('made');\n"};

test::PostgresServer& server() { return test::PostgresServer::shared(); }

Postgres open(const std::string& url, std::span<const std::string_view> migrations,
              const Postgres::Options& options = {}) {
    auto database = Postgres::open(url, "test", migrations, options);
    EXPECT_TRUE(database) << database.error().message();
    return *std::move(database);
}

std::string refusal(const std::string& url) {
    const auto database = Postgres::open(url, "test", {});
    return database ? "opened" : database.error().message();
}

TEST(Postgres, ValuesComeBackAsTheyWere) {
    Postgres database = open(server().fresh_database(), {});
    const std::string text = "quote ' \" \\ \xc3\xa4 \n";
    const auto rows =
        database.query("SELECT $1::bigint, $2::double precision, $3::text, $4::text, 3::int, 1.5::numeric",
                       {std::int64_t{-9'000'000'000'000'000'000}, 0.1, text, std::monostate()});
    ASSERT_TRUE(rows) << rows.error().message();
    const Row& row = rows->front();
    EXPECT_EQ(row.integer(0), -9'000'000'000'000'000'000);
    EXPECT_EQ(row.real(1), 0.1);
    EXPECT_EQ(row.text(2), text);
    EXPECT_TRUE(row.is_null(3));
    EXPECT_EQ(row.integer(4), 3);
    EXPECT_EQ(row.real(5), 1.5);
}

TEST(Postgres, MigrationsGoOnWhereTheyWere) {
    const std::string url = server().fresh_database();
    EXPECT_TRUE(open(url, kOne).execute("INSERT INTO words VALUES ('old')"));
    for (int times = 0; times < 2; ++times) {
        const auto rows = open(url, kTwo).query("SELECT word, number FROM words ORDER BY word DESC");
        ASSERT_TRUE(rows) << rows.error().message();
        ASSERT_EQ(rows->size(), 2U);
        EXPECT_EQ(rows->front().text(0), "old");
        EXPECT_EQ(rows->front().integer(1), 7);
    }
    const auto older = Postgres::open(url, "test", kOne);
    ASSERT_FALSE(older);
    EXPECT_EQ(older.error().code(), Code::kUnsupported);
}

TEST(Postgres, AMigrationThatFailsLeavesNothing) {
    const std::string url = server().fresh_database();
    constexpr std::array<std::string_view, 1> kBad = {"CREATE TABLE words (word text);\nNONSENSE;\n"};
    const auto bad = Postgres::open(url, "test", kBad);
    ASSERT_FALSE(bad);
    EXPECT_THAT(bad.error().message(), HasSubstr("syntax error"));
    open(url, kOne);
}

TEST(Postgres, ManyThatPrepareOneDatabaseAtOnceAllGetIt) {
    const std::string url = server().fresh_database();
    std::atomic<int> opened = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 6; ++i)
        threads.emplace_back([&] { opened += Postgres::open(url, "test", kTwo) ? 1 : 0; });
    for (std::thread& thread : threads)
        thread.join();
    EXPECT_EQ(opened, 6);
    EXPECT_EQ(open(url, kTwo).query("SELECT * FROM words")->size(), 1U);
}

TEST(Postgres, APasswordInTheAddressIsRefusedUnread) {
    for (const auto* url : {"postgresql://me:hush@127.0.0.1/x", "postgres://me@127.0.0.1/x?password=hush",
                            "postgresql://127.0.0.1/x?sslpassword=hush"}) {
        const std::string why = refusal(url);
        EXPECT_THAT(why, HasSubstr(".pgpass"));
        EXPECT_THAT(why, Not(HasSubstr("hush")));
    }
    EXPECT_THAT(refusal("postgresql://me:hush@[::1/x"), Not(HasSubstr("hush")));
    EXPECT_THAT(refusal("host=127.0.0.1 password=hush"), Not(HasSubstr("hush")));
}

TEST(Postgres, WhatIsWrongIsSaidWithThePlace) {
    const std::string absent = refusal(server().url("absent"));
    EXPECT_THAT(absent, HasSubstr("hearth@"));
    EXPECT_THAT(absent, HasSubstr("does not exist"));
    const auto nobody = Postgres::open("postgresql://127.0.0.1:1/x", "test", {});
    ASSERT_FALSE(nobody);
    EXPECT_EQ(nobody.error().code(), Code::kUnavailable);
    Postgres database = open(server().fresh_database(), kOne);
    const auto wrong = database.query("SELECT nothing FROM words");
    ASSERT_FALSE(wrong);
    EXPECT_EQ(wrong.error().code(), Code::kInternal);
    EXPECT_TRUE(database.query("SELECT 1")) << "the connection is good for the next statement";
}

TEST(Postgres, ALostConnectionIsMadeAnew) {
    Postgres database = open(server().fresh_database(), kOne);
    Postgres other = open(server().url("postgres"), {});
    const auto pid = database.query("SELECT pg_backend_pid()");
    ASSERT_TRUE(pid);
    ASSERT_TRUE(other.query("SELECT pg_terminate_backend($1::int)", {pid->front().integer(0)}));
    const auto added = database.execute("INSERT INTO words VALUES ('after')");
    ASSERT_TRUE(added) << added.error().message();
    EXPECT_EQ(*added, 1);
}

TEST(Postgres, AServerThatIsDownIsTriedAgainNowAndThen) {
    test::PostgresServer own;
    Postgres database = open(own.fresh_database(), kOne);
    own.stop();
    const auto down = database.execute("INSERT INTO words VALUES ('lost')");
    ASSERT_FALSE(down);
    EXPECT_EQ(down.error().code(), Code::kUnavailable);
    EXPECT_FALSE(database.ready()) << "without asking the server, so soon after";
    own.start();
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!database.ready() && std::chrono::steady_clock::now() < until)
        std::this_thread::sleep_for(milliseconds(10));
    EXPECT_TRUE(database.execute("INSERT INTO words VALUES ('there')"));
}

TEST(Postgres, AServerThatDoesNotAnswerIsNotWaitedForForEver) {
    Postgres database = open(server().fresh_database(), kOne, {.patience = milliseconds(100)});
    const auto asleep = database.query("SELECT pg_sleep(60)");
    ASSERT_FALSE(asleep);
    EXPECT_EQ(asleep.error().code(), Code::kUnavailable);
    EXPECT_THAT(asleep.error().message(), HasSubstr("no answer"));
    EXPECT_TRUE(database.query("SELECT 1")) << "on a connection of its own";
}

}  // namespace
}  // namespace hearth::store
