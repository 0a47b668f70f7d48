#include "eval/paired.h"

#include <gtest/gtest.h>

#include "eval/simulated_agents.h"

namespace hearth::eval {
namespace {

TEST(McNemar, SmallestSplitsThatAreSignificant) {
    EXPECT_GT(mcnemar_exact(5, 0), 0.05);
    EXPECT_LT(mcnemar_exact(6, 0), 0.05);
    EXPECT_LT(mcnemar_exact(8, 1), 0.05);
    EXPECT_GT(mcnemar_exact(7, 1), 0.05);
    EXPECT_LT(mcnemar_exact(15, 5), 0.05);
    EXPECT_GT(mcnemar_exact(14, 5), 0.05);
    EXPECT_DOUBLE_EQ(mcnemar_exact(0, 0), 1);
    EXPECT_DOUBLE_EQ(mcnemar_exact(3, 3), 1);
    EXPECT_NEAR(mcnemar_exact(0, 10), 2.0 / 1024, 1e-9);
}

TEST(Compare, IsMcNemarWithOneRunEach) {
    const auto base =
        outcomes_of({{0, 1}, {0, 1}, {0, 1}, {0, 1}, {0, 1}, {0, 1}, {0, 1}, {0, 1}, {1, 1}, {1, 1}});
    const auto other =
        outcomes_of({{1, 1}, {1, 1}, {1, 1}, {1, 1}, {1, 1}, {1, 1}, {1, 1}, {0, 1}, {0, 1}, {1, 1}});
    const auto found = compare(base, other);
    EXPECT_NEAR(found.p_value, mcnemar_exact(1, 7), 1e-12);
    EXPECT_EQ(found.better, 7U);
    EXPECT_EQ(found.worse, 1U);
    EXPECT_EQ(found.equal, 2U);
    EXPECT_NEAR(found.effect, 0.6, 1e-12);
    EXPECT_TRUE(found.interval.contains(0.6));
}

TEST(Compare, PairsByNameAndLeavesOutTheRest) {
    Outcomes base = {{"x", {true}}, {"y", {false}}, {"gone", {true}}, {"empty", {}}};
    Outcomes other = {{"y", {true}}, {"x", {true}}, {"new", {false}}, {"empty", {true}}};
    const auto found = compare(base, other);
    EXPECT_EQ(found.tasks, 2U);
    EXPECT_DOUBLE_EQ(found.effect, 0.5);
}

TEST(Compare, NothingInCommonSaysNothing) {
    const auto found = compare({{"a", {true}}}, {{"b", {true}}});
    EXPECT_EQ(found.tasks, 0U);
    EXPECT_EQ(found.p_value, 1);
    EXPECT_EQ(found.interval.low, -1);
    EXPECT_EQ(found.interval.high, 1);
}

TEST(Compare, AgreementOfAFewTasksIsNoProof) {
    const auto same = outcomes_of({{1, 1}, {0, 1}, {1, 1}, {1, 1}, {0, 1}});
    const auto found = compare(same, same);
    EXPECT_EQ(found.effect, 0);
    EXPECT_LT(found.interval.low, -0.1);
    EXPECT_GT(found.interval.high, 0.1);
}

TEST(Compare, NumbersOfRunsMayDiffer) {
    const auto found = compare(outcomes_of({{1, 2}, {1, 3}, {0, 7}}), outcomes_of({{5, 5}, {2, 3}, {1, 4}}));
    EXPECT_NEAR(found.effect, (0.5 + 1.0 / 3 + 0.25) / 3, 1e-9);
    EXPECT_NEAR(found.p_value, 0.25, 1e-9);
}

TEST(Compare, SwappingTheArmsTurnsTheSign) {
    SimulatedAgents agents(3);
    const auto a = agents.run(agents.chances(30, 0.4, 0.3), 3);
    const auto b = agents.run(agents.chances(30, 0.6, 0.3), 3);
    const auto there = compare(a, b);
    const auto back = compare(b, a);
    EXPECT_NEAR(there.p_value, back.p_value, 1e-9);
    EXPECT_NEAR(there.interval.low, -back.interval.high, 1e-9);
}

TEST(Compare, CoversTheTrueDifference) {
    SimulatedAgents agents(11);
    constexpr int kSuites = 500;
    int covered = 0;
    for (int i = 0; i < kSuites; ++i) {
        const double first = agents.rate_between(0.1, 0.9);
        const double second = agents.rate_between(0.1, 0.9);
        const auto found = compare(agents.run(agents.chances(40, first, 0.3), 3),
                                   agents.run(agents.chances(40, second, 0.3), 3));
        covered += found.interval.contains(second - first) ? 1 : 0;
    }
    EXPECT_NEAR(100.0 * covered / kSuites, 95.5, 3);
}

TEST(Holm, KeepsTheOrderAndNeverFalls) {
    const auto corrected = holm({0.04, 0.01, 0.03});
    EXPECT_NEAR(corrected[0], 0.06, 1e-12);
    EXPECT_NEAR(corrected[1], 0.03, 1e-12);
    EXPECT_NEAR(corrected[2], 0.06, 1e-12);
    EXPECT_EQ(holm({0.9, 0.8}), (std::vector<double>{1, 1}));
    EXPECT_TRUE(holm({}).empty());
}

}  // namespace
}  // namespace hearth::eval
