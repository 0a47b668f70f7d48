#include "policy/decision_book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <sys/stat.h>
#include <thread>
#include <vector>

#include "os/files.h"

namespace hearth::policy {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

KeptDecision decision(const std::string& what) {
    return {.hash = os::sha256(what),
            .tool = "bash",
            .subject = what,
            .folder = "/w",
            .policies = "p",
            .unix_ms = 5};
}

class DecisionBookTest : public testing::Test {
protected:
    os::TempDir folder_ = *os::TempDir::create("hearth-decisions");
    std::filesystem::path file_ = folder_.path() / "permissions" / "decisions.json";
    DecisionBook book_{file_};
};

TEST_F(DecisionBookTest, WhatIsKeptIsPermittedUntilItIsForgotten) {
    const auto made = decision("make test");
    EXPECT_FALSE(*book_.permits(made.hash));
    ASSERT_TRUE(book_.keep(made));
    ASSERT_TRUE(book_.keep(decision("ls")));
    ASSERT_TRUE(book_.keep(made));
    EXPECT_TRUE(*DecisionBook(file_).permits(made.hash));
    EXPECT_THAT(*book_.list(), SizeIs(2));
    EXPECT_EQ(*book_.forget("0123456789abcdef"), 0U);
    EXPECT_EQ(*book_.forget(made.id()), 1U);
    EXPECT_FALSE(*book_.permits(made.hash));
    EXPECT_EQ(*book_.forget(""), 1U);
    EXPECT_THAT(*book_.list(), IsEmpty());
}

TEST_F(DecisionBookTest, IsOpenToItsUserAlone) {
    ASSERT_TRUE(book_.keep(decision("ls")));
    struct stat info{};
    ASSERT_EQ(::stat(file_.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777U, 0600U);
}

TEST_F(DecisionBookTest, AnIdOfSeveralIsNotForgotten) {
    for (int i = 0; i < 40; ++i)
        ASSERT_TRUE(book_.keep(decision(std::to_string(i))));
    // Of forty hashes two begin with one digit.
    bool refused = false;
    for (const char digit : std::string("0123456789abcdef")) {
        const auto forgotten = book_.forget(std::string(1, digit));
        refused = refused || (!forgotten && forgotten.error().code() == Code::kInvalidInput);
    }
    EXPECT_TRUE(refused);
}

TEST_F(DecisionBookTest, SeveralWritersLoseNothing) {
    constexpr int kEach = 25;
    {
        std::vector<std::jthread> writers;
        for (const char* name : {"a", "b", "c"}) {
            writers.emplace_back([this, name] {
                for (int i = 0; i < kEach; ++i)
                    EXPECT_TRUE(DecisionBook(file_).keep(decision(name + std::to_string(i))));
            });
        }
    }
    EXPECT_THAT(*book_.list(), SizeIs(3 * kEach));
}

TEST_F(DecisionBookTest, ADamagedFilePermitsNothingAndIsNamed) {
    for (const char* text :
         {"", "{}", R"({"version":2,"decisions":[]})", R"({"version":1})",
          R"({"version":1,"decisions":[{"hash":"abc"}]})", R"({"version":1,"decisions":[7]})"}) {
        ASSERT_TRUE(os::write_file_atomic(file_, text));
        const auto permits = book_.permits(os::sha256("x"));
        ASSERT_FALSE(permits) << text;
        EXPECT_THAT(permits.error().message(), HasSubstr("decisions.json"));
        EXPECT_FALSE(book_.keep(decision("x"))) << text;
        EXPECT_EQ(*os::read_file(file_), text);
    }
}

TEST(KeptDecisions, AreReadAsTheyWereWritten) {
    const std::vector<KeptDecision> all = {decision("a \"b\"\n"), decision("ü")};
    EXPECT_EQ(*parse_decisions(decisions_json(all)), all);
}

}  // namespace
}  // namespace hearth::policy
