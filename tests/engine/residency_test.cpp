#include "engine/residency.h"

#include <gtest/gtest.h>

namespace hearth::engine {
namespace {

Bytes gib(std::int64_t count) { return Bytes{count * kGiB}; }

TEST(WhoLeaves, NobodyWhenItFits) {
    const Result<std::vector<std::size_t>> leaving =
        who_leaves({{.model = "a", .memory = gib(2), .last_used = 1, .leased = false}}, gib(3), gib(3));
    ASSERT_TRUE(leaving);
    EXPECT_TRUE(leaving->empty());
}

TEST(WhoLeaves, TheLeastRecentlyUsedFirstAndNoMoreThanNeeded) {
    const std::vector<Resident> residents = {
        {.model = "late", .memory = gib(2), .last_used = 9, .leased = false},
        {.model = "early", .memory = gib(2), .last_used = 1, .leased = false},
        {.model = "middle", .memory = gib(2), .last_used = 5, .leased = false}};
    const Result<std::vector<std::size_t>> leaving = who_leaves(residents, gib(4), gib(1));
    ASSERT_TRUE(leaving);
    EXPECT_EQ(*leaving, (std::vector<std::size_t>{1, 2}));
}

TEST(WhoLeaves, AModelInUseStays) {
    const std::vector<Resident> residents = {
        {.model = "used", .memory = gib(4), .last_used = 1, .leased = true},
        {.model = "idle", .memory = gib(1), .last_used = 2, .leased = false}};
    const Result<std::vector<std::size_t>> fits = who_leaves(residents, gib(2), gib(1));
    ASSERT_TRUE(fits);
    EXPECT_EQ(*fits, (std::vector<std::size_t>{1}));
    const Result<std::vector<std::size_t>> too_much = who_leaves(residents, gib(3), gib(1));
    ASSERT_FALSE(too_much);
    EXPECT_EQ(too_much.error().code(), Code::kExhausted);
    EXPECT_EQ(too_much.error().message(),
              "3.00 GiB are needed and 2.00 GiB can be had (4.00 GiB are held by models in use)");
}

TEST(CrashRecord, WaitsLongerAfterEachCrashAndGivesUpAfterThree) {
    CrashRecord record;
    EXPECT_EQ(record.wait_seconds(0), 0);
    record.crashed(10);
    EXPECT_FALSE(record.given_up(10));
    EXPECT_DOUBLE_EQ(record.wait_seconds(10), 0.25);
    EXPECT_NEAR(record.wait_seconds(10.2), 0.05, 1e-9);
    EXPECT_EQ(record.wait_seconds(11), 0);
    record.crashed(11);
    EXPECT_DOUBLE_EQ(record.wait_seconds(11), 0.5);
    EXPECT_FALSE(record.given_up(11));
    record.crashed(12);
    EXPECT_TRUE(record.given_up(12));
}

TEST(CrashRecord, AllowsOneTryAfterAPauseAndForgetsAfterSuccess) {
    CrashRecord record;
    for (int i = 0; i < 3; ++i)
        record.crashed(i);
    EXPECT_TRUE(record.given_up(20));
    EXPECT_FALSE(record.given_up(60));
    record.crashed(61);
    EXPECT_TRUE(record.given_up(62));
    record.succeeded();
    EXPECT_FALSE(record.given_up(62));
    EXPECT_EQ(record.wait_seconds(62), 0);
}

}  // namespace
}  // namespace hearth::engine
