#include "scaffold/candidate_plan.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "support/project_of.h"

namespace hearth::scaffold {
namespace {

using test::project_of;

constexpr const char* kSource =
    "def double(n):\n"                       // 1
    "    return n * 2\n"                     // 2
    "\n"                                     // 3
    "\n"                                     // 4
    "def total(items):\n"                    // 5
    "    result = 0\n"                       // 6
    "    for i in range(len(items) - 1):\n"  // 7
    "        result += items[i]\n"           // 8
    "    return result\n";                   // 9

std::vector<Round> rounds(const char* source, const std::string& prompt, int turn = 1) {
    const auto project = project_of({{"a.py", source}});
    const TestReport report;
    const auto targets = rank_targets(project, prompt, report);
    return plan_rounds({.project = project, .targets = targets, .report = report, .turn = turn});
}

std::vector<std::size_t> lines_of(const std::vector<Round>& plan) {
    std::vector<std::size_t> lines;
    for (const auto& round : plan)
        if (round.form == AnswerForm::kLine && round.asked == Asked::kInTurn)
            lines.push_back(round.target.line.value_or(0));
    return lines;
}

TEST(CandidatePlan, OneGreedyAnswerComesFirst) {
    const auto plan = rounds(kSource, "The tests fail.");
    ASSERT_GT(plan.size(), 2U);
    EXPECT_EQ(plan[0].candidates, 1);
    EXPECT_EQ(plan[0].temperature, 0);
}

TEST(CandidatePlan, LinesOfTheWholeFileAreTriedWhereNoFunctionIsNamed) {
    const auto lines = lines_of(rounds(kSource, "The tests fail."));
    EXPECT_TRUE(std::ranges::find(lines, 2U) != lines.end());
    EXPECT_TRUE(std::ranges::find(lines, 7U) != lines.end());
}

TEST(CandidatePlan, OfANamedFunctionOnlyItsOwnLikeliestLinesAreTried) {
    const auto plan = rounds(kSource, "total() leaves out the last item");
    const auto lines = lines_of(plan);
    ASSERT_FALSE(lines.empty());
    EXPECT_EQ(lines.front(), 7U);
    EXPECT_LE(lines.size(), 5U);
    EXPECT_TRUE(std::ranges::all_of(lines, [](std::size_t line) { return line > 5 && line < 10; }));
    EXPECT_EQ(plan[1].form, AnswerForm::kLine) << "a line costs less than another whole answer";
}

std::vector<std::string> rewritten(const std::vector<Round>& plan) {
    std::vector<std::string> names;
    for (const auto& round : plan)
        if (round.asked == Asked::kAnew) names.push_back(round.target.definition);
    return names;
}

TEST(CandidatePlan, LikelyFunctionsAreAskedForWithoutTheirBodies) {
    EXPECT_EQ(rewritten(rounds(kSource, "total() leaves out the last item")),
              std::vector<std::string>{"total"});
    EXPECT_EQ(rewritten(rounds(kSource, "The tests fail.")).size(), 2U);
    EXPECT_TRUE(
        rewritten(rounds("def total(items):\n    raise NotImplementedError\n", "Write total()")).empty())
        << "there is no body to hide";
}

TEST(CandidatePlan, NoLineOfAStubIsTried) {
    EXPECT_TRUE(
        lines_of(rounds("def total(items):\n    raise NotImplementedError\n", "Write total()")).empty());
}

TEST(CandidatePlan, TheFirstAnswerToAStubCompetesWithSampledOnes) {
    const auto plan = rounds("def total(items):\n    raise NotImplementedError\n", "Write total()");
    ASSERT_GT(plan.size(), 1U);
    EXPECT_FALSE(plan[0].settles);
    EXPECT_GT(plan[1].candidates, 1);
    EXPECT_TRUE(plan[1].settles);
}

TEST(CandidatePlan, SeveralStubsOfAFileAreWrittenTogether) {
    const auto plan = rounds(
        "class Tank:\n    def fill(self):\n        raise NotImplementedError\n\n"
        "    def drain(self):\n        raise NotImplementedError\n",
        "Write Tank");
    EXPECT_EQ(plan[0].form, AnswerForm::kWholeFile);
    EXPECT_EQ(plan[1].form, AnswerForm::kWholeFile);
    EXPECT_GT(plan[1].candidates, 1);
}

TEST(CandidatePlan, AFunctionAndAFailingTestAreTriedAlone) {
    const auto project =
        project_of({{"a.py", kSource}, {"test_a.py", "def test_total():\n    assert total([1, 2]) == 3\n"}});
    TestReport report;
    report.digest = "FAIL: test_total\n";
    report.places = {{"test_a.py", 2}};
    const auto targets = rank_targets(project, "The tests fail.", report);
    for (const int turn : {1, 2}) {
        const auto plan =
            plan_rounds({.project = project, .targets = targets, .report = report, .turn = turn});
        const auto alone = std::ranges::find(plan, Asked::kOfOneTest, &Round::asked);
        ASSERT_NE(alone, plan.end()) << turn;
        EXPECT_EQ(alone->target.definition, "total");
        EXPECT_NE(alone->focus.find("assert total([1, 2]) == 3"), std::string::npos);
    }
}

TEST(CandidatePlan, WithAnAttemptInViewTheFileIsAskedForWithoutIt) {
    const auto plan = rounds(kSource, "The tests fail.", 2);
    const auto whole = std::ranges::find(plan, AnswerForm::kWholeFile, &Round::form);
    ASSERT_NE(whole, plan.end());
    EXPECT_EQ(whole->asked, Asked::kFromStart);
    EXPECT_TRUE(whole->warns);
}

TEST(CandidatePlan, ANewStartSaysWhatFailedAndHidesTheAttempt) {
    const auto project = project_of({{"a.py", kSource}});
    const TestReport report;
    const auto targets = rank_targets(project, "The tests fail.", report);
    const auto plan = plan_rounds(
        {.project = project, .targets = targets, .report = report, .turn = 3, .restarts = 1, .fresh = true});
    ASSERT_FALSE(plan.empty());
    EXPECT_TRUE(plan.front().warns);
}

TEST(CandidatePlan, LinesCanBeLeftOut) {
    const auto project = project_of({{"a.py", kSource}});
    const TestReport report;
    const auto targets = rank_targets(project, "The tests fail.", report);
    EXPECT_TRUE(
        lines_of(plan_rounds({.project = project, .targets = targets, .report = report, .lines = false}))
            .empty());
}

TEST(CandidatePlan, ALaterTurnDoesNotTryTheLinesOfANamedFunctionAgain) {
    EXPECT_TRUE(lines_of(rounds(kSource, "total() leaves out the last item", 2)).empty());
}

}  // namespace
}  // namespace hearth::scaffold
