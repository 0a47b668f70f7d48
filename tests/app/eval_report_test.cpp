#include "app/eval_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"
#include "eval/run_records.h"

namespace hearth::app {
namespace {

using eval::attempts_of;
using eval::compare_runs;
using eval::first_tasks;
using eval::Passed;
using eval::run_of;
using eval::RunResults;
using testing::HasSubstr;
using testing::Not;

// Two contenders with so many of 20 tasks.
RunResults two_arms(std::size_t first, std::size_t second, std::int64_t id = 1) {
    auto attempts = attempts_of("m", "oneshot", first_tasks(first, 20));
    const auto more = attempts_of("m", "hearth", first_tasks(second, 20));
    attempts.insert(attempts.end(), more.begin(), more.end());
    return run_of(id, std::move(attempts), R"({"seconds":300})");
}

std::string text_of(const RunResults& results) { return render_report(results.run, results.attempts); }

json::value json_of(const RunResults& results) {
    const auto line = report_json(results.run, results.attempts);
    auto value = parse_json(trim(line));
    EXPECT_TRUE(value) << line;
    return value ? *value : json::value();
}

TEST(EvalReport, SaysWhatWouldTellAPairApart) {
    const auto tied = text_of(two_arms(9, 11));
    EXPECT_THAT(tied, HasSubstr("they cannot be told apart\n    20 tasks x 2 seeds find a difference of"));
    EXPECT_THAT(text_of(two_arms(2, 18)), Not(HasSubstr("find a difference of")));
    const auto value = json_of(two_arms(9, 11));
    const auto& outlook = value.at("pairs").at(0).at("outlook");
    EXPECT_EQ(outlook.at("tasks").to_number<int>(), 20);
    EXPECT_GT(outlook.at("detectable").to_number<double>(), outlook.at("effect").to_number<double>());
    EXPECT_GT(outlook.at("tasks_needed").to_number<int>(), 20);
    EXPECT_FALSE(json_of(two_arms(2, 18)).at("pairs").at(0).as_object().contains("outlook"));
}

TEST(EvalReport, ProposesTasksForOtherSets) {
    std::vector<Passed> tasks{{"sure", std::vector<bool>(10, true)}, {"never", std::vector<bool>(10, false)}};
    for (int i = 0; i < 4; ++i) {
        tasks.push_back({"open" + std::to_string(i), std::vector<bool>(10, true)});
        tasks.back().runs[0] = false;
    }
    const auto run = run_of(1, attempts_of("m", "oneshot", tasks));
    const auto text = text_of(run);
    EXPECT_THAT(text, HasSubstr("Tasks that tell little (a proposal; nothing is removed)\n"));
    EXPECT_THAT(text, HasSubstr("as regression tests: sure\n"));
    EXPECT_THAT(text, HasSubstr("for stronger models: never\n"));
    EXPECT_THAT(text, HasSubstr("m with oneshot passes 90 % of the others: the suite needs harder tasks"));
    const auto calibration = json_of(run).at("calibration");
    EXPECT_EQ(calibration.at("saturated").at(0).as_string(), "sure");
    EXPECT_EQ(calibration.at("hopeless").at(0).as_string(), "never");
    EXPECT_TRUE(calibration.at("needs_harder_tasks").as_bool());
    EXPECT_NEAR(calibration.at("rate_without").to_number<double>(), 0.9, 1e-12);
}

TEST(EvalReport, SaysHowOftenOneOfTheRunsPassesAndHowOftenAll) {
    const auto run = run_of(
        1, attempts_of("m", "oneshot", {{"a", {true, false}}, {"b", {true, true}}, {"c", {false, false}}}));
    const auto text = text_of(run);
    EXPECT_THAT(text, HasSubstr("PASS@2"));
    EXPECT_THAT(text, HasSubstr("PASS^2"));
    const auto contender = json_of(run).at("contenders").at(0);
    EXPECT_NEAR(contender.at("pass_at_k").at(0).to_number<double>(), 0.5, 1e-12);
    EXPECT_NEAR(contender.at("pass_at_k").at(1).to_number<double>(), 2.0 / 3, 1e-12);
    EXPECT_NEAR(contender.at("pass_hat_k").at(1).to_number<double>(), 1.0 / 3, 1e-12);
    EXPECT_THAT(text_of(run_of(1, attempts_of("m", "oneshot", first_tasks(1, 3, 1)))),
                Not(HasSubstr("PASS@")));
}

TEST(EvalReport, TheTwoEndsOfASuiteCalibrateNothing) {
    const auto run = run_of(1, attempts_of("", "reference", first_tasks(5, 5, 12)));
    EXPECT_THAT(text_of(run), Not(HasSubstr("tell little")));
    EXPECT_TRUE(json_of(run).at("calibration").at("saturated").as_array().empty());
}

TEST(EvalReport, LeavesTheTasksToTheComparisonOfSeveralRuns) {
    const auto run = two_arms(9, 11);
    EXPECT_THAT(text_of(run), HasSubstr("TASK "));
    EXPECT_THAT(render_report(run.run, run.attempts, ReportDetail::kWithoutTasks), Not(HasSubstr("TASK ")));
}

TEST(EvalComparison, ClaimsNothingThatTheIntervalDoesNot) {
    const auto text = render_comparisons(compare_runs({two_arms(9, 2, 3), two_arms(11, 18, 5)}));
    EXPECT_THAT(text, HasSubstr("From run 3 to run 5, paired by task\n"));
    EXPECT_THAT(text, HasSubstr("  m with oneshot: +10 points (95 % "));
    EXPECT_THAT(
        text,
        HasSubstr("2 tasks better, 0 worse, 18 equal: no change can be told from chance\n    20 tasks x 2 "
                  "seeds find a difference of"));
    EXPECT_THAT(text, HasSubstr("better: t10 (2 of 2, was 0 of 2), t9 (2 of 2, was 0 of 2)\n"));
    EXPECT_THAT(text, HasSubstr("16 tasks better, 0 worse, 4 equal: it solves more than before\n"));
    EXPECT_THAT(text, HasSubstr("no setting differs\n"));
}

TEST(EvalComparison, ALossIsCalledOne) {
    const auto text = render_comparisons(compare_runs({two_arms(18, 9, 1), two_arms(2, 9, 2)}));
    EXPECT_THAT(text, HasSubstr("it solves less than before"));
    EXPECT_THAT(text, HasSubstr("worse: "));
}

TEST(EvalComparison, ShowsSettingsOfBothRuns) {
    auto after = two_arms(9, 11, 2);
    after.run.plan.settings = R"({"seconds":60,"hearth":"0.2.0"})";
    const auto comparisons = compare_runs({two_arms(9, 11, 1), after});
    EXPECT_THAT(render_comparisons(comparisons), HasSubstr("SETTING  RUN 1  RUN 2\n"
                                                           "seconds  300    60\n"
                                                           "hearth   -      0.2.0\n"));
    const auto value = parse_json(trim(comparisons_json(comparisons)));
    ASSERT_TRUE(value);
    const auto& found = value->at("comparisons").at(0);
    EXPECT_EQ(found.at("settings").at(0).at("before").as_string(), "300");
    EXPECT_EQ(found.at("contenders").at(0).at("name").as_string(), "m with oneshot");
    EXPECT_FALSE(found.at("contenders").at(0).at("separated").as_bool());
}

TEST(EvalComparison, TextFromOutsideCannotReachTheTerminal) {
    const auto evil = [](bool passed) { return attempts_of("m", "a", {{"t\x1b[31m", {passed}}}); };
    const auto text = render_comparisons(compare_runs({run_of(1, evil(false)), run_of(2, evil(true))}));
    EXPECT_THAT(text, Not(HasSubstr("\x1b")));
}

TEST(EvalComparison, NothingForASingleRun) { EXPECT_EQ(render_comparisons({}), ""); }

}  // namespace
}  // namespace hearth::app
