#include "eval/detail/markdown_parts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

namespace hearth::eval::detail {
namespace {

using testing::ElementsAre;

TEST(MarkdownParts, AreTheTextAndTellCodeFromProse) {
    const std::string_view text = "Call `add` or\n```py\nx = 1\n```\nand `open";
    std::string joined;
    std::vector<std::string_view> code;
    for (const auto& part : markdown_parts(text)) {
        EXPECT_EQ(text.substr(part.at, part.text.size()), part.text);
        joined += part.text;
        if (part.is_code) code.push_back(part.text);
    }
    EXPECT_EQ(joined, text);
    EXPECT_THAT(code, ElementsAre("add", "py\nx = 1\n"));
}

}  // namespace
}  // namespace hearth::eval::detail
