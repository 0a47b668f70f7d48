#include "guard/quota.h"

#include <gtest/gtest.h>
#include <string>

namespace hearth::guard {
namespace {

using std::chrono::seconds;

constexpr std::int64_t kMidnight = 20'417LL * 86'400'000;
constexpr std::int64_t kNow = kMidnight + 20 * 3'600'000 + 48 * 60'000;  // 20:48 UTC
constexpr seconds kUntilTomorrow{3 * 3600 + 12 * 60};

const KeyTerms kTerms{.name = "laptop",
                      .models = {"qwen*", "smollm2:135m"},
                      .tokens_per_day = Tokens{100'000},
                      .compute_seconds_per_day = 600,
                      .parallel = 2};

Ask ask_for(std::int64_t tokens) { return {.model = "smollm2:135m", .predicted = {tokens}}; }

TEST(Quota, AllowsWhatIsWithinAllLimits) {
    EXPECT_FALSE(check_quota(kTerms, {}, {}, ask_for(100'000), kNow));
    EXPECT_FALSE(check_quota(kTerms, {.tokens = {96'000}, .compute_seconds = 599.9},
                             {.requests = 1, .predicted = {1000}}, ask_for(3000), kNow));
    EXPECT_FALSE(check_quota({.name = "free"}, {.tokens = {1'000'000'000}, .compute_seconds = 1e6},
                             {.requests = 900}, ask_for(1'000'000), kNow));
}

TEST(Quota, ARouteOrModelOutsideTheKeyIsForbidden) {
    const auto route = check_quota(kTerms, {}, {}, {.route = Route::kPull, .model = "qwen3:8b"}, kNow);
    ASSERT_TRUE(route);
    EXPECT_EQ(route->limit, Limit::kRoute);
    EXPECT_EQ(route->error.code(), Code::kPermission);
    EXPECT_FALSE(route->retry_after);
    EXPECT_EQ(route->error.message(), "the key 'laptop' is not good for 'pull'");
    const auto model = check_quota(kTerms, {}, {}, {.model = "gemma3:1b"}, kNow);
    ASSERT_TRUE(model);
    EXPECT_EQ(model->limit, Limit::kModel);
    EXPECT_EQ(model->error.code(), Code::kPermission);
    EXPECT_EQ(model->error.message(),
              "the key 'laptop' is not good for the model 'gemma3:1b'; it is for qwen*, smollm2:135m");
}

TEST(Quota, TokensRunOutUntilMidnight) {
    const auto refusal = check_quota(kTerms, {.tokens = {99'000}}, {}, ask_for(1001), kNow);
    ASSERT_TRUE(refusal);
    EXPECT_EQ(refusal->limit, Limit::kTokens);
    EXPECT_EQ(refusal->error.code(), Code::kExhausted);
    EXPECT_EQ(refusal->retry_after, kUntilTomorrow);
    EXPECT_EQ(refusal->error.message(),
              "the key 'laptop' has used 99000 of its 100000 tokens today, and this request may take 1001; "
              "they are free "
              "again at 00:00 UTC, in 3 h 12 m");
    EXPECT_FALSE(check_quota(kTerms, {.tokens = {99'000}}, {}, ask_for(1000), kNow));
}

TEST(Quota, WhatRunsCountsAsIfItWereUsed) {
    const Used today{.tokens = {50'000}};
    EXPECT_FALSE(check_quota(kTerms, today, {.requests = 1, .predicted = {40'000}}, ask_for(10'000), kNow));
    const auto refusal =
        check_quota(kTerms, today, {.requests = 1, .predicted = {40'001}}, ask_for(10'000), kNow);
    ASSERT_TRUE(refusal);
    EXPECT_NE(refusal->error.message().find("requests that run now may take 40001"), std::string::npos);
}

TEST(Quota, NothingIsStartedOnceTheTokensAreGone) {
    EXPECT_TRUE(check_quota(kTerms, {.tokens = {100'000}}, {}, ask_for(0), kNow));
    EXPECT_TRUE(check_quota(kTerms, {.tokens = {250'000}}, {}, ask_for(0), kNow));
}

TEST(Quota, ARequestLargerThanADayIsNotWorthWaitingWith) {
    const auto refusal = check_quota(kTerms, {}, {}, ask_for(100'001), kNow);
    ASSERT_TRUE(refusal);
    EXPECT_EQ(refusal->error.code(), Code::kTooLarge);
    EXPECT_FALSE(refusal->retry_after);
}

TEST(Quota, ComputeSecondsRunOutUntilMidnight) {
    const auto refusal = check_quota(kTerms, {.compute_seconds = 600}, {}, ask_for(1), kNow);
    ASSERT_TRUE(refusal);
    EXPECT_EQ(refusal->limit, Limit::kCompute);
    EXPECT_EQ(refusal->error.code(), Code::kExhausted);
    EXPECT_EQ(refusal->retry_after, kUntilTomorrow);
    EXPECT_NE(refusal->error.message().find("600 of its 600 compute seconds"), std::string::npos);
}

TEST(Quota, ParallelRequestsAreFreeAgainSoon) {
    const auto refusal = check_quota(kTerms, {}, {.requests = 2}, ask_for(1), kNow);
    ASSERT_TRUE(refusal);
    EXPECT_EQ(refusal->limit, Limit::kParallel);
    EXPECT_EQ(refusal->error.code(), Code::kExhausted);
    EXPECT_EQ(refusal->retry_after, seconds(1));
}

TEST(Quota, WhatNeedsNoEngineIsNotCounted) {
    const Used all{.tokens = {1'000'000}, .compute_seconds = 1e6};
    EXPECT_FALSE(check_quota(kTerms, all, {.requests = 5}, {.route = Route::kModels}, kNow));
    EXPECT_TRUE(
        check_quota(kTerms, all, {.requests = 5}, {.route = Route::kEmbeddings, .model = "qwen3:1b"}, kNow));
}

TEST(Quota, WaitsAtLeastASecondAndAtMostADay) {
    const auto wait = [](std::int64_t now_ms) {
        return *check_quota(kTerms, {.compute_seconds = 600}, {}, ask_for(1), now_ms)->retry_after;
    };
    EXPECT_EQ(wait(kMidnight), seconds(86'400));
    EXPECT_EQ(wait(kMidnight + 86'399'999), seconds(1));
    EXPECT_EQ(day_start(kMidnight), kMidnight);
    EXPECT_EQ(day_start(kMidnight + 86'399'999), kMidnight);
}

}  // namespace
}  // namespace hearth::guard
