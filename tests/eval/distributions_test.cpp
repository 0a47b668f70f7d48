#include "eval/distributions.h"

#include <gtest/gtest.h>

#include "eval/random.h"

namespace hearth::eval {
namespace {

TEST(Distributions, AgreeWithTables) {
    EXPECT_NEAR(normal_quantile(0.975), 1.959964, 1e-6);
    EXPECT_NEAR(normal_cdf(1.644854), 0.95, 1e-6);
    EXPECT_NEAR(student_quantile(0.975, 9), 2.262157, 1e-6);
    EXPECT_NEAR(student_quantile(0.975, 1e8), 1.959964, 1e-6);
}

TEST(Random, IsTheSameForTheSameSeedAndName) {
    Random a(7, "apples");
    Random b(7, "apples");
    Random c(7, "pears");
    EXPECT_EQ(a.next(), b.next());
    EXPECT_NE(a.next(), c.next());
    EXPECT_EQ(Random(1).next(), 0x910A2DEC89025CC1ULL);
}

TEST(Random, StaysBelowItsBound) {
    Random random(1);
    for (int i = 0; i < 1000; ++i)
        EXPECT_LT(random.below(7), 7U);
    EXPECT_EQ(random.below(0), 0U);
    EXPECT_LT(random.unit(), 1.0);
}

}  // namespace
}  // namespace hearth::eval
