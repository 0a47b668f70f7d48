#include "os/process_memory.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace hearth::os {
namespace {

constexpr Bytes kPage{4096};

TEST(Statm, CountsPages) {
    const auto memory = parse_statm("9000 300 100 12 0 700 0\n", kPage);
    ASSERT_TRUE(memory);
    EXPECT_EQ(memory->resident, Bytes{1'228'800});
    EXPECT_EQ(memory->anonymous, Bytes{819'200});
}

TEST(Statm, IsNoneInOtherText) {
    for (const char* text : {"", "9000", "9000 300", "a b c", "9000 -1 0 0 0 0 0", "9000 100 300 0 0 0 0",
                             "9000 9223372036854775807 0 0 0 0 0"})
        EXPECT_FALSE(parse_statm(text, kPage)) << text;
}

TEST(Statm, OfAnEndedProcessIsNone) { EXPECT_FALSE(parse_statm("0 0 0 0 0 0 0\n", kPage)); }

TEST(ProcessMemory, IsThatOfThisProcess) {
    const auto memory = process_memory(::getpid());
    ASSERT_TRUE(memory);
    EXPECT_GT(memory->anonymous.value, 0);
    EXPECT_LT(memory->anonymous, memory->resident);
    EXPECT_FALSE(process_memory(0));
}

}  // namespace
}  // namespace hearth::os
