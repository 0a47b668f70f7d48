#include "app/exit_status.h"

#include <gtest/gtest.h>
#include <set>

namespace hearth::app {
namespace {

TEST(ExitStatus, IsTheOneOfTheTable) {
    EXPECT_EQ(exit_status(Code::kInvalidInput), 2);
    EXPECT_EQ(exit_status(Code::kNotFound), 3);
    EXPECT_EQ(exit_status(Code::kPermission), 4);
    EXPECT_EQ(exit_status(Code::kConflict), 4);
    EXPECT_EQ(exit_status(Code::kUnavailable), 5);
    EXPECT_EQ(exit_status(Code::kTimeout), 6);
    EXPECT_EQ(exit_status(Code::kExhausted), 7);
    EXPECT_EQ(exit_status(Code::kDiskFull), 7);
    EXPECT_EQ(exit_status(Code::kTooLarge), 7);
    EXPECT_EQ(exit_status(Code::kCorrupt), 8);
    EXPECT_EQ(exit_status(Code::kUnsupported), 9);
    EXPECT_EQ(exit_status(Code::kInternal), 70);
    EXPECT_EQ(exit_status(Code::kCancelled), 130);
}

TEST(ExitStatus, AFailureIsNeverZeroNorOne) {
    for (int code = 0; code <= static_cast<int>(Code::kInternal); ++code)
        EXPECT_GT(exit_status(static_cast<Code>(code)), 1) << code;
}

TEST(ExitStatus, ReportSaysTheMessageWithoutControlBytes) {
    testing::internal::CaptureStderr();
    EXPECT_EQ(report(Error(Code::kNotFound, "no file \x1b[31mx")), 3);
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "hearth: no file \\x1b[31mx\n");
}

}  // namespace
}  // namespace hearth::app
