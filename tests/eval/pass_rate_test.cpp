#include "eval/pass_rate.h"

#include <gtest/gtest.h>

#include "eval/simulated_agents.h"

namespace hearth::eval {
namespace {

TEST(Wilson, AgreesWithPublishedValues) {
    const auto half = wilson(std::size_t{20}, std::size_t{40});
    EXPECT_NEAR(half.low, 0.352, 0.001);
    EXPECT_NEAR(half.high, 0.648, 0.001);
    const auto none = wilson(std::size_t{0}, std::size_t{10});
    EXPECT_DOUBLE_EQ(none.low, 0);
    EXPECT_NEAR(none.high, 0.2775, 0.0005);
}

TEST(Wilson, KnowsNothingWithoutRuns) {
    const auto interval = wilson(std::size_t{0}, std::size_t{0});
    EXPECT_EQ(interval.low, 0);
    EXPECT_EQ(interval.high, 1);
}

TEST(PassRate, IsWilsonWithOneRunOfEachTask) {
    const auto rate =
        pass_rate(outcomes_of({{1, 1}, {0, 1}, {1, 1}, {1, 1}, {0, 1}, {1, 1}, {1, 1}, {0, 1}}));
    const auto expected = wilson(std::size_t{5}, std::size_t{8});
    EXPECT_NEAR(rate.interval.low, expected.low, 1e-9);
    EXPECT_NEAR(rate.interval.high, expected.high, 1e-9);
    EXPECT_NEAR(rate.effective_n, 8, 1e-9);
}

TEST(PassRate, RepeatsOfDecidedTasksAddNothing) {
    const auto once = pass_rate(outcomes_of({{1, 1}, {0, 1}, {1, 1}, {0, 1}, {1, 1}, {0, 1}}));
    const auto often = pass_rate(outcomes_of({{9, 9}, {0, 9}, {9, 9}, {0, 9}, {9, 9}, {0, 9}}));
    EXPECT_NEAR(once.interval.low, often.interval.low, 1e-9);
    EXPECT_EQ(often.runs, 54U);
}

TEST(PassRate, RepeatsOfUndecidedTasksNarrowIt) {
    const auto once = pass_rate(outcomes_of({{1, 1}, {0, 1}, {1, 1}, {0, 1}, {1, 1}, {0, 1}}));
    const auto often = pass_rate(outcomes_of({{4, 8}, {3, 8}, {5, 8}, {4, 8}, {3, 8}, {5, 8}}));
    EXPECT_LT(often.interval.high - often.interval.low, 0.6 * (once.interval.high - once.interval.low));
}

TEST(PassRate, AllPassedIsNotCertainty) {
    const auto rate = pass_rate(outcomes_of({{5, 5}, {5, 5}, {5, 5}, {5, 5}}));
    EXPECT_EQ(rate.rate, 1);
    EXPECT_LT(rate.interval.low, 0.6);
}

TEST(PassRate, TasksCountAlikeHoweverOftenTheyRan) {
    EXPECT_DOUBLE_EQ(pass_rate(outcomes_of({{10, 10}, {0, 1}})).rate, 0.5);
    EXPECT_EQ(pass_rate(outcomes_of({{1, 1}, {0, 0}})).tasks, 1U);
}

TEST(PassRate, IsUnknownWithoutRuns) {
    const auto rate = pass_rate({});
    EXPECT_EQ(rate.interval.low, 0);
    EXPECT_EQ(rate.interval.high, 1);
}

TEST(PassAtK, CountsDrawsWithoutPuttingBack) {
    const auto outcomes = outcomes_of({{1, 4}});
    EXPECT_DOUBLE_EQ(pass_at_k(outcomes, 1).value(), 0.25);
    EXPECT_DOUBLE_EQ(pass_at_k(outcomes, 2).value(), 0.5);
    EXPECT_DOUBLE_EQ(pass_at_k(outcomes, 4).value(), 1);
    EXPECT_DOUBLE_EQ(pass_hat_k(outcomes_of({{3, 4}}), 2).value(), 0.5);
    EXPECT_DOUBLE_EQ(pass_hat_k(outcomes_of({{3, 4}, {4, 4}}), 4).value(), 0.5);
}

TEST(PassAtK, NeedsThatManyRunsOfEveryTask) {
    EXPECT_FALSE(pass_at_k(outcomes_of({{1, 3}, {1, 2}}), 3).has_value());
    EXPECT_FALSE(pass_hat_k(outcomes_of({{1, 3}}), 0).has_value());
    EXPECT_FALSE(pass_at_k({}, 1).has_value());
}

double coverage(std::size_t tasks, std::size_t seeds, double likeness, Scope scope) {
    SimulatedAgents agents(7);
    constexpr int kSuites = 1000;
    int covered = 0;
    for (int i = 0; i < kSuites; ++i) {
        const double rate = agents.rate_between(0.1, 0.9);
        const auto chances = agents.chances(tasks, rate, likeness);
        double truth = rate;
        if (scope == Scope::kTheseTasks) {
            truth = 0;
            for (const double chance : chances)
                truth += chance / static_cast<double>(tasks);
        }
        covered += pass_rate(agents.run(chances, seeds), scope).interval.contains(truth) ? 1 : 0;
    }
    return 100.0 * covered / kSuites;
}

// The whole table is bench/eval/coverage_bench.cpp. A share of 1,000 has a standard error of 0.7 points.
TEST(PassRate, CoversTheTruthAsOftenAsItSays) {
    EXPECT_NEAR(coverage(20, 1, 0.0, Scope::kTasksLikeThese), 95, 2);
    EXPECT_NEAR(coverage(40, 1, 0.5, Scope::kTasksLikeThese), 95, 2);
    EXPECT_NEAR(coverage(20, 3, 0.3, Scope::kTasksLikeThese), 95, 2);
    EXPECT_NEAR(coverage(40, 5, 0.5, Scope::kTasksLikeThese), 95, 2);
    EXPECT_NEAR(coverage(30, 5, 0.0, Scope::kTasksLikeThese), 95, 2);
    EXPECT_NEAR(coverage(40, 3, 0.3, Scope::kTheseTasks), 95.5, 2);
}

}  // namespace
}  // namespace hearth::eval
