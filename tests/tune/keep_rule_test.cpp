#include "tune/keep_rule.h"

#include <cmath>
#include <gtest/gtest.h>
#include <random>

namespace hearth::tune {
namespace {

using Rounds = std::vector<std::vector<double>>;

// Rounds of two workloads, from ratios.
Rounds rounds(const std::vector<std::pair<double, double>>& ratios) {
    Rounds all;
    for (const auto& [first, second] : ratios)
        all.push_back({std::log(first), std::log(second)});
    return all;
}

TEST(GainOf, IsTheGeometricMeanWithStudentsInterval) {
    const std::vector<double> logs = {std::log(1.1), std::log(1.2), std::log(1.3)};
    const Gain gain = gain_of(logs, 0.95);
    EXPECT_NEAR(gain.ratio, std::cbrt(1.1 * 1.2 * 1.3), 1e-12);
    ASSERT_TRUE(gain.interval);
    // t(0.975, 2) = 4.3027; deviation of the logarithms 0.083554.
    const double half = 4.302653 * 0.0835541 / std::sqrt(3.0);
    EXPECT_NEAR(gain.interval->low, gain.ratio * std::exp(-half), 1e-4);
    EXPECT_NEAR(gain.interval->high, gain.ratio * std::exp(half), 1e-4);
    EXPECT_FALSE(gain_of(std::vector<double>{0.1}, 0.95).interval);
}

TEST(GainOf, RoundsThatAgreeByChanceKeepAnInterval) {
    const Gain gain = gain_of(std::vector<double>{0.1, 0.1, 0.1}, 0.99);
    ASSERT_TRUE(gain.interval);
    EXPECT_LT(gain.interval->low, gain.ratio / 1.04);
}

TEST(Judge, AClearGainIsKeptAfterThreeRoundsAndNotBefore) {
    EXPECT_EQ(judge(rounds({{1.5, 1.0}})).ruling, Ruling::kGoOn);
    EXPECT_EQ(judge(rounds({{1.5, 1.0}, {1.52, 1.01}})).ruling, Ruling::kGoOn);
    const Judgement third = judge(rounds({{1.5, 1.0}, {1.52, 1.01}, {1.48, 1.0}}));
    EXPECT_EQ(third.ruling, Ruling::kKeep);
    EXPECT_NEAR(third.overall.ratio, std::sqrt(1.5), 0.02);
    EXPECT_NEAR(third.gains[0].ratio, 1.5, 0.02);
    EXPECT_NEAR(third.gains[1].ratio, 1.0, 0.02);
}

TEST(Judge, ALossIsDroppedAtOnce) { EXPECT_EQ(judge(rounds({{0.9, 1.0}})).ruling, Ruling::kNoGain); }

TEST(Judge, AGainOfAPercentIsNotWorthKeepingHoweverSure) {
    Rounds all;
    for (int i = 0; i < 6; ++i)
        all.push_back({std::log(1.01), std::log(1.01)});
    EXPECT_EQ(judge(all).ruling, Ruling::kNoGain);
}

TEST(Judge, NoiseThatIncludesNoGainIsUndecidedAfterTheMostRounds) {
    const Judgement six =
        judge(rounds({{1.4, 1.0}, {0.8, 1.0}, {1.6, 1.0}, {0.9, 1.0}, {1.3, 1.0}, {1.2, 1.0}}));
    EXPECT_EQ(six.ruling, Ruling::kUndecided);
    EXPECT_LT(six.overall.interval->low, 1);
}

TEST(Judge, WhatOneWorkloadGainsMayNotComeFromAnother) {
    EXPECT_EQ(judge(rounds({{2.0, 0.7}, {2.0, 0.71}, {2.02, 0.7}})).ruling, Ruling::kHarm);
}

// Both arms alike: kept in well under one case of a hundred, at any noise.
TEST(Judge, OfSettingsThatChangeNothingHardlyAnyIsKept) {
    std::mt19937_64 random(7);
    for (const double noise : {0.005, 0.03, 0.1, 0.4}) {
        std::normal_distribution<double> scatter(0, noise);
        int kept = 0;
        constexpr int kTrials = 3000;
        for (int trial = 0; trial < kTrials; ++trial) {
            Rounds all;
            Ruling ruling = Ruling::kGoOn;
            while (ruling == Ruling::kGoOn) {
                all.push_back({scatter(random), scatter(random)});
                ruling = judge(all).ruling;
            }
            kept += ruling == Ruling::kKeep ? 1 : 0;
        }
        EXPECT_LT(kept, kTrials / 100) << noise;
    }
}

// A quarter faster with 3 % of noise: found nearly always.
TEST(Judge, AGainOfAQuarterIsFound) {
    std::mt19937_64 random(8);
    std::normal_distribution<double> scatter(0, 0.03);
    int kept = 0;
    constexpr int kTrials = 500;
    for (int trial = 0; trial < kTrials; ++trial) {
        Rounds all;
        Ruling ruling = Ruling::kGoOn;
        while (ruling == Ruling::kGoOn) {
            all.push_back({std::log(1.25) + scatter(random), std::log(1.25) + scatter(random)});
            ruling = judge(all).ruling;
        }
        kept += ruling == Ruling::kKeep ? 1 : 0;
    }
    EXPECT_GT(kept, kTrials * 95 / 100);
}

}  // namespace
}  // namespace hearth::tune
