#include "agent/foreign_tool.h"

#include <gtest/gtest.h>
#include <string>

namespace hearth::agent {
namespace {

TEST(ForeignTool, NamesAreThoseThatEnginesTake) {
    EXPECT_TRUE(is_tool_name("read_2-x"));
    EXPECT_TRUE(is_tool_name(std::string(64, 'a')));
    EXPECT_FALSE(is_tool_name(std::string(65, 'a')));
    EXPECT_FALSE(is_tool_name(""));
    EXPECT_FALSE(is_tool_name("a.b"));
    EXPECT_TRUE(is_tool_name("a.b", ".:"));
}

TEST(ForeignTool, TheFirstTextSaysWhatACallIsAbout) {
    EXPECT_EQ(subject_of_call(R"({"n":1,"path":"a.txt","text":"b"})"), "a.txt");
    EXPECT_EQ(subject_of_call(R"({"text":")" + std::string(300, 'x') + R"("})"), std::string(200, 'x'));
    for (const auto* arguments : {"{}", "[\"a\"]", "{", ""})
        EXPECT_EQ(subject_of_call(arguments), "");
}

}  // namespace
}  // namespace hearth::agent
