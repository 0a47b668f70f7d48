#include "engine/hang_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace hearth::engine {
namespace {

using testing::HasSubstr;

constexpr HangLimits kLimits{.cpu_seconds = 10, .idle_seconds = 5};

TEST(HangWatch, AStarvedChildThatIsReadyToRunDoesNotHang) {
    HangWatch watch(kLimits);
    for (int second = 0; second < 600; ++second)
        EXPECT_EQ(watch.look(second, {.cpu_seconds = 0.01 * second, .at_work = true}), std::nullopt)
            << second;
}

TEST(HangWatch, AChildThatSleepsHangs) {
    HangWatch watch(kLimits);
    EXPECT_EQ(watch.look(100, {.cpu_seconds = 3, .at_work = false}), std::nullopt);
    EXPECT_EQ(watch.look(104, {.cpu_seconds = 3, .at_work = false}), std::nullopt);
    const auto hang = watch.look(106, {.cpu_seconds = 3, .at_work = false});
    ASSERT_TRUE(hang);
    EXPECT_THAT(*hang, HasSubstr("slept for 6"));
}

TEST(HangWatch, WorkBetweenLooksCountsAsWork) {
    HangWatch watch(kLimits);
    for (int look = 0; look < 10; ++look)
        EXPECT_EQ(watch.look(look * 4.0, {.cpu_seconds = 0.1 * look, .at_work = false}), std::nullopt)
            << look;
}

TEST(HangWatch, AChildThatComputesForeverHangs) {
    HangWatch watch(kLimits);
    EXPECT_EQ(watch.look(0, {.cpu_seconds = 100, .at_work = true}), std::nullopt)
        << "what it used before is not counted";
    EXPECT_EQ(watch.look(5, {.cpu_seconds = 109, .at_work = true}), std::nullopt);
    const auto hang = watch.look(6, {.cpu_seconds = 111, .at_work = true});
    ASSERT_TRUE(hang);
    EXPECT_THAT(*hang, HasSubstr("processor time"));
}

TEST(TaskStat, IsReadWhateverTheNameHolds) {
    const auto stat = parse_task_stat("12 (a) R (b) S 1 2 3 4 5 6 7 8 9 10 250 50 0 0 20 0 4 0 99\n");
    ASSERT_TRUE(stat);
    EXPECT_EQ(stat->state, 'S');
    EXPECT_EQ(stat->ticks, 300);
}

TEST(TaskStat, GarbageIsNothing) {
    for (const char* line : {"", ")", "1 (x) S", "1 (x) SS 1 2 3 4 5 6 7 8 9 10 11 12 13",
                             "1 (x) S 1 2 3 4 5 6 7 8 9 10 -1 12 13", "1 (x) "})
        EXPECT_EQ(parse_task_stat(line), std::nullopt) << line;
}

TEST(ActivityOf, ThisProcessIsAtWork) {
    const auto activity = activity_of(::getpid());
    ASSERT_TRUE(activity);
    EXPECT_TRUE(activity->at_work);
    EXPECT_GE(activity->cpu_seconds, 0);
    EXPECT_EQ(activity_of(-7), std::nullopt);
}

TEST(HangLimits, GrowWithTheModelAndAreLongerForBaselinesAndAccelerators) {
    EXPECT_LT(load_limits(Bytes{kMiB}, false).cpu_seconds, load_limits(Bytes{20 * kGiB}, false).cpu_seconds);
    EXPECT_LT(load_limits(Bytes{kMiB}, false).idle_seconds, load_limits(Bytes{kMiB}, true).idle_seconds);
    EXPECT_LT(answer_limits("zen4", Bytes{kGiB}, false).cpu_seconds,
              answer_limits("x64", Bytes{kGiB}, false).cpu_seconds);
    EXPECT_LT(answer_limits("cuda+zen4", Bytes{kGiB}, true).cpu_seconds,
              answer_limits("cuda+x64", Bytes{kGiB}, true).cpu_seconds);
}

}  // namespace
}  // namespace hearth::engine
