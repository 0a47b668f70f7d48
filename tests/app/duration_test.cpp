#include "app/duration.h"

#include <gtest/gtest.h>

namespace hearth::app {
namespace {

TEST(Duration, IsAWholeNumberAndAUnit) {
    EXPECT_EQ(parse_duration("90s")->count(), 90);
    EXPECT_EQ(parse_duration("30m")->count(), 1800);
    EXPECT_EQ(parse_duration("12h")->count(), 43'200);
    EXPECT_EQ(parse_duration("30d")->count(), 2'592'000);
    EXPECT_EQ(parse_duration("4w")->count(), 2'419'200);
    EXPECT_EQ(parse_duration("0s")->count(), 0);
    EXPECT_EQ(parse_duration("36600d")->count(), 3'162'240'000);
}

TEST(Duration, NothingElseIsOne) {
    for (const char* text :
         {"", "d", "30", "-1d", "1.5h", " 1d", "1d ", "1y", "36601d", "99999999999999999999d"}) {
        const auto length = parse_duration(text);
        ASSERT_FALSE(length) << text;
        EXPECT_EQ(length.error().code(), Code::kInvalidInput);
    }
}

}  // namespace
}  // namespace hearth::app
