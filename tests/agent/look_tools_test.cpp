#include "agent/look_tools.h"

#include <filesystem>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

#include "os/files.h"

namespace hearth::agent {
namespace {

using testing::HasSubstr;
using testing::Not;

class LookToolsTest : public testing::Test {
protected:
    LookToolsTest() : files_(*sandbox::WorkspaceFiles::open(folder_.path())) {
        write(".gitignore", "/made/\n*.log\n!keep.log\n");
        write("src/a.py", "import b\n\ndef f():\n    return Total\n");
        write("src/deep/b.cpp", "int total = 1;\n");
        write("src/deep/.gitignore", "*.tmp\n");
        write("src/deep/x.tmp", "total\n");
        write("made/c.py", "total\n");
        write("a.log", "total\n");
        write("keep.log", "total\n");
        write("image", std::string("total\0", 6));
        std::filesystem::create_directory(folder_.path() / ".git");
        EXPECT_TRUE(os::write_file_atomic(folder_.path() / ".git" / "config", "total\n"));
    }

    void write(const std::string& path, const std::string& text) { EXPECT_TRUE(files_.write(path, text)); }

    using Make = std::unique_ptr<Tool> (*)(const sandbox::WorkspaceFiles&, FileFilter);

    std::string run(Make make, const std::string& arguments, FileFilter may_show = {}) {
        const auto result = make(files_, std::move(may_show))->run(arguments, {});
        EXPECT_TRUE(result);
        return result ? result->text : "";
    }

