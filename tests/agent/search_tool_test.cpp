#include "agent/search_tool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

#include "os/files.h"

namespace hearth::agent {
namespace {

using testing::HasSubstr;

class SearchToolTest : public testing::Test {
protected:
    SearchToolTest() : files_(*sandbox::WorkspaceFiles::open(folder_.path())), tool_(search_tool(files_)) {
        EXPECT_TRUE(files_.write("src/a.py", "def f():\n    return Total\n"));
        EXPECT_TRUE(files_.write("src2/b.py", "total = 1\n"));
        EXPECT_TRUE(files_.write("image", std::string("total\0", 6)));
    }

    std::string run(const std::string& arguments) {
        const auto result = tool_->run(arguments, {});
        EXPECT_TRUE(result);
        return result ? result->text : "";
    }

    os::TempDir folder_ = *os::TempDir::create("hearth-search");
    sandbox::WorkspaceFiles files_;
    std::unique_ptr<Tool> tool_;
};

TEST_F(SearchToolTest, FindsLinesWhateverTheirCaseAndInTextAlone) {
    EXPECT_EQ(run(R"({"text":"total"})"), "src/a.py:2: return Total\nsrc2/b.py:1: total = 1\n");
    EXPECT_EQ(run(R"({"text":"nowhere"})"), "[nothing found]");
}

TEST_F(SearchToolTest, WithoutATextItListsFiles) {
    EXPECT_EQ(run("{}"), "image\nsrc/a.py\nsrc2/b.py\n");
    EXPECT_EQ(run(R"({"folder":"./src/"})"), "src/a.py\n");
}

TEST_F(SearchToolTest, ManyLinesAreCutWithTheirCount) {
    std::string many;
    for (int i = 0; i < 100; ++i)
        many += "needle\n";
    ASSERT_TRUE(files_.write("many.txt", many));
    EXPECT_THAT(run(R"({"text":"needle"})"), HasSubstr("[40 more; name a folder]"));
}

TEST_F(SearchToolTest, ArgumentsThatAreNoJsonAreAnError) {
    const auto result = tool_->run("{", {});
    ASSERT_TRUE(result);
    EXPECT_TRUE(result->is_error);
}

}  // namespace
}  // namespace hearth::agent
