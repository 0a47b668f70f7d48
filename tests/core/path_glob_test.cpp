#include "core/path_glob.h"

#include <gtest/gtest.h>

namespace hearth {
namespace {

TEST(PathGlob, StarStaysInAFolderAndTwoStarsDoNot) {
    EXPECT_TRUE(matches_glob("*.cpp", "a.cpp"));
    EXPECT_FALSE(matches_glob("*.cpp", "src/a.cpp"));
    EXPECT_TRUE(matches_glob("src/**", "src/deep/a.cpp"));
    EXPECT_TRUE(matches_glob("**.h", "a/b/c.h"));
    EXPECT_TRUE(matches_glob("?.c", "a.c"));
    EXPECT_FALSE(matches_glob("a?c", "a/c"));
    EXPECT_TRUE(matches_glob("*", ""));
    EXPECT_FALSE(matches_glob("", "a"));
}

}  // namespace
}  // namespace hearth
