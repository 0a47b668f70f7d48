#include "scaffold/memory_bank.h"

#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <thread>
#include <vector>

#include "os/files.h"

namespace hearth::scaffold {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class MemoryBankTest : public testing::Test {
protected:
    MemoryBank open() {
        auto bank = MemoryBank::open(folder_.path(), true);
        EXPECT_TRUE(bank) << bank.error().message();
        return **std::move(bank);
    }

    [[nodiscard]] std::string read(const std::string& name) const {
        return os::read_file(place_ / name).value_or("none");
    }

    void write(const std::string& name, const std::string& text) const {
        ASSERT_TRUE(os::write_file_atomic(place_ / name, text));
    }

    os::TempDir folder_ = *os::TempDir::create("hearth-memory");
    fs::path place_ = folder_.path() / ".hearth" / "memory";
};

TEST_F(MemoryBankTest, AProjectHasNoneUntilItIsAskedForOnce) {
    EXPECT_FALSE(MemoryBank::open(folder_.path(), false).value().has_value());
    EXPECT_FALSE(fs::exists(folder_.path() / ".hearth"));
    open();
    EXPECT_TRUE(MemoryBank::open(folder_.path(), false).value().has_value());
    EXPECT_THAT(read("activeContext.md"), HasSubstr("# Active context"));
    EXPECT_THAT(read("architectural_decisions.md"), HasSubstr("# Architectural decisions"));
}

TEST_F(MemoryBankTest, WhatHappenedIsKeptAndToldToTheNextSession) {
    auto bank = open();
    ASSERT_TRUE(bank.keep({.session = "a", .task = "Round prices", .files = {"money.py"}}));
    ASSERT_TRUE(bank.decide("Money is kept in cents."));
    const auto notes = open().notes(4000);
    ASSERT_TRUE(notes);
    EXPECT_THAT(*notes, HasSubstr("Round prices"));
    EXPECT_THAT(*notes, HasSubstr("Money is kept in cents."));
    EXPECT_EQ(parse_progress(read("progress.json")).value()[0].files, std::vector<std::string>{"money.py"});
}

TEST_F(MemoryBankTest, NotesKeepToTheirBudget) {
    auto bank = open();
    write("activeContext.md", std::string(50'000, 'x'));
    for (int i = 0; i < 200; ++i)
        ASSERT_TRUE(bank.decide("decision number " + std::to_string(i)));
    const auto notes = bank.notes(2000);
    ASSERT_TRUE(notes);
    EXPECT_LT(notes->size(), 2400U);
    EXPECT_THAT(*notes, HasSubstr("decision number 199"));
}

TEST_F(MemoryBankTest, APersonsEditIsNeverLost) {
    auto bank = open();
    ASSERT_TRUE(bank.keep({.session = "a", .task = "first"}));
    write("activeContext.md", "Do not touch parser.py.\n" + read("activeContext.md"));
    write("architectural_decisions.md", "Mine.\n");
    ASSERT_TRUE(bank.keep({.session = "a", .task = "second"}));
    ASSERT_TRUE(bank.decide("Theirs."));
    EXPECT_THAT(read("activeContext.md"), testing::StartsWith("Do not touch parser.py.\n"));
    EXPECT_THAT(read("activeContext.md"), HasSubstr("second"));
    EXPECT_THAT(read("architectural_decisions.md"), testing::StartsWith("Mine.\n- 20"));
}

TEST_F(MemoryBankTest, TwoSessionsAtOnceKeepBoth) {
    open();
    std::vector<std::thread> sessions;
    for (int i = 0; i < 4; ++i) {
        sessions.emplace_back([this, i] {
            auto bank = open();
            for (int n = 0; n < 10; ++n) {
                EXPECT_TRUE(bank.keep({.session = "s" + std::to_string(i), .task = std::to_string(n)}));
                EXPECT_TRUE(bank.decide("d" + std::to_string(i) + "." + std::to_string(n) + "."));
            }
        });
    }
    for (auto& each : sessions)
        each.join();
    EXPECT_THAT(parse_progress(read("progress.json")).value(), SizeIs(4));
    const auto decisions = read("architectural_decisions.md");
    for (int i = 0; i < 4; ++i)
        for (int n = 0; n < 10; ++n)
            EXPECT_THAT(decisions, HasSubstr(": d" + std::to_string(i) + "." + std::to_string(n) + "."));
    for (const auto& each : fs::directory_iterator(place_))
        EXPECT_FALSE(each.path().filename().string().starts_with(".new-")) << each.path();
}

TEST_F(MemoryBankTest, ATornProgressIsSetAsideAndSaid) {
    auto bank = open();
    write("progress.json", R"({"schema":1,"sess)");
    ASSERT_TRUE(bank.keep({.session = "a", .task = "x"}));
    EXPECT_THAT(bank.take_notices(), ElementsAre(HasSubstr("progress.json.broken-")));
    EXPECT_THAT(bank.take_notices(), IsEmpty());
    EXPECT_THAT(parse_progress(read("progress.json")).value(), SizeIs(1));
    int broken = 0;
    for (const auto& each : fs::directory_iterator(place_))
        broken += each.path().filename().string().starts_with("progress.json.broken-") ? 1 : 0;
    EXPECT_EQ(broken, 1);
}

TEST_F(MemoryBankTest, AProgressOfANewerHearthStaysAsItIs) {
    auto bank = open();
    write("progress.json", R"({"schema":2,"sessions":[]})");
    EXPECT_EQ(bank.keep({.session = "a"}).error().code(), Code::kUnsupported);
    EXPECT_EQ(read("progress.json"), R"({"schema":2,"sessions":[]})");
}

TEST_F(MemoryBankTest, AFolderThatVanishedIsMadeAgainWithWhatWasSeen) {
    auto bank = open();
    ASSERT_TRUE(bank.decide("Kept."));
    ASSERT_TRUE(os::remove_tree(folder_.path() / ".hearth"));
    ASSERT_TRUE(bank.keep({.session = "a", .task = "again"}));
    EXPECT_THAT(read("architectural_decisions.md"), HasSubstr("Kept."));
    EXPECT_THAT(read("activeContext.md"), HasSubstr("again"));
}

}  // namespace
}  // namespace hearth::scaffold
