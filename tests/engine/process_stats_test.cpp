#include "engine/process_stats.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace hearth::engine {
namespace {

TEST(ProcessorTicks, CountWaitingAsIdleAndGuestsOnce) {
    const auto ticks =
        parse_processor_ticks("cpu  100 20 30 4000 500 6 7 8 90 10\ncpu0 1 1 1 1 1 1 1 1 0 0\nintr 1 2\n");
    ASSERT_TRUE(ticks);
    EXPECT_EQ(ticks->busy, 100 + 20 + 30 + 6 + 7 + 8);
    EXPECT_EQ(ticks->all, ticks->busy + 4000 + 500);
}

TEST(ProcessorTicks, AreNoneInOtherText) {
    for (const char* text : {"", "cpu", "cpu  1 2 3", "cpu  a b c d e f g h", "cpu0 1 2 3 4 5 6 7 8",
                             "cpu  9223372036854775807 1 1 1 1 1 1 1"})
        EXPECT_FALSE(parse_processor_ticks(text)) << text;
}

TEST(ProcessorTicks, OfThisProcessAreBelowThoseOfAll) {
    const auto now = processor_ticks(::getpid());
    ASSERT_TRUE(now);
    EXPECT_LE(now->child, now->busy);
    EXPECT_LT(now->busy, now->all);
    EXPECT_FALSE(processor_ticks(0));
}

TEST(Undisturbed, WhileOthersTakeATenthAtMost) {
    const ProcessorTicks before{.busy = 1000, .all = 10'000, .child = 100};
    EXPECT_TRUE(undisturbed(before, {.busy = 1105, .all = 10'200, .child = 190}));
    EXPECT_FALSE(undisturbed(before, {.busy = 1150, .all = 10'200, .child = 190}));
    EXPECT_FALSE(undisturbed(before, before)) << "too short to tell";
}

}  // namespace
}  // namespace hearth::engine
