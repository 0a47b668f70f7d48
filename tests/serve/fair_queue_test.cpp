#include "serve/fair_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hearth::serve {
namespace {

using testing::ElementsAre;

std::vector<std::uint64_t> order_of(FairQueue& queue) {
    std::vector<std::uint64_t> order;
    while (const auto next = queue.pop())
        order.push_back(*next);
    return order;
}

TEST(FairQueue, RequestsOfOneKeyStayInOrder) {
    FairQueue queue(10);
    for (std::uint64_t id = 1; id <= 3; ++id)
        ASSERT_TRUE(queue.push({.id = id, .key = "a", .tokens = static_cast<double>(10 - id)}));
    EXPECT_THAT(order_of(queue), ElementsAre(1, 2, 3));
}

TEST(FairQueue, AShortRequestPassesAFloodOfLongOnes) {
    FairQueue queue(100);
    for (std::uint64_t id = 1; id <= 20; ++id)
        ASSERT_TRUE(queue.push({.id = id, .key = "flood", .tokens = 4000}));
    ASSERT_EQ(queue.pop(), 1U);
    ASSERT_TRUE(queue.push({.id = 99, .key = "person", .tokens = 50}));
    EXPECT_EQ(queue.before(99), 0U);
    EXPECT_EQ(queue.pop(), 99U);
}

TEST(FairQueue, SharesFollowTheWeights) {
    FairQueue queue(1000);
    for (std::uint64_t i = 0; i < 400; ++i) {
        ASSERT_TRUE(queue.push({.id = 2 * i, .key = "even", .tokens = 100, .weight = 3}));
        ASSERT_TRUE(queue.push({.id = 2 * i + 1, .key = "odd", .tokens = 100, .weight = 1}));
    }
    int even = 0;
    for (int i = 0; i < 200; ++i)
        even += *queue.pop() % 2 == 0 ? 1 : 0;
    EXPECT_NEAR(even, 150, 2);
}

TEST(FairQueue, BackgroundGoesLastAndIsNotStarved) {
    FairQueue queue(1000);
    ASSERT_TRUE(queue.push({.id = 1, .key = "batch", .tokens = 100, .urgency = Urgency::kBackground}));
    for (std::uint64_t id = 2; id <= 50; ++id)
        ASSERT_TRUE(queue.push({.id = id, .key = "person", .tokens = 100}));
    const auto order = order_of(queue);
    const auto place = std::ranges::find(order, 1U) - order.begin();
    EXPECT_GE(place, 5);
    EXPECT_LE(place, 12);
}

TEST(FairQueue, WhatWasServedAtOnceCountsToo) {
    FairQueue queue(10);
    queue.served_at_once({.id = 1, .key = "a", .tokens = 1000});
    ASSERT_TRUE(queue.push({.id = 2, .key = "a", .tokens = 10}));
    ASSERT_TRUE(queue.push({.id = 3, .key = "b", .tokens = 500}));
    EXPECT_THAT(order_of(queue), ElementsAre(3, 2));
}

TEST(FairQueue, AKeyMayNotWaitWithoutBound) {
    FairQueue queue(2);
    ASSERT_TRUE(queue.push({.id = 1, .key = "a"}));
    ASSERT_TRUE(queue.push({.id = 2, .key = "a"}));
    const auto refused = queue.push({.id = 3, .key = "a"});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), Code::kExhausted);
    EXPECT_TRUE(queue.push({.id = 4, .key = "b"}));
}

TEST(FairQueue, AllKeysTogetherMayNotWaitWithoutBound) {
    FairQueue queue(10);
    for (std::uint64_t id = 0; id < FairQueue::kMost; ++id)
        ASSERT_TRUE(queue.push({.id = id, .key = std::to_string(id)}));
    const Status refused = queue.push({.id = FairQueue::kMost, .key = "one more"});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), Code::kExhausted);
    ASSERT_TRUE(queue.pop());
    EXPECT_TRUE(queue.push({.id = FairQueue::kMost, .key = "one more"}));
}

TEST(FairQueue, TheFirstThatFitsMayGoBeforeOthers) {
    FairQueue queue(10);
    ASSERT_TRUE(queue.push({.id = 1, .key = "a", .tokens = 4000}));
    ASSERT_TRUE(queue.push({.id = 2, .key = "b", .tokens = 100}));
    ASSERT_TRUE(queue.push({.id = 3, .key = "c", .tokens = 100}));
    const auto is_short = [](const Waiting& waiting) { return waiting.tokens < 1000; };
    EXPECT_EQ(queue.pop(is_short), 2U);
    EXPECT_EQ(queue.pop(is_short), 3U);
    EXPECT_EQ(queue.pop(is_short), std::nullopt);
    EXPECT_EQ(queue.pop(), 1U);
}

TEST(FairQueue, SaysWhatGoesBeforeARequest) {
    FairQueue queue(10);
    ASSERT_TRUE(queue.push({.id = 1, .key = "a", .tokens = 500}));
    ASSERT_TRUE(queue.push({.id = 2, .key = "a", .tokens = 7}));
    ASSERT_TRUE(queue.push({.id = 3, .key = "b", .tokens = 9}));
    EXPECT_EQ(queue.before(2), 2U);
    EXPECT_THAT(queue.tokens_before(2), ElementsAre(500, 9)) << "in their order";
    EXPECT_THAT(queue.tokens_before(1), ElementsAre());
    EXPECT_EQ(queue.first_of("a"), 1U);
    EXPECT_EQ(queue.first_of("c"), std::nullopt);
}

TEST(FairQueue, WhoGivesUpIsForgotten) {
    FairQueue queue(10);
    ASSERT_TRUE(queue.push({.id = 1, .key = "a"}));
    ASSERT_TRUE(queue.push({.id = 2, .key = "b"}));
    EXPECT_TRUE(queue.remove(1));
    EXPECT_FALSE(queue.remove(1));
    EXPECT_THAT(order_of(queue), ElementsAre(2));
}

}  // namespace
}  // namespace hearth::serve
