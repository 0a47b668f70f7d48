#include "eval/outlook.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "eval/simulated_agents.h"

namespace hearth::eval {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(Outlook, FlipsAndSpreadAreTakenApart) {
    SimulatedAgents agents(4);
    // The true difference is 40 or 0 points: a spread of 20. Runs flip with 2 p (1 - p).
    std::vector<double> base(400, 0.3);
    std::vector<double> other(400, 0.3);
    for (std::size_t i = 0; i < other.size(); i += 2)
        other[i] = 0.7;
    const auto found = outlook(agents.run(base, 6), agents.run(other, 6));
    EXPECT_TRUE(found.flips_known);
    EXPECT_EQ(found.design.tasks, 400U);
    EXPECT_EQ(found.design.seeds, 6U);
    EXPECT_NEAR(found.expectation.flip_rate, 0.42, 0.02);
    EXPECT_NEAR(found.expectation.effect_spread, 0.2, 0.03);
}

// What it says of the present design comes true in suites drawn anew. No chance comes near 0 or 1, so that every task can move by
// the whole difference.
TEST(Outlook, WhatItPromisesIsFound) {
    SimulatedAgents agents(7);
    constexpr int kSuites = 400;
    const auto draw = [&agents](double shift) {
        auto chances = agents.chances(40, 0.5, 0.3);
        for (auto& chance : chances)
            chance = 0.2 + 0.6 * chance + shift;
        return chances;
    };
    double promised = 0;
    for (int i = 0; i < kSuites; ++i) {
        const auto chances = draw(0);
        promised += outlook(agents.run(chances, 3), agents.run(chances, 3)).detectable / kSuites;
    }
    int found = 0;
    for (int i = 0; i < kSuites; ++i) {
        const auto low = draw(-promised / 2);
        auto high = low;
        for (auto& chance : high)
            chance += promised;
        found += compare(agents.run(low, 3), agents.run(high, 3)).p_value < 0.05 ? 1 : 0;
    }
    EXPECT_NEAR(static_cast<double>(found) / kSuites, 0.8, 0.06);
}

TEST(Outlook, AFewTasksThatAgreeAreNoProofOfAFineDesign) {
    const auto same = outcomes_of({{2, 2}, {2, 2}, {0, 2}, {2, 2}, {2, 2}, {2, 2}, {0, 2}, {2, 2}});
    EXPECT_GT(outlook(same, same).detectable, 0.2);
}

TEST(Outlook, SaysHowManyTasksTheTestNeedsAtLeast) {
    const auto found = outlook(outcomes_of({{1, 2}, {2, 2}, {0, 2}}), outcomes_of({{2, 2}, {2, 2}, {1, 2}}));
    EXPECT_EQ(found.detectable, 1);
    EXPECT_THAT(outlook_words(found),
                HasSubstr("3 tasks x 2 seeds cannot find any difference, which takes 6"));
}

TEST(Outlook, SingleRunsTellNothingAboutMoreSeeds) {
    SimulatedAgents agents(2);
    const auto found =
        outlook(agents.run(std::vector<double>(30, 0.4), 1), agents.run(std::vector<double>(30, 0.5), 1));
    EXPECT_FALSE(found.flips_known);
    EXPECT_TRUE(found.tasks.has_value());
    EXPECT_FALSE(found.seeds.has_value());
    EXPECT_THAT(outlook_words(found), Not(HasSubstr("number of seeds")));
}

TEST(Outlook, TheWantedDifferenceIsBelowWhatIsFoundAlready) {
    SimulatedAgents agents(3);
    const auto found =
        outlook(agents.run(std::vector<double>(900, 0.5), 4), agents.run(std::vector<double>(900, 0.5), 4));
    EXPECT_LT(found.detectable, 0.05);
    EXPECT_LT(found.wanted, found.detectable);
    EXPECT_GT(found.tasks.value_or(0), 900U);
}

TEST(Outlook, SaysNothingWithoutACommonTask) {
    EXPECT_EQ(outlook_words(outlook({{"a", {true}}}, {{"b", {true}}})), "");
}

TEST(SeenVariance, NeedsRepeatsForFlipsAndPairsForTheSpread) {
    const Arm once{"x", outcomes_of({{1, 1}, {0, 1}})};
    EXPECT_FALSE(seen_variance({once, once}).flip_rate.has_value());
    EXPECT_FALSE(seen_variance({once, once}).effect_spread.has_value());
    const Arm often{"y", outcomes_of({{1, 2}, {2, 2}, {0, 2}, {1, 2}, {2, 2}, {1, 2}})};
    EXPECT_NEAR(seen_variance({often}).flip_rate.value_or(0), 0.5, 1e-12);
    EXPECT_FALSE(seen_variance({often}).effect_spread.has_value());
    EXPECT_TRUE(seen_variance({often, often}).effect_spread.has_value());
}

}  // namespace
}  // namespace hearth::eval
