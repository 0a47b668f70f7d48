#include "policy/parse_policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

namespace hearth::policy {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

Policy parsed(std::string_view text) {
    auto policy = parse_policy(text, "p");
    EXPECT_TRUE(policy) << policy.error().message();
    return policy.value_or(Policy());
}

std::string mistake(std::string_view text, Origin origin = Origin::kUser) {
    const auto policy = parse_policy(text, "p", origin);
    return policy ? std::string("accepted") : policy.error().message();
}

// A rule for bash with this condition.
std::string when(std::string_view condition) {
    return "permit (action == Action::\"bash\", resource)\nwhen { " + std::string(condition) + " };";
}

TEST(ParsePolicy, ReadsAWholeRule) {
    const auto policy = parsed(R"(// Keys.
@id("keys") @reason("Keys are mine.")
forbid (principal, action in [Action::"write", Action::"edit"], resource in Folder::"./keys/")
when { resource.bytes > 10 }
unless { resource.new };
)");
    ASSERT_EQ(policy.rules.size(), 1U);
    const auto& rule = policy.rules.front();
    EXPECT_EQ(rule.effect, Effect::kForbid);
    EXPECT_EQ(rule.id, "keys");
    EXPECT_EQ(rule.reason, "Keys are mine.");
    EXPECT_EQ(rule.line, 2U);
    EXPECT_THAT(rule.actions, ElementsAre("write", "edit"));
    EXPECT_EQ(rule.resource.kind, Resource::Kind::kFolder);
    EXPECT_EQ(rule.resource.path, "keys");
    ASSERT_EQ(rule.conditions.size(), 2U);
    EXPECT_FALSE(rule.conditions[0].unless);
    EXPECT_TRUE(rule.conditions[1].unless);
}

TEST(ParsePolicy, AnEmptyTextHasNoRules) {
    EXPECT_THAT(parsed("").rules, IsEmpty());
    EXPECT_THAT(parsed(" // nothing\n").rules, IsEmpty());
    EXPECT_NE(parsed("").sha256, parsed(" ").sha256);
}

TEST(ParsePolicy, AMistakeIsNamedWithItsPlace) {
    const struct {
        std::string text;
        const char* says;
    } rows[] = {
        {"allow (action, resource);", "p:1:1: a rule begins with permit, ask or forbid, not with 'allow'"},
        {"permit (action, resource)",
         "p:1:26: ';' is missing at the end of a rule; here stands the end of the file"},
        {"permit\n (resource);", "p:2:3: the first part of a rule is 'action'; here stands 'resource'"},
        {"permit (action == \"bash\", resource);", "p:1:19: an action is written Action::\"bash\""},
        {"permit (action == Action::\"\", resource);", "has no name"},
        {"permit (action, resource) when { };", "p:1:34: a value is missing; here stands '}'"},
        {"permit (action, resource) when { \"a };", "p:1:34: the text that begins here has no closing quote"},
        {"permit (action, resource) when { \"a\\q\" };", "p:1:36: a backslash is followed by"},
        {"permit (action, resource) when { ü };", "p:1:34: 'ü' has no meaning here"},
        {"permit (action, resource) when { 99999999999999999999 > 1 };", "p:1:34: the number is too large"},
        {"permit (action, resource) when { context.tol == \"x\" };",
         "p:1:34: there is no attribute 'context.tol'"},
        {"permit (action, resource) when { context.tool };",
         "p:1:34: true or false is wanted here, and this is a text"},
        {"permit (action, resource) when { context.tool == 3 };",
         "p:1:50: a text is wanted here, and this is a whole number"},
        {"permit (action, resource) when { context.tool < \"x\" };", "a whole number is wanted here"},
        {"permit (action, resource) when { context.tool like context.mode };",
         "p:1:52: behind 'like' stands a pattern"},
        {"permit (action, resource) when { true && \"x\" };", "p:1:42: true or false is wanted"},
        {"permit (action, resource) when { !3 };", "p:1:35: true or false is wanted"},
        {"permit (action, resource) when { [\"a\"] == [\"a\"] };", "lists are compared with contains"},
        {"permit (action, resource) when { [\"a\"].has(\"a\") };", "behind the '.' stands contains"},
        {"permit (action, resource) when { [3].isEmpty() };", "a text between quotes, of a list, is missing"},
        {"permit (action, resource) when { context.mode == \"headles\" };",
         "p:1:50: context.mode is \"interactive\" or \"headless\""},
        {"permit (action, resource) when { context.command == \"x\" };",
         "p:1:34: context.command is known of bash alone"},
        {"permit (action in [Action::\"write\", Action::\"read\"], resource) when { resource.bytes > 1 };",
         "resource.bytes is known of write and edit alone"},
        {"forbid (action, resource in Folder::\"src\");",
         "p:1:17: only read, write and edit are about a file"},
        {"forbid (action == Action::\"write\", resource in Folder::\"../x\");",
         "is no path below the project's folder"},
        {"forbid (action == Action::\"write\", resource == File::\"/etc/passwd\");", "is no path below"},
        {"forbid (action == Action::\"write\", resource == File::\".\");", "is no path below"},
        {"ask (action == Action::\"connect\", resource);", "nobody is asked while a request waits"},
        {"@name(\"x\") permit (action, resource);", "p:1:2: behind '@' stands id"},
        {"@id(\"x\") @id(\"y\") permit (action, resource);", "the rule has its id already"},
        {"@id(\" \") permit (action, resource);", "is empty"},
        {"@id(\"x\") permit (action, resource); @id(\"x\") ask (action, resource);",
         "p:1:37: there is another rule 'x'"},
    };

    for (const auto& row : rows)
        EXPECT_THAT(mistake(row.text), HasSubstr(row.says)) << row.text;
    EXPECT_THAT(mistake("permit (action, resource) // \xff"),
                HasSubstr("p:1:30: the text is not valid UTF-8"));
}

TEST(ParsePolicy, AProjectCanOnlyTighten) {
    EXPECT_THAT(mistake("permit (action, resource);", Origin::kProject),
                HasSubstr("p:1:1: what a project brings can only tighten"));
    EXPECT_EQ(mistake("ask (action, resource); forbid (action, resource);", Origin::kProject), "accepted");
}

TEST(ParsePolicy, NothingIsNestedOrLongWithoutEnd) {
    EXPECT_THAT(mistake(when(std::string(10'000, '('))), HasSubstr("nested"));
    EXPECT_THAT(mistake(when(std::string(10'000, '!') + "true")), HasSubstr("nested"));
    std::string calls;
    for (int i = 0; i < 1000; ++i)
        calls += "context.programs.contains(";
    EXPECT_THAT(mistake(when(calls)), HasSubstr("nested"));
    std::string chain = "true";
    for (int i = 0; i < 1000; ++i)
        chain += " && true";
    EXPECT_THAT(mistake(when(chain)), HasSubstr("at most 500 parts"));
    std::string many;
    for (int i = 0; i <= 1000; ++i)
        many += "ask (action, resource);\n";
    EXPECT_THAT(mistake(many), HasSubstr("p:1001:1: there are more than 1000 rules"));
    EXPECT_EQ(parse_policy(std::string(kMaxPolicyBytes + 1, ' '), "p").error().code(), Code::kTooLarge);
}

TEST(ParsePolicy, WhatIsWrittenIsReadAgain) {
    const auto text = policy_text(parsed(
        R"(permit (action == Action::"bash", resource)
when { (context.command like "a\*\\b*\"" || !(context.redirects && true)) && ["a", "b"].containsAll(context.programs) }
unless { context.programs.contains("x") || context.programs.isEmpty() || (context.redirects == false && 3 >= 2) };
@id("é") forbid (action == Action::"read", resource == File::"a b");)"));
    EXPECT_EQ(policy_text(parsed(text)), text);
    EXPECT_THAT(
        text, HasSubstr(R"(when { (context.command like "a\*\\b*\"" || !(context.redirects && true)) && )"));
    EXPECT_THAT(text, HasSubstr(R"(forbid (action == Action::"read", resource == File::"a b");)"));
}

TEST(ParsePolicy, AnActionThatIsNoToolOfHearthIsNoted) {
    const auto policy =
        parsed("ask (action == Action::\"Bash\", resource);\nask (action == Action::\"bash\", resource);");
    EXPECT_THAT(policy_notes(policy), ElementsAre(StartsWith("p:1:1: 'Bash' is none of hearth's own tools")));
}

TEST(ParsePolicy, ARuleIsCalledByItsIdOrItsLine) {
    const auto policy = parsed("\nask (action, resource);\n@id(\"b\") ask (action, resource);");
    EXPECT_EQ(name_of(policy.rules[0]), "line 2");
    EXPECT_EQ(name_of(policy.rules[1]), "b");
}

}  // namespace
}  // namespace hearth::policy
