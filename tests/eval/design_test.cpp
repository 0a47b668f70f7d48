#include <gtest/gtest.h>

#include "eval/difficulty.h"
#include "eval/power.h"
#include "eval/ranking.h"
#include "eval/simulated_agents.h"
#include "eval/variance.h"

namespace hearth::eval {
namespace {

TEST(Variance, FlipRateIsTheShareOfPairsThatDiffer) {
    const auto found = run_variance(outcomes_of({{1, 2}, {2, 2}, {2, 4}}));
    EXPECT_NEAR(found.flip_rate, (1 + 0 + 2.0 / 3) / 3, 1e-12);
    ASSERT_EQ(found.flaky_tasks.size(), 2U);
    EXPECT_EQ(found.rate_of_run.size(), 2U);
    EXPECT_DOUBLE_EQ(found.rate_of_run[0], 1);
}

TEST(Variance, SaysThatSingleRunsSayNothing) {
    const auto found = run_variance(outcomes_of({{1, 1}, {0, 1}}));
    EXPECT_FALSE(found.repeated);
    EXPECT_EQ(found.rate_of_run.size(), 1U);
    EXPECT_TRUE(run_variance({}).rate_of_run.empty());
}

TEST(Power, AgreesWithTheRuleOfThumb) {
    // 21 % flips, 40 tasks: one run each shows differences of about 20 points with a power of 0.8 (15 with one half).
    const Expectation expectation{.flip_rate = 0.21};
    EXPECT_NEAR(detectable_effect({40, 1}, expectation), 0.203, 0.002);
    EXPECT_NEAR(detectable_effect({40, 1}, expectation, 0.5), 0.142, 0.002);
    EXPECT_NEAR(power_of({40, 1}, 0.203, expectation), 0.8, 0.01);
}

TEST(Power, TasksAndSeedsNeededReachIt) {
    const Expectation expectation{.flip_rate = 0.2, .effect_spread = 0.1};
    const auto tasks = tasks_needed(0.1, 3, expectation).value();
    EXPECT_GE(power_of({tasks, 3}, 0.1, expectation), 0.8);
    EXPECT_LT(power_of({tasks - 1, 3}, 0.1, expectation), 0.8);
    const auto seeds = seeds_needed(0.1, 40, expectation).value();
    EXPECT_GE(power_of({40, seeds}, 0.1, expectation), 0.8);
    EXPECT_LT(power_of({40, seeds - 1}, 0.1, expectation), 0.8);
}

TEST(Power, MoreRunsDoNotMakeUpForTasksThatDiffer) {
    EXPECT_FALSE(seeds_needed(0.05, 20, {.flip_rate = 0.2, .effect_spread = 0.5}).has_value());
    EXPECT_FALSE(tasks_needed(0, 1, {}).has_value());
}

TEST(Power, FewerTasksThanTheTestNeedsFindNothing) {
    EXPECT_EQ(fewest_tasks(0.05), 6U);
    EXPECT_EQ(fewest_tasks(0.01), 8U);
    EXPECT_EQ(power_of({5, 100}, 1, {}), 0);
    EXPECT_EQ(detectable_effect({5, 100}, {}), 1);
    EXPECT_FALSE(seeds_needed(0.9, 5, {}).has_value());
    EXPECT_EQ(tasks_needed(0.95, 50, {.flip_rate = 0.01}), 6U);
}

// Where nothing flips, an effect is tasks that turned, and six of them at least.
TEST(Power, AnEffectHasToShowSomewhere) {
    const Expectation steady{.flip_rate = 0};
    EXPECT_GT(detectable_effect({73, 1}, steady) * 73, 6);
    EXPECT_LT(power_of({73, 1}, 4.0 / 73, steady), 0.6);
    const auto tasks = tasks_needed(0.1, 1, steady).value();
    EXPECT_NEAR(power_of({tasks, 1}, 0.1, steady), 0.8, 0.01);
    const auto seeds = seeds_needed(0.05, 73, steady).value();
    EXPECT_GE(power_of({73, seeds}, 0.05, steady), 0.8);
    EXPECT_LT(power_of({73, seeds - 1}, 0.05, steady), 0.8);
}

TEST(Power, MoreTasksBeatMoreRunsWhereTasksDiffer) {
    const Expectation differ{.flip_rate = 0.2, .effect_spread = 0.3};
    EXPECT_EQ(better_design({100, 1}, {20, 5}, 0.1, differ), Better::kFirst);
    EXPECT_EQ(better_design({100, 1}, {20, 5}, 0.1, {.flip_rate = 0.2}), Better::kAlike);
    EXPECT_EQ(better_design({1000, 9}, {1000, 3}, 0.3, differ), Better::kSecond);
}

// The exact test needs a little more than the normal approximation says.
TEST(Power, IsWhatSimulatedArmsShow) {
    SimulatedAgents agents(9);
    int found = 0;
    constexpr int kSuites = 600;
    double flips = 0;
    for (int i = 0; i < kSuites; ++i) {
        const auto low = std::vector<double>(60, 0.4);
        const auto high = std::vector<double>(60, 0.55);
        const auto base = agents.run(low, 3);
        flips += run_variance(base).flip_rate / kSuites;
        found += compare(base, agents.run(high, 3)).p_value <= 0.05 ? 1 : 0;
    }
    const double expected = power_of({60, 3}, 0.15, {.flip_rate = flips});
    EXPECT_NEAR(static_cast<double>(found) / kSuites, expected, 0.06);
}

Arm arm(std::string name, double rate, unsigned seed) {
    SimulatedAgents agents(seed);
    return {std::move(name), agents.run(std::vector<double>(60, rate), 3)};
}

TEST(Ranking, OrdersOnlyWhatTheIntervalsSupport) {
    const auto ranking = rank({arm("slow", 0.2, 1), arm("one", 0.8, 2), arm("two", 0.8, 3)});
    EXPECT_FALSE(ranking.total);
    ASSERT_EQ(ranking.arms.size(), 3U);
    EXPECT_EQ(ranking.arms[0].name, "one");
    EXPECT_EQ(ranking.arms[0].best_rank, 1U);
    EXPECT_EQ(ranking.arms[0].worst_rank, 2U);
    EXPECT_EQ(ranking.arms[0].ties, std::vector<std::string>{"two"});
    EXPECT_EQ(ranking.arms[2].name, "slow");
    EXPECT_EQ(ranking.arms[2].best_rank, 3U);
    EXPECT_EQ(ranking.pairs.size(), 3U);
}

TEST(Ranking, OfOneArmIsNoRanking) {
    const auto ranking = rank({arm("only", 0.5, 1)});
    EXPECT_EQ(ranking.arms[0].best_rank, 1U);
    EXPECT_EQ(ranking.arms[0].worst_rank, 1U);
    EXPECT_TRUE(rank({}).arms.empty());
}

TEST(Difficulty, ProposesWhatTellsNothing) {
    const std::vector<Arm> arms = {{"x", outcomes_of({{10, 10}, {0, 5}, {6, 10}, {2, 2}})},
                                   {"y", outcomes_of({{4, 10}, {0, 5}, {1, 10}, {2, 2}})}};
    const auto found = calibrate(arms);
    EXPECT_EQ(found.best_arm, "x");
    EXPECT_EQ(found.tasks[0].verdict, Verdict::kSaturated);
    EXPECT_EQ(found.tasks[1].verdict, Verdict::kHopeless);
    EXPECT_EQ(found.tasks[2].verdict, Verdict::kKeep);
    EXPECT_EQ(found.tasks[3].verdict, Verdict::kTooFewRuns);
    EXPECT_EQ(found.retire, (std::vector<std::string>{"a", "b"}));
    EXPECT_NEAR(found.rate_now, 0.65, 1e-12);
    EXPECT_NEAR(found.rate_after, 0.8, 1e-12);
    EXPECT_TRUE(found.needs_harder_tasks);
}

}  // namespace
}  // namespace hearth::eval
