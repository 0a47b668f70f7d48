#include "app/code_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"

namespace hearth::app {
namespace {

using testing::HasSubstr;
using testing::Not;

CodeResult sample() {
    CodeResult result;
    result.plan.model = "tiny on an engine";
    result.plan.goal = "`make test` passes";
    result.plan.tests_before = "1 of 3 tests pass";
    result.plan.places = {"calc.py (add)", "util.py"};
    result.plan.way = "one likely answer";
    result.reached = true;
    result.has_tests = true;
    result.test_command = "make test";
    result.tests_after = "all 3 tests pass";
    result.changes = {{"calc.py", "--- a/calc.py\n+++ b/calc.py\n@@ -1 +1 @@\n-a - b\n+a + b\n"}};
    result.outcome.turns = 1;
    result.outcome.usage = {.prompt_tokens = {1000},
                            .cached_tokens = {400},
                            .generated_tokens = {50},
                            .prompt_seconds = 6,
                            .decode_seconds = 5};
    result.candidates_tried = 3;
    result.seconds = 20;
    result.load_seconds = 2;
    result.session = "/tmp/s.jsonl";
    return result;
}

TEST(CodeReport, ThePlanNamesGoalStateAndPlaces) {
    EXPECT_EQ(render_plan(sample().plan),
              "Plan\n"
              "  goal      `make test` passes\n"
              "  now       1 of 3 tests pass\n"
              "  look at   calc.py (add), util.py\n"
              "  model     tiny on an engine\n"
              "  way       one likely answer\n");
}

TEST(CodeReport, ThePlanSaysByWhichCardItWorks) {
    auto plan = sample().plan;
    plan.card = "probed on 2026-11-27: 8 answers at once";
    EXPECT_THAT(render_plan(plan), HasSubstr("  card      probed on 2026-11-27: 8 answers at once\n"));
}

TEST(CodeReport, TheResultNamesTheCardsThatTheModelWasTold) {
    auto result = sample();
    EXPECT_FALSE(parse_json(result_json(result)).value().as_object().contains("cards"));
    result.cards.emplace();
    EXPECT_TRUE(parse_json(result_json(result)).value().at("cards").as_array().empty());
    result.cards->push_back({"csv", "task", {120}});
    const auto json = parse_json(result_json(result)).value();
    const auto& told = json.at("cards").as_array().front();
    EXPECT_EQ(told.at("name").as_string(), "csv");
    EXPECT_EQ(told.at("why").as_string(), "task");
    EXPECT_EQ(told.at("tokens").as_int64(), 120);
}

TEST(CodeReport, TheJsonCountsRefusedEditsWhereTheGateWasOn) {
    auto result = sample();
    EXPECT_FALSE(parse_json(result_json(result)).value().as_object().contains("edits_refused"));
    result.edits_refused = 2;
    EXPECT_EQ(integer_member(parse_json(result_json(result)).value(), "edits_refused"), 2);
}

TEST(CodeReport, AnEngineThatAnswersOtherwiseAfterANewStartMarksTheResult) {
    auto result = sample();
    EXPECT_THAT(render_result(result, false), Not(HasSubstr("restarts")));
    result.engine_restarts = 1;
    EXPECT_THAT(render_result(result, false), HasSubstr("engine restarts   1 (it answers as before)"));
    result.engine_change = "since a new start it answers otherwise";
    EXPECT_THAT(render_result(result, false), HasSubstr("1 (since a new start it answers otherwise)"));
    const auto value = parse_json(result_json(result));
    ASSERT_TRUE(value);
    EXPECT_EQ(string_member(*value, "engine_change"), "since a new start it answers otherwise");
}

TEST(CodeReport, TheResultNamesWhatMadeIt) {
    auto result = sample();
    const auto without = parse_json(result_json(result));
    ASSERT_TRUE(without);
    EXPECT_EQ(member(*without, "made_with"), nullptr);
    result.engine_build = "abcd";
    result.model_key = "0123";
    result.settings = "8192 cells";
    const auto value = parse_json(result_json(result));
    ASSERT_TRUE(value);
    const auto* made = member(*value, "made_with");
    ASSERT_NE(made, nullptr);
    EXPECT_EQ(string_member(*made, "engine_build"), "abcd");
    EXPECT_EQ(string_member(*made, "model"), "0123");
    const auto hash = std::string(string_member(*made, "settings_hash").value_or(""));
    result.settings = "4096 cells";
    const auto other = parse_json(result_json(result));
    EXPECT_NE(string_member(*member(*other, "made_with"), "settings_hash"), hash);
}

TEST(CodeReport, TheResultHasDiffTestsAndCosts) {
    const auto text = render_result(sample(), false);
    EXPECT_THAT(text, HasSubstr("-a - b\n+a + b\n"));
    EXPECT_THAT(text, HasSubstr("\nDone\n"));
    EXPECT_THAT(text, HasSubstr("tests before      1 of 3 tests pass\n"));
    EXPECT_THAT(text, HasSubstr("tests after       all 3 tests pass\n"));
    EXPECT_THAT(text, HasSubstr("prompt tokens     1000 (400 from cache), 100 tok/s\n"));
    EXPECT_THAT(text, HasSubstr("generated tokens  50 in 3 answers, 10.0 tok/s\n"));
    EXPECT_THAT(text, HasSubstr("session           /tmp/s.jsonl\n"));
    EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

TEST(CodeReport, ColoursComeOnlyWhenAskedFor) {
    const auto text = render_result(sample(), true);
    EXPECT_THAT(text, HasSubstr("\x1b[32m+a + b\x1b[0m"));
    EXPECT_THAT(text, HasSubstr("\x1b[31m-a - b\x1b[0m"));
}

TEST(CodeReport, WhatWasNotReachedSaysWhy) {
    auto result = sample();
    result.reached = false;
    result.end = "several attempts in a row gained nothing";
    result.changes.clear();
    result.answer = "I cannot do that.";
    const auto text = render_result(result, false);
    EXPECT_THAT(text, HasSubstr("No file was changed.\n"));
    EXPECT_THAT(text, HasSubstr("I cannot do that."));
    EXPECT_THAT(text, HasSubstr("Not done: several attempts in a row gained nothing\n"));
}

TEST(CodeReport, WhatModelsAndFilesSayCannotSteerTheTerminal) {
    auto result = sample();
    result.changes = {{"a", "+\x1b]0;title\x07\n"}};
    result.reached = false;
    result.end = "\x1b[2J";
    EXPECT_THAT(render_result(result, false), Not(HasSubstr("\x1b")));
    auto plan = sample().plan;
    plan.places = {"\x1b[31m.py"};
    EXPECT_THAT(render_plan(plan), Not(HasSubstr("\x1b")));
}

TEST(CodeReport, JsonHasTheSameFacts) {
    auto result = sample();
    result.answer = "bytes \xff";
    const auto parsed = parse_json(result_json(result));
    ASSERT_TRUE(parsed) << parsed.error().message();
    EXPECT_EQ(bool_member(*parsed, "reached"), true);
    EXPECT_EQ(string_member(*parsed, "tests_after"), "all 3 tests pass");
    EXPECT_EQ(integer_member(*parsed, "candidates"), 3);
    EXPECT_EQ(string_member(array_member(*parsed, "changes")->at(0), "path"), "calc.py");
    const auto& usage = *member(*parsed, "usage");
    EXPECT_EQ(integer_member(usage, "cached_tokens"), 400);
    EXPECT_EQ(number_member(usage, "prompt_tokens_per_second"), 100);
    EXPECT_EQ(number_member(usage, "generated_tokens_per_second"), 10);
}

TEST(CodeReport, NoTimeMeansNoRate) {
    auto result = sample();
    result.outcome.usage = {};
    EXPECT_THAT(render_result(result, false), HasSubstr("0 (0 from cache), 0 tok/s"));
}

TEST(CodeReport, EventsBecomeLines) {
    CodeShow show(false, false);
    testing::internal::CaptureStdout();
    show.event(agent::TurnStarted{2});
    show.event(agent::CandidateTried{1, "2 of 3 tests pass", true});
    show.event(agent::ToolStarted{"write", "calc.py"});
    show.event(agent::ToolFinished{"write", false, "Wrote"});
    show.event(agent::ToolFinished{"edit", true, "Error: no\nsuch text"});
    show.event(agent::PromptRead{{10}, {20}});
    std::fflush(stdout);
    EXPECT_EQ(testing::internal::GetCapturedStdout(),
              "Turn 2\n"
              "  answer 1: 2 of 3 tests pass (best so far)\n"
              "  write calc.py\n"
              "    Error: no such text\n");
}

TEST(CodeReport, ALongLineIsCutBetweenCharacters) {
    std::string subject = "x";
    for (int i = 0; i < 200; ++i)
        subject += "\xE2\x82\xAC";
    CodeShow show(false, false);
    testing::internal::CaptureStdout();
    show.event(agent::ToolStarted{"bash", subject});
    std::fflush(stdout);
    EXPECT_TRUE(is_valid_utf8(testing::internal::GetCapturedStdout()));
}

}  // namespace
}  // namespace hearth::app
