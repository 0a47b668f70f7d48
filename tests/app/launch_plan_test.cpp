#include "app/launch_plan.h"

#include <algorithm>
#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "app/json_text.h"
#include "core/json.h"
#include "core/text.h"

namespace hearth::app {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

const LaunchTarget kTarget{
    .url = "http://127.0.0.1:11434", .model = "coder:7b", .context = Tokens{32'768}, .key = "hearth_secret"};

LaunchPlan plan_of(std::string_view client) {
    auto plan = plan_launch(client, kTarget, "/home/ann", "/state");
    EXPECT_TRUE(plan) << client;
    return plan ? *plan : LaunchPlan();
}

TEST(LaunchPlan, NoSecretIsOnACommandLineOrInAFile) {
    for (const std::string& client : launch_clients()) {
        const LaunchPlan plan = plan_of(client);
        EXPECT_THAT(join(plan.argv, " "), Not(HasSubstr(kTarget.key))) << client;
        for (const auto& change : plan.settings)
            EXPECT_THAT(change.value, Not(HasSubstr(kTarget.key))) << client;
        EXPECT_THAT(launch_words(plan, {}, kTarget.key), Not(HasSubstr(kTarget.key))) << client;
        EXPECT_TRUE(std::ranges::any_of(plan.environment,
                                        [](const auto& each) { return each.second == kTarget.key; }))
            << client << " gets the key by its environment";
    }
}

TEST(LaunchPlan, EachClientKnowsServerModelAndWindow) {
    for (const std::string& client : launch_clients()) {
        const std::string words = launch_words(plan_of(client), {"-p", "it's"}, kTarget.key);
        EXPECT_THAT(words, HasSubstr(kTarget.url)) << client;
        EXPECT_THAT(words, HasSubstr(kTarget.model)) << client;
        EXPECT_THAT(words, testing::AnyOf(HasSubstr("32768"), HasSubstr("24576"), HasSubstr("45768")))
            << client;
        EXPECT_THAT(words, testing::EndsWith(" -p 'it'\\''s'\n")) << client;
    }
}

TEST(LaunchPlan, ClaudeCompactsBeforeTheWindowIsFull) {
    // It compacts at the first less the second less 13,000: at three quarters of 32,768.
    EXPECT_THAT(plan_of("claude").environment,
                AllOf(Contains(Pair("CLAUDE_CODE_MAX_CONTEXT_TOKENS", "45768")),
                      Contains(Pair("CLAUDE_CODE_MAX_OUTPUT_TOKENS", "8192"))));
}

TEST(LaunchPlan, AnUnknownClientIsToldWhichThereAre) {
    const auto plan = plan_launch("emacs", kTarget, "/home/ann", "/state");
    ASSERT_FALSE(plan);
    EXPECT_THAT(plan.error().message(), HasSubstr("claude, codex, opencode, pi, aider"));
}

TEST(MergeSetting, LeavesEverythingElseAsItIs) {
    const SettingsChange change{
        .file = "models.json", .path = {"providers", "hearth"}, .value = R"({"a":1})"};
    const auto merged = merge_setting(
        R"({"z":[1,{"q":null}],"providers":{"other":{"key":"k"},"hearth":{"old":true}},"b":"ü"})", change);
    ASSERT_TRUE(merged) << merged.error().message();
    EXPECT_EQ(parse_json(*merged).value(),
              parse_json(R"({"z":[1,{"q":null}],"providers":{"other":{"key":"k"},"hearth":{"a":1}},"b":"ü"})")
                  .value());
    EXPECT_EQ(*merge_setting(*merged, change), *merged) << "once more changes nothing";
}

TEST(MergeSetting, MakesWhatIsNotThere) {
    const auto merged = merge_setting(" \n", {.file = "f", .path = {"a", "b"}, .value = "[]"});
    ASSERT_TRUE(merged);
    EXPECT_EQ(*merged, "{\n  \"a\": {\n    \"b\": []\n  }\n}\n");
}

TEST(MergeSetting, WhatItCannotReadItDoesNotReplace) {
    const SettingsChange change{.file = "f.json", .path = {"a", "b"}, .value = "1"};
    for (const char* text : {"{\"a\": 1 // mine\n}", "[]", R"({"a":[]})", "words"}) {
        const auto merged = merge_setting(text, change);
        ASSERT_FALSE(merged) << text;
        EXPECT_THAT(merged.error().message(), HasSubstr("f.json"));
    }
}

TEST(PrettyJson, CanBeReadAgain) {
    const auto value = parse_json(R"({"a":[],"b":{},"c":[1,"x\"\n",{"d":null}]})").value();
    const std::string text = pretty_json(value);
    EXPECT_EQ(parse_json(text).value(), value);
    EXPECT_EQ(text,
              "{\n  \"a\": [],\n  \"b\": {},\n  \"c\": [\n    1,\n    \"x\\\"\\n\",\n    {\n      \"d\": "
              "null\n    }\n  ]\n}\n");
}

}  // namespace
}  // namespace hearth::app
