#include "policy/decide.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "policy/command_words.h"
#include "policy/parse_policy.h"

namespace hearth::policy {
namespace {

using testing::ElementsAre;

std::vector<Policy> policies(std::string_view user, std::string_view project = "") {
    std::vector<Policy> out;
    for (const auto& [text, origin] :
         {std::pair(user, Origin::kUser), std::pair(project, Origin::kProject)}) {
        auto policy = parse_policy(text, origin == Origin::kUser ? "user.hearth" : "project.hearth", origin);
        EXPECT_TRUE(policy) << policy.error().message();
        if (policy) out.push_back(*std::move(policy));
    }
    return out;
}

Facts bash(std::string command) {
    const auto words = command_words(command);
    return {.tool = "bash",
            .interactive = true,
            .command = std::move(command),
            .programs = words.programs,
            .redirects = words.redirects};
}

Facts file(std::string tool, std::string path, std::int64_t bytes = 0, bool is_new = false) {
    return {.tool = std::move(tool), .path = std::move(path), .is_new = is_new, .bytes = bytes};
}

// Whether the condition holds of a call of bash.
bool holds(const std::string& condition, const Facts& facts) {
    const auto all = policies("permit (action == Action::\"bash\", resource) when { " + condition + " };");
    return fits(all.front().rules.front(), facts);
}

std::string decided(const std::vector<Policy>& all, const Facts& facts,
                    Permissions permissions = Permissions::kAuto) {
    const auto decision = decide(all, permissions, facts);
    return std::string(effect_name(decision.effect)) +
           (decision.by ? " by " + name_of(*decision.by->rule) : "");
}

TEST(Decide, WithoutARuleThePermissionsDecide) {
    const std::vector<Policy> none;

    const struct {
        Permissions permissions;
        const char* tool;
        const char* decided;
    } rows[] = {{Permissions::kAsk, "read", "permit"},
                {Permissions::kAsk, "search", "permit"},
                {Permissions::kAsk, "grep", "permit"},
                {Permissions::kAsk, "find", "permit"},
                {Permissions::kAsk, "ls", "permit"},
                {Permissions::kAsk, "evidence_add", "permit"},
                {Permissions::kAsk, "evidence_get", "permit"},
                {Permissions::kAsk, "shells", "permit"},
                {Permissions::kAsk, "write", "ask"},
                {Permissions::kAsk, "edit", "ask"},
                {Permissions::kAsk, "bash", "ask"},
                {Permissions::kAsk, "deploy", "ask"},
                {Permissions::kAsk, "connect", "permit"},
                {Permissions::kEdits, "write", "permit"},
                {Permissions::kEdits, "edit", "permit"},
                {Permissions::kEdits, "bash", "ask"},
                {Permissions::kEdits, "deploy", "ask"},
                {Permissions::kAuto, "bash", "permit"},
                {Permissions::kAuto, "deploy", "permit"}};

    for (const auto& row : rows)
        EXPECT_EQ(decided(none, {.tool = row.tool}, row.permissions), row.decided) << row.tool;
}

TEST(Decide, TheStrictestRuleThatFitsCountsWhereverItStands) {
    const auto all = policies(
        "@id(\"p\") permit (action == Action::\"bash\", resource);\n"
        "@id(\"f\") forbid (action == Action::\"bash\", resource) when { context.command like \"rm *\" };\n"
        "@id(\"a\") ask (action, resource) when { context.tool == \"bash\" && context.mode == "
        "\"interactive\" };");
    EXPECT_EQ(decided(all, bash("ls"), Permissions::kAsk), "ask by a");
    EXPECT_EQ(decided(all, bash("rm x"), Permissions::kAsk), "forbid by f");
    auto headless = bash("ls");
    headless.interactive = false;
    EXPECT_EQ(decided(all, headless, Permissions::kAsk), "permit by p");
    EXPECT_EQ(fitting(all, bash("rm x")).size(), 3U);
}

TEST(Decide, WhatAProjectForbidsNobodyPermits) {
    const auto all =
        policies("permit (action, resource);", "@id(\"no\") forbid (action == Action::\"bash\", resource);");
    const auto decision = decide(all, Permissions::kAuto, bash("ls"));
    EXPECT_EQ(decision.effect, Effect::kForbid);
    EXPECT_EQ(decided_by(decision, Permissions::kAuto), "rule 'no' of the project's project.hearth");
    EXPECT_EQ(decided_by({}, Permissions::kEdits), "--permissions edits");
}

TEST(Decide, AFolderIsWhatIsBelowItAndAFileIsItself) {
    const auto all = policies(
        "forbid (action == Action::\"write\", resource in Folder::\"src\");\n"
        "forbid (action == Action::\"write\", resource == File::\"a.txt\");\n"
        "ask (action == Action::\"edit\", resource in Folder::\".\");");
    EXPECT_EQ(decided(all, file("write", "src/x/y.py")), "forbid by line 1");
    EXPECT_EQ(decided(all, file("write", "src")), "permit");
    EXPECT_EQ(decided(all, file("write", "srcs/a")), "permit");
    EXPECT_EQ(decided(all, file("write", "a.txt")), "forbid by line 2");
    EXPECT_EQ(decided(all, file("write", "b/a.txt")), "permit");
    EXPECT_EQ(decided(all, file("read", "src/x")), "permit");
    EXPECT_EQ(decided(all, file("edit", "anything")), "ask by line 3");
}

TEST(Decide, ConditionsSayWhatTheySay) {
    const auto call = bash("git log | head -n 3");
    for (const char* condition :
         {R"(context.command == "git log | head -n 3")", R"(context.command != "x")",
          R"(context.tool == "bash")", R"(context.mode == "interactive")",
          R"(context.programs.contains("git"))", R"(context.programs.containsAll(["git", "head"]))",
          R"(context.programs.containsAny(["x", "head"]))",
          R"(["git", "head", "ls"].containsAll(context.programs))", R"(!context.redirects)",
          R"([].isEmpty())", R"(!context.programs.isEmpty())", R"(true || false && false)",
          R"(!false && (false || true))", R"(1 < 2 && 2 <= 2 && 3 > 2 && 3 >= 3 && 3 == 3 && 3 != 4)",
          R"(context.redirects == false)", R"(context.arguments like "*")", R"("abc" like "a*c")"})
        EXPECT_TRUE(holds(condition, call)) << condition;
    for (const char* condition :
         {R"(context.command == "git log")", R"(context.programs.contains("gi"))",
          R"(context.programs.containsAll(["git", "ls"]))", R"(context.programs.containsAny([]))",
          R"(["git"].containsAll(context.programs))", R"(context.programs.isEmpty())", R"(context.redirects)",
          R"(2 < 2 || 3 <= 2 || 2 > 2 || 2 >= 3)", R"(!true)", R"("abc" like "a*d")",
          R"(context.mode == "headless")"})
        EXPECT_FALSE(holds(condition, call)) << condition;
}

TEST(Decide, UnlessIsTheContraryOfWhen) {
    const auto all = policies(
        "forbid (action == Action::\"write\", resource)\nwhen { resource.bytes > 100 }\nunless { "
        "resource.new };");
    EXPECT_EQ(decided(all, file("write", "a", 101)), "forbid by line 1");
    EXPECT_EQ(decided(all, file("write", "a", 101, true)), "permit");
    EXPECT_EQ(decided(all, file("write", "a", 100)), "permit");
}

TEST(Decide, RequestsArePermittedOrForbiddenAndNeverAskedFor) {
    const auto all = policies(
        "ask (action, resource);\nforbid (action == Action::\"connect\", resource)\n"
        "when { resource.host like \"*.example.org\" && resource.port == 443 && context.method != \"GET\" "
        "};");
    EXPECT_EQ(decided(all, {.tool = "connect", .host = "a.example.org", .port = 443, .method = "POST"}),
              "forbid by line 2");
    EXPECT_EQ(decided(all, {.tool = "connect", .host = "a.example.org", .port = 443, .method = "GET"}),
              "permit");
    EXPECT_EQ(decided(all, {.tool = "connect", .host = "example.org", .port = 443, .method = "POST"},
                      Permissions::kAsk),
              "permit");
}

TEST(Decide, AStarIsAnyTextAndAnEscapedOneIsAStar) {
    EXPECT_TRUE(is_like("", "*"));
    EXPECT_TRUE(is_like("a/b\nc", "a*c"));
    EXPECT_TRUE(is_like("aXbXc", "*X*c"));
    EXPECT_TRUE(is_like("abab", "*ab"));
    EXPECT_FALSE(is_like("abac", "*ab"));
    EXPECT_FALSE(is_like("ab", "a"));
    EXPECT_FALSE(is_like("a", "ab"));
    EXPECT_TRUE(is_like("", ""));
    EXPECT_FALSE(is_like("a", ""));
    EXPECT_TRUE(holds(R"("a*b" like "a\*b")", bash("x")));
    EXPECT_FALSE(holds(R"("acb" like "a\*b")", bash("x")));
    EXPECT_TRUE(holds(R"("a\\cb" like "a\\*b")", bash("x")));
    // Many stars are no reason to take long.
    EXPECT_FALSE(is_like(std::string(5000, 'a'), "*a*a*a*a*a*a*a*a*b"));
}

TEST(Decide, FilesThatNoCallMayChangeAreNamedForTheSandbox) {
    const auto all = policies(
        "forbid (action in [Action::\"write\", Action::\"edit\"], resource in Folder::\"vendor\");\n"
        "forbid (action == Action::\"write\", resource in Folder::\"half\");\n"
        "forbid (action in [Action::\"write\", Action::\"edit\"], resource == File::\"at\") when { "
        "resource.new };\n"
        "ask (action in [Action::\"write\", Action::\"edit\"], resource == File::\"asked\");\n",
        "forbid (action in [Action::\"write\", Action::\"edit\"], resource == File::\"LICENCE\");\n"
        "forbid (action in [Action::\"edit\", Action::\"write\"], resource in Folder::\"vendor\");");
    EXPECT_THAT(closed_paths(all), ElementsAre("vendor", "LICENCE"));
}

}  // namespace
}  // namespace hearth::policy
