#include "eval/trajectory.h"

#include <gtest/gtest.h>

namespace hearth::eval {
namespace {

TEST(Trajectory, ItsDiffHasNoTimesOfFiles) {
    EXPECT_EQ(without_times("diff -ruN before/a.py after/a.py\n"
                            "--- before/a.py\t2026-01-02 03:04:05.0 +0000\n"
                            "+++ after/a.py\t2026-01-02 03:04:06.0 +0000\n"
                            "@@ -1 +1 @@\n"
                            "--- before/x\tand a tab\n"
                            "+b\tc\n"),
              "diff -ruN before/a.py after/a.py\n"
              "--- before/a.py\n"
              "+++ after/a.py\n"
              "@@ -1 +1 @@\n"
              "--- before/x\tand a tab\n"
              "+b\tc\n");
    EXPECT_EQ(without_times(""), "");
}

}  // namespace
}  // namespace hearth::eval