    os::TempDir folder_ = *os::TempDir::create("hearth-look");
    sandbox::WorkspaceFiles files_;
};

bool not_a(const std::string& path) { return path != "src/a.py"; }

TEST_F(LookToolsTest, GrepPassesOverWhatIsIgnoredAndWhatIsNoText) {
    EXPECT_EQ(run(grep_tool, R"({"pattern":"tot.l","ignoreCase":true})"),
              "keep.log:1: total\nsrc/a.py:4:     return Total\nsrc/deep/b.cpp:1: int total = 1;\n");
    EXPECT_EQ(run(grep_tool, R"({"pattern":"tot.l","literal":true})"), "[nothing found]");
    EXPECT_EQ(run(grep_tool, R"({"pattern":"^def"})"), "src/a.py:3: def f():\n");
}

TEST_F(LookToolsTest, GrepKeepsToAFolderAFileAndAGlob) {
    EXPECT_EQ(run(grep_tool, R"({"pattern":"total","path":"./src/"})"), "src/deep/b.cpp:1: int total = 1;\n");
    EXPECT_EQ(run(grep_tool, R"({"pattern":"total","path":"a.log"})"), "a.log:1: total\n");
    EXPECT_EQ(run(grep_tool, R"({"pattern":"total","path":"made"})"), "made/c.py:1: total\n");
    EXPECT_EQ(run(grep_tool, R"({"pattern":"t","path":"src","glob":"*.{py,h}"})"),
              "src/a.py:1: import b\nsrc/a.py:4:     return Total\n");
    EXPECT_EQ(run(grep_tool, R"({"pattern":"total","glob":"!src"})"), "keep.log:1: total\n");
    EXPECT_EQ(run(grep_tool, R"({"pattern":"total","glob":"src/**/*.cpp"})"),
              "src/deep/b.cpp:1: int total = 1;\n");
}

TEST_F(LookToolsTest, GrepShowsNeighboursOnce) {
    write("n.txt", "one\ntwo\nthree\nfour\nfive\n");
    EXPECT_EQ(run(grep_tool, R"({"pattern":"two|four","path":"n.txt","context":1})"),
              "n.txt-1- one\nn.txt:2: two\nn.txt-3- three\nn.txt:4: four\nn.txt-5- five\n");
}

TEST_F(LookToolsTest, GrepSaysWhatItCut) {
    write("many.txt", "needle\nneedle\nneedle\n");
    EXPECT_THAT(run(grep_tool, R"({"pattern":"needle","limit":2})"),
                HasSubstr("many.txt:2: needle\n[2 matches are shown and there are more"));
    EXPECT_THAT(run(grep_tool, R"({"pattern":"needle","limit":3})"), Not(HasSubstr("more")));
    write("long.txt", std::string(600, 'x') + "\n");
    const auto cut = run(grep_tool, R"({"pattern":"x+","path":"long.txt"})");
    EXPECT_THAT(cut, HasSubstr(std::string(500, 'x') + "…\n[lines are cut at 500"));
    std::string lines;
    for (int i = 0; i < 400; ++i)
        lines += std::string(100, 'y') + "\n";
    write("much.txt", lines);
    const auto much = run(grep_tool, R"({"pattern":"y","limit":1000})");
    EXPECT_LT(much.size(), 12'500U);
    EXPECT_THAT(much, HasSubstr("[cut at 12000 bytes; a narrower pattern"));
}

TEST_F(LookToolsTest, ABadPatternIsAnErrorAndAHostileOneEnds) {
    EXPECT_THAT(run(grep_tool, R"({"pattern":"(a"})"),
                HasSubstr("Error: the pattern is no regular expression"));
    EXPECT_THAT(run(grep_tool, R"({"pattern":"(?=a)b"})"), HasSubstr("Error:"));
    EXPECT_THAT(run(grep_tool, "{}"), HasSubstr("Error: grep needs"));
    EXPECT_THAT(run(grep_tool, "{"), HasSubstr("Error:"));
    write("hostile.txt", std::string(100'000, 'a') + "\n");
    EXPECT_EQ(run(grep_tool, R"({"pattern":"(a*)*(a*)*b$","path":"hostile.txt"})"), "[nothing found]");
}

TEST_F(LookToolsTest, FindKnowsNamesAndPaths) {
    EXPECT_EQ(run(find_tool, R"({"pattern":"*.py"})"), "src/a.py\n");
    EXPECT_EQ(run(find_tool, R"({"pattern":"src/**/*.cpp"})"), "src/deep/b.cpp\n");
    EXPECT_EQ(run(find_tool, R"({"pattern":"deep"})"), "src/deep/\n");
    EXPECT_EQ(run(find_tool, R"({"pattern":"*","path":"src/deep"})"),
              "src/deep/.gitignore\nsrc/deep/b.cpp\n");
    EXPECT_EQ(run(find_tool, R"({"pattern":"config"})"), "[no files]");
    write("README.md", "");
    EXPECT_EQ(run(find_tool, R"({"pattern":"readme.*"})"), "README.md\n");
    EXPECT_EQ(run(find_tool, R"({"pattern":"Readme.*"})"), "[no files]");
    EXPECT_THAT(run(find_tool, R"({"pattern":"*","limit":1})"), HasSubstr("[only 1 shown"));
}

TEST_F(LookToolsTest, LsShowsAllOfAFolderButGit) {
    EXPECT_EQ(run(ls_tool, "{}"), ".gitignore\na.log\nimage\nkeep.log\nmade/\nsrc/\n");
    EXPECT_EQ(run(ls_tool, R"({"path":"src"})"), "a.py\ndeep/\n");
    EXPECT_EQ(run(ls_tool, R"({"limit":1})"), ".gitignore\n[5 more; a larger limit shows them]\n");
    EXPECT_THAT(run(ls_tool, R"({"path":"image"})"), HasSubstr("not a folder"));
    EXPECT_THAT(run(ls_tool, R"({"path":".git"})"), HasSubstr("Error:"));
    EXPECT_THAT(run(ls_tool, R"({"path":"nowhere"})"), HasSubstr("Error:"));
}

TEST_F(LookToolsTest, WhatMayNotBeReadIsNeitherSearchedNorListed) {
    const std::string left_out = "[left out: 1 file that may not be read without permission]\n";
    EXPECT_EQ(run(grep_tool, R"({"pattern":"return"})", not_a), "[nothing found]\n" + left_out);
    EXPECT_EQ(run(grep_tool, R"({"pattern":"return","path":"src/a.py"})", not_a),
              "[nothing found]\n" + left_out);
    EXPECT_EQ(run(find_tool, R"({"pattern":"*.py"})", not_a), "[no files]\n" + left_out);
    EXPECT_EQ(run(find_tool, R"({"pattern":"no such"})", not_a), "[no files]\n" + left_out)
        << "else the pattern would tell its name";
    EXPECT_EQ(run(ls_tool, R"({"path":"src"})", not_a), "deep/\n" + left_out);
}

TEST_F(LookToolsTest, LinksDoNotLeadOut) {
    const auto outside = *os::TempDir::create("hearth-outside");
    ASSERT_TRUE(os::write_file_atomic(outside.path() / "secret", "total\n"));
    std::filesystem::create_directory_symlink(outside.path(), folder_.path() / "out");
    std::filesystem::create_symlink(outside.path() / "secret", folder_.path() / "secret");
    std::filesystem::create_directory_symlink("src", folder_.path() / "inside");
    EXPECT_THAT(run(grep_tool, R"({"pattern":"total","path":"out"})"), HasSubstr("Error:"));
    EXPECT_THAT(run(grep_tool, R"({"pattern":"total","path":"secret"})"), HasSubstr("Error:"));
    EXPECT_THAT(run(grep_tool, R"({"pattern":"total","path":".."})"), HasSubstr("Error:"));
    EXPECT_THAT(run(grep_tool, R"({"pattern":"total"})"), Not(HasSubstr("secret")));
    EXPECT_THAT(run(ls_tool, R"({"path":"out"})"), HasSubstr("Error:"));
    EXPECT_THAT(run(ls_tool, "{}"), HasSubstr("inside/\n"));
    EXPECT_EQ(run(find_tool, R"({"pattern":"*.py","path":"inside"})"), "src/a.py\n");
}

}  // namespace
}  // namespace hearth::agent
