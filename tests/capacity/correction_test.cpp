#include "capacity/correction.h"

#include <cmath>
#include <gtest/gtest.h>
#include <random>

#include "support/architectures.h"

namespace hearth::capacity {
namespace {

constexpr Range kPredicted{.low = 16, .middle = 20, .high = 25};

Correction of(std::initializer_list<double> measured) {
    Correction correction;
    for (const double each : measured)
        EXPECT_TRUE(correction.add(each, 20));
    return correction;
}

double width(const Range& range) { return range.high / range.middle; }

TEST(Correction, WithoutSamplesNothingChanges) {
    const Range same = corrected(kPredicted, {});
    EXPECT_EQ(same.low, 16);
    EXPECT_EQ(same.middle, 20);
    EXPECT_EQ(same.high, 25);
}

TEST(Correction, FirstSamplesHaveTheirPlainMeanAndVariance) {
    const Correction correction = of({20 * std::exp(0.1), 20 * std::exp(0.2), 20 * std::exp(0.3)});
    EXPECT_EQ(correction.count, 3);
    EXPECT_NEAR(correction.mean, 0.2, 1e-12);
    EXPECT_NEAR(correction.variance, 0.02 / 3, 1e-12);
}

TEST(Correction, MovesToWhatIsMeasuredAndNarrows) {
    double before = width(kPredicted);
    Correction correction;
    for (int i = 0; i < 12; ++i) {
        correction.add(16, 20);
        const Range now = corrected(kPredicted, correction);
        EXPECT_NEAR(now.middle, 16, 1e-9);
        EXPECT_LE(width(now), before + 1e-12) << i;
        before = width(now);
    }
    EXPECT_LT(before, 1.1) << "from 25 %";
    EXPECT_GT(before, 1.03) << "a dozen answers are no certainty";
}

TEST(Correction, AnIntervalIsNeverWiderThanThePredictionsOwn) {
    const Range one = corrected(kPredicted, of({10}));
    EXPECT_NEAR(width(one), width(kPredicted), 1e-9);
    const Range wild = corrected(kPredicted, of({4, 60, 9, 90, 3, 30}));
    EXPECT_LE(width(wild), width(kPredicted) + 1e-9);
}

TEST(Correction, OneOddAnswerMovesLittle) {
    Correction correction = of({20, 20.2, 19.8, 20.1, 19.9, 20, 20.1, 19.9, 20, 20});
    correction.add(4, 20);  // the machine was busy
    EXPECT_NEAR(corrected(kPredicted, correction).middle, 20, 0.4);
}

TEST(Correction, FollowsAMachineThatBecameSlower) {
    Correction correction;
    for (int i = 0; i < 60; ++i)
        correction.add(20, 20);
    for (int i = 0; i < 60; ++i)
        correction.add(15, 20);
    EXPECT_NEAR(corrected(kPredicted, correction).middle, 15, 0.8);
}

TEST(Correction, ItsIntervalCoversTheNextMeasurement) {
    std::mt19937 random(7);
    std::normal_distribution<double> noise(-0.2, 0.05);
    int covered = 0;
    int all = 0;
    for (int run = 0; run < 200; ++run) {
        Correction correction;
        for (int i = 0; i < 15; ++i)
            correction.add(20 * std::exp(noise(random)), 20);
        const Range range = corrected(kPredicted, correction);
        for (int i = 0; i < 10; ++i, ++all) {
            const double next = 20 * std::exp(noise(random));
            if (next >= range.low && next <= range.high) ++covered;
        }
    }
    EXPECT_GT(covered, all * 93 / 100);
}

TEST(Correction, RefusesWhatIsNoMeasurement) {
    Correction correction;
    EXPECT_FALSE(correction.add(0, 20));
    EXPECT_FALSE(correction.add(20, 0));
    EXPECT_FALSE(correction.add(-1, 20));
    EXPECT_FALSE(correction.add(std::nan(""), 20));
    EXPECT_FALSE(correction.add(1000, 20)) << "off by a factor of fifty is another thing";
    EXPECT_EQ(correction.count, 0);
}

TEST(CorrectSpeeds, KeepsWhatWasPredicted) {
    Plan plan;
    plan.speeds = {{.depth = Tokens{0}, .decode = kPredicted, .prefill = kPredicted}};
    plan.all_slots = kPredicted;
    SpeedCorrection correction;
    correct_speeds(plan, correction);
    EXPECT_TRUE(plan.uncorrected.empty());
    correction.decode = of({10, 10, 10});
    correct_speeds(plan, correction);
    ASSERT_EQ(plan.uncorrected.size(), 1U);
    EXPECT_EQ(plan.uncorrected.front().decode.middle, 20);
    EXPECT_NEAR(plan.speeds.front().decode.middle, 10, 1e-9);
    EXPECT_EQ(plan.speeds.front().prefill.middle, 20) << "of that there are no samples";
    EXPECT_NEAR(plan.all_slots.middle, 10, 1e-9);
    EXPECT_EQ(plan.decode_samples, 3);
    EXPECT_EQ(plan.prefill_samples, 0);
}

TEST(MainWeightType, IsTheOneOfMostMatrices) {
    EXPECT_EQ(main_weight_type(test::small_qwen()), "Q4_K");
    EXPECT_EQ(main_weight_type({}), "");
}

}  // namespace
}  // namespace hearth::capacity
