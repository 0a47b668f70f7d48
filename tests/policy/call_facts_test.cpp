#include "policy/call_facts.h"

#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

#include "os/files.h"
#include "policy/parse_policy.h"

namespace hearth::policy {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class CallFactsTest : public testing::Test {
protected:
    CallFactsTest() { EXPECT_TRUE(files_.write("src/a.py", "one\ntwo\n")); }

    CallFacts facts(std::string_view tool, std::string_view arguments) {
        auto call = call_facts(files_, tool, arguments, true);
        EXPECT_TRUE(call) << call.error().message();
        return call.value_or(CallFacts());
    }

    os::TempDir folder_ = *os::TempDir::create("hearth-facts");
    sandbox::WorkspaceFiles files_ = *sandbox::WorkspaceFiles::open(folder_.path());
};

TEST_F(CallFactsTest, ACommandIsKnownByItsWords) {
    const auto call = facts("bash", R"({"cmd": "ls | wc -l > n"})");
    EXPECT_EQ(call.facts.command, "ls | wc -l > n");
    EXPECT_THAT(call.facts.programs, ElementsAre("ls", "wc"));
    EXPECT_TRUE(call.facts.redirects);
    EXPECT_TRUE(call.facts.interactive);
    EXPECT_EQ(*shown_call(call), "ls | wc -l > n");
}

TEST_F(CallFactsTest, AFileIsKnownByWhereItsPathLeads) {
    std::filesystem::create_directory_symlink("src", folder_.path() / "link");
    EXPECT_EQ(facts("read", R"({"path": "./link/../link/a.py"})").facts.path, "src/a.py");
    EXPECT_EQ(facts("read", R"({"path": ")" + (files_.root() / "src/a.py").string() + "\"}").facts.path,
              "src/a.py");
    EXPECT_EQ(facts("read", R"({"path": "src/new.py"})").facts.path, "src/new.py");
    EXPECT_THAT(facts("read", R"({"path": "../x"})").facts.path, testing::StartsWith("/"));
    const auto written = facts("write", R"({"path": "link/b.py", "content": "three\n"})");
    EXPECT_EQ(written.facts.path, "src/b.py");
    EXPECT_TRUE(written.facts.is_new);
    EXPECT_EQ(written.facts.bytes, 6);
    const auto edited = facts("edit", R"({"path": "src/a.py", "old_text": "two", "new_text": "2"})");
    EXPECT_FALSE(edited.facts.is_new);
    EXPECT_EQ(edited.facts.bytes, 6);
}

TEST_F(CallFactsTest, AChangeIsShownAsItsDifference) {
    const auto text =
        *shown_call(facts("edit", R"({"path": "src/a.py", "old_text": "two", "new_text": "2"})"));
    EXPECT_THAT(text, HasSubstr("src/a.py"));
    EXPECT_THAT(text, HasSubstr("-two\n+2"));
    EXPECT_THAT(text, HasSubstr(" one"));
    EXPECT_THAT(*shown_call(facts("write", R"({"path": "n", "content": "new\n"})")), HasSubstr("+new"));
    EXPECT_THAT(*shown_call(facts("write", R"({"path": "src/a.py", "content": "one\ntwo\n"})")),
                HasSubstr("stays as it is"));
}

TEST_F(CallFactsTest, WhatCouldDeceiveTheEyeIsShownAsAnEscape) {
    const auto shown = *shown_call(facts(
        "bash", "{\"command\": \"echo \\u001b[2K\\u202edlrow\\u200b \\u0007\\r; rm x\\u00a0\\u2066\"}"));
    for (const char* escape : {"\\x1b[2K", "\\u202edlrow", "\\u200b", "\\x07", "\\x0d", "\\u2066"})
        EXPECT_THAT(shown, HasSubstr(escape));
    for (const char* raw : {"\x1b", "\u202e", "\u200b", "\x07", "\r", "\u2066"})
        EXPECT_THAT(shown, Not(HasSubstr(raw)));
    const auto change =
        *shown_call(facts("write", "{\"path\": \"a\", \"content\": \"x\\u001b]0;t\\u0007\\u202e\\n\"}"));
    EXPECT_THAT(change, HasSubstr("+x\\x1b]0;t\\x07\\u202e"));
}

TEST_F(CallFactsTest, ALongTextKeepsItsEndAndNamesItsHash) {
    const auto command = "echo " + std::string(200'000, 'x') + "; rm y";
    const auto shown = *shown_call(facts("bash", R"({"command": ")" + command + "\"}"));
    EXPECT_LT(shown.size(), 70'000U);
    EXPECT_THAT(shown, HasSubstr("; rm y"));
    EXPECT_THAT(shown, HasSubstr(os::sha256(command)));
}

TEST_F(CallFactsTest, AMistakeOfTheModelIsWhatTheToolWouldSay) {
    EXPECT_THAT(call_facts(files_, "write", R"({"path": "a"})", true).error().message(),
                HasSubstr("write needs"));
    EXPECT_FALSE(
        call_facts(files_, "edit", R"({"path": "src/a.py", "old_text": "four", "new_text": "4"})", true));
}

TEST(CallHash, IsOfTheCallTheFolderAndThePolicies) {
    const auto hash = call_hash("bash", R"({"command":"ls"})", "/w", "p");
    EXPECT_EQ(hash, call_hash("bash", "{ \"command\" : \"ls\" }", "/w", "p"));
    EXPECT_NE(hash, call_hash("sh", R"({"command":"ls"})", "/w", "p"));
    EXPECT_NE(hash, call_hash("bash", R"({"command":"ls "})", "/w", "p"));
    EXPECT_NE(hash, call_hash("bash", R"({"command":"ls"})", "/v", "p"));
    EXPECT_NE(hash, call_hash("bash", R"({"command":"ls"})", "/w", "q"));
    EXPECT_NE(call_hash("a", "b", "cd", "e"), call_hash("a", "bc", "d", "e"));
}

TEST(PoliciesHash, ChangesWithEveryTextAndWhoseItIs) {
    const auto hash = [](std::string_view text, Origin origin) {
        const std::vector<Policy> all = {*parse_policy(text, "p", origin)};
        return policies_hash(all);
    };
    const auto one = hash("ask (action, resource);", Origin::kUser);
    EXPECT_EQ(one, hash("ask (action, resource);", Origin::kUser));
    EXPECT_NE(one, hash("ask (action, resource); ", Origin::kUser));
    EXPECT_NE(one, hash("ask (action, resource);", Origin::kProject));
    EXPECT_NE(one, policies_hash({}));
}

}  // namespace
}  // namespace hearth::policy
