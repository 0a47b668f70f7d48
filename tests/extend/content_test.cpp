#include "extend/content.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

namespace hearth::extend {
namespace {

TEST(Content, IsATextOrBlocks) {
    EXPECT_EQ(tool_result(R"({"content":"one"})")->text, "one");
    EXPECT_EQ(tool_result(R"({"content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]})")->text,
              "a\nb");
    EXPECT_EQ(tool_result(R"({"content":[{"type":"image","data":"…"}]})")->text,
              "[image that this model cannot see]");
}

TEST(Content, HasImagesBesideItsText) {
    const auto result = tool_result(
        R"({"content":[{"type":"text","text":"a"},{"type":"image","data":"iVBORw0KGgo=","mimeType":"image/png"}]})");
    ASSERT_TRUE(result);
    EXPECT_EQ(result->text, "a");
    EXPECT_EQ(result->images, (std::vector<chat::Image>{{"image/png", "iVBORw0KGgo="}}));
    const auto changed = tool_result(R"({"content":"b"})", *result);
    EXPECT_EQ(changed->images.size(), 1U) << "an extension is not told of images, and takes none away";
}

TEST(Content, WhatIsNotGivenStaysAsItWas) {
    const auto result = tool_result(R"({"isError":true})", {.text = "before", .details = R"({"a":1})"});
    EXPECT_EQ(result->text, "before");
    EXPECT_EQ(result->details, R"({"a":1})");
    EXPECT_TRUE(result->is_error);
    EXPECT_FALSE(result->ends_run);
}

TEST(Content, IsCutToASize) {
    const auto result =
        tool_result(R"({"content":")" + std::string(1U << 20U, 'x') + R"(","terminate":true})");
    EXPECT_LT(result->text.size(), 300'000U);
    EXPECT_TRUE(result->ends_run);
}

TEST(Content, DetailsThatAreNoObjectAreLeftOut) {
    EXPECT_EQ(tool_result(R"({"content":"","details":[1]})")->details, "");
}

}  // namespace
}  // namespace hearth::extend
