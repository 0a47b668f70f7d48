#include "agent/ignore_rules.h"

#include <gtest/gtest.h>
#include <string>

namespace hearth::agent {
namespace {

using Says = IgnoreRules::Says;

struct Case {
    const char* text;
    const char* path;
    bool is_folder;
    Says says;
};

void check(std::initializer_list<Case> cases) {
    for (const auto& each : cases)
        EXPECT_EQ(IgnoreRules(each.text).of(each.path, each.is_folder), each.says)
            << each.text << " of " << each.path;
}

TEST(IgnoreRules, ANameIsMeantInEveryFolderAndAPathFromItsOwn) {
    check({{"*.o", "a.o", false, Says::kIgnored},
           {"*.o", "deep/er/a.o", false, Says::kIgnored},
           {"*.o", "a.obj", false, Says::kNothing},
           {"/a.o", "a.o", false, Says::kIgnored},
           {"/a.o", "deep/a.o", false, Says::kNothing},
           {"doc/a.txt", "doc/a.txt", false, Says::kIgnored},
           {"doc/a.txt", "old/doc/a.txt", false, Says::kNothing}});
}

TEST(IgnoreRules, ASlashAtTheEndMeansFoldersAlone) {
    check({{"out/", "out", true, Says::kIgnored},
           {"out/", "deep/out", true, Says::kIgnored},
           {"out/", "out", false, Says::kNothing},
           {"/", "out", true, Says::kNothing}});
}

TEST(IgnoreRules, TheLatestRuleCounts) {
    check({{"*.log\n!keep.log", "keep.log", false, Says::kKept},
           {"!keep.log\n*.log", "keep.log", false, Says::kIgnored},
           {"*.log\n!keep.log", "other.log", false, Says::kIgnored}});
}

TEST(IgnoreRules, TwoStarsStandForFolders) {
    check({{"**/made", "made", true, Says::kIgnored},
           {"**/made", "a/b/made", true, Says::kIgnored},
           {"a/**/z", "a/z", false, Says::kIgnored},
           {"a/**/z", "a/b/c/z", false, Says::kIgnored},
           {"a/**/z", "b/a/z", false, Says::kNothing},
           {"a/**", "a/b/c", false, Says::kIgnored},
           {"a/**", "a", true, Says::kNothing},
           {"a/*", "a/b/c", false, Says::kNothing},
           {"**", "anything", false, Says::kIgnored}});
}

TEST(IgnoreRules, CommentsBlanksAndEscapesAreReadAsGitDoes) {
    check({{"# a.o\n\n", "# a.o", false, Says::kNothing},
           {"\\#x", "#x", false, Says::kIgnored},
           {"\\!x", "!x", false, Says::kIgnored},
           {"x   ", "x", false, Says::kIgnored},
           {"x\\ ", "x ", false, Says::kIgnored},
           {"x\r\n", "x", false, Says::kIgnored},
           {"\xef\xbb\xbfx", "x", false, Says::kIgnored}});
}

TEST(IgnoreRules, BracketsHaveRangesAndClasses) {
    check({{"[a-c].txt", "b.txt", false, Says::kIgnored},
           {"[a-c].txt", "d.txt", false, Says::kNothing},
           {"[!a-c].txt", "d.txt", false, Says::kIgnored},
           {"[]-]x", "]x", false, Says::kIgnored},
           {"v[[:digit:]]", "v7", false, Says::kIgnored},
           {"v[[:digit:]]", "vx", false, Says::kNothing},
           {"[ab", "a", false, Says::kNothing},
           {"a\\", "a", false, Says::kNothing},
           {"?.o", "/.o", false, Says::kNothing}});
}

TEST(IgnoreRules, ManyStarsTakeNoLongTime) {
    std::string pattern;
    for (int i = 0; i < 200; ++i)
        pattern += "*a";
    EXPECT_EQ(IgnoreRules(pattern + "b").of(std::string(250, 'a'), false), Says::kNothing);
    std::string folders;
    for (int i = 0; i < 200; ++i)
        folders += "**/a/";
    std::string path;
    for (int i = 0; i < 1000; ++i)
        path += "a/";
    EXPECT_EQ(IgnoreRules(folders + "b").of(path + "c", false), Says::kNothing);
}

TEST(Glob, BracesStandForEachOfTheirParts) {
    EXPECT_EQ(braces_expanded("*.{h,cpp}"), (std::vector<std::string>{"*.h", "*.cpp"}));
    EXPECT_EQ(braces_expanded("{a,{b,c}}"), (std::vector<std::string>{"a", "b", "c"}));
    EXPECT_EQ(braces_expanded("{a"), std::vector<std::string>{"{a"});
    const std::string many = "{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}";
    EXPECT_EQ(braces_expanded(many), std::vector<std::string>{many});
}

}  // namespace
}  // namespace hearth::agent
