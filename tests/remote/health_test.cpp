#include "remote/health.h"

#include <gtest/gtest.h>

namespace hearth::remote {
namespace {

using std::chrono::seconds;

const Health::Time kStart = Health::Time(seconds(1000));

Error down() { return {Code::kUnavailable, "down"}; }

TEST(RemoteHealth, IsTrustedBeforeItWasAsked) {
    Health health;
    EXPECT_TRUE(health.good());
    EXPECT_TRUE(health.is_due(kStart, false, {})) << "to learn its models";
}

TEST(RemoteHealth, IsAskedMoreOftenTheMoreDependsOnIt) {
    Health health;
    health.succeeded(kStart);
    EXPECT_FALSE(health.is_due(kStart + seconds(300), false, kStart)) << "nobody uses it";
    EXPECT_FALSE(health.is_due(kStart + seconds(14), false, kStart + seconds(10)));
    EXPECT_TRUE(health.is_due(kStart + seconds(15), false, kStart + seconds(10)));
    EXPECT_FALSE(health.is_due(kStart + seconds(4), true, kStart));
    EXPECT_TRUE(health.is_due(kStart + seconds(5), true, kStart));
}

TEST(RemoteHealth, FailuresInARowAreAskedAboutLessAndLess) {
    Health health;
    Health::Time now = kStart;
    for (const int pause : {1, 2, 4, 8, 16, 32, 60, 60}) {
        health.failed(now, down());
        EXPECT_FALSE(health.good());
        EXPECT_FALSE(health.is_due(now + seconds(pause) - std::chrono::milliseconds(1), true, now)) << pause;
        EXPECT_TRUE(health.is_due(now + seconds(pause), false, {})) << pause;
        now += seconds(pause);
    }
    health.succeeded(now);
    EXPECT_TRUE(health.good());
    EXPECT_FALSE(health.error());
}

TEST(RemoteHealth, ManyRequestsThatBreakAtOnceAreOneFailure) {
    Health health;
    for (int i = 0; i < 20; ++i)
        health.failed(kStart, down());
    EXPECT_TRUE(health.is_due(kStart + seconds(1), false, {}));
}

TEST(RemoteHealth, APauseThatItWantsIsKept) {
    Health health;
    health.failed(kStart, Error(Code::kExhausted, "later"), seconds(20));
    EXPECT_FALSE(health.is_due(kStart + seconds(19), true, kStart));
    EXPECT_FALSE(health.may_have_recovered(kStart + seconds(19)));
    EXPECT_TRUE(health.is_due(kStart + seconds(20), false, kStart));
}

TEST(RemoteHealth, AFirstFailureIsLookedIntoAtOnce) {
    Health health;
    EXPECT_FALSE(health.may_have_recovered(kStart));
    health.failed(kStart, down());
    EXPECT_TRUE(health.may_have_recovered(kStart));
    health.failed(kStart + seconds(1), down());
    EXPECT_FALSE(health.may_have_recovered(kStart + seconds(1))) << "not by each of many requests";
    EXPECT_TRUE(health.may_have_recovered(kStart + seconds(2)));
}

}  // namespace
}  // namespace hearth::remote
