#include "tui/theme_file.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <utility>
#include <vector>

namespace hearth::tui {
namespace {

using testing::AllOf;
using testing::HasSubstr;

// A theme file with every token as "#010203", but for what is given.
std::string file(const std::vector<std::pair<std::string, std::string>>& colours,
                 const std::string& vars = "{}", const std::string& left_out = {}) {
    std::string out = R"({"name":"mine","vars":)" + vars + R"(,"colors":{)";
    for (const auto& [token, value] : colours)
        out += "\"" + token + "\":" + value + ",";
    for (const auto* token : {"accent",
                              "border",
                              "borderAccent",
                              "borderMuted",
                              "success",
                              "error",
                              "warning",
                              "muted",
                              "dim",
                              "text",
                              "thinkingText",
                              "selectedBg",
                              "userMessageBg",
                              "userMessageText",
                              "customMessageBg",
                              "customMessageText",
                              "customMessageLabel",
                              "toolPendingBg",
                              "toolSuccessBg",
                              "toolErrorBg",
                              "toolTitle",
                              "toolOutput",
                              "mdHeading",
                              "mdLink",
                              "mdLinkUrl",
                              "mdCode",
                              "mdCodeBlock",
                              "mdCodeBlockBorder",
                              "mdQuote",
                              "mdQuoteBorder",
                              "mdHr",
                              "mdListBullet",
                              "toolDiffAdded",
                              "toolDiffRemoved",
                              "toolDiffContext",
                              "syntaxComment",
                              "syntaxKeyword",
                              "syntaxFunction",
                              "syntaxVariable",
                              "syntaxString",
                              "syntaxNumber",
                              "syntaxType",
                              "syntaxOperator",
                              "syntaxPunctuation",
                              "thinkingOff",
                              "thinkingMinimal",
                              "thinkingLow",
                              "thinkingMedium",
                              "thinkingHigh",
                              "thinkingXhigh",
                              "bashMode"}) {
        const bool given = std::any_of(colours.begin(), colours.end(),
                                       [&](const auto& each) { return each.first == token; });
        if (!given && token != left_out) out += "\"" + std::string(token) + "\":\"#010203\",";
    }
    out.back() = '}';
    return out + "}";
}

Colour accent_of(const std::string& value, const std::string& vars = "{}") {
    const auto theme = parse_theme(file({{"accent", value}}, vars));
    EXPECT_TRUE(theme) << theme.error().message();
    return theme ? theme->accent.text : Colour();
}

TEST(ThemeFile, ColoursAreWrittenInSeveralWays) {
    EXPECT_EQ(accent_of("\"#Ff8000\""), rgb(0xFF8000));
    EXPECT_EQ(accent_of("\"\""), Colour());
    EXPECT_EQ(accent_of("9"), rgb(0xFF0000));
    EXPECT_EQ(accent_of("39"), rgb(0x00AFFF));
    EXPECT_EQ(accent_of("244"), rgb(0x808080));
    EXPECT_EQ(accent_of("\"a\"", R"({"a":"b","b":"#123456"})"), rgb(0x123456));
    EXPECT_EQ(accent_of("\"oklch(1 0 0)\""), rgb(0xFFFFFF));
    EXPECT_EQ(accent_of("\"oklch(62.796% 0.25768 29.234)\""), rgb(0xFF0000));
    EXPECT_EQ(accent_of("\"oklch(0.86644 0.294827 142.4953deg)\""), rgb(0x00FF00));
}

TEST(ThemeFile, WhatIsNoColourIsNamed) {
    for (const std::string value : {"256", "-1", "1.5", "null", "\"#12345\"", "\"#12345g\"", "\"nowhere\"",
                                    "\"oklch(1 0)\"", "\"oklch(x 0 0)\"", "\"ring\""}) {
        const auto theme = parse_theme(file({{"mdCode", value}}, R"({"ring":"ring"})"));
        ASSERT_FALSE(theme) << value;
        EXPECT_THAT(theme.error().message(), HasSubstr("mdCode")) << value;
    }
}

TEST(ThemeFile, EveryColourIsAskedFor) {
    const auto theme = parse_theme(file({}, "{}", "bashMode"));
    ASSERT_FALSE(theme);
    EXPECT_THAT(theme.error().message(), AllOf(HasSubstr("missing"), HasSubstr("bashMode")));
    EXPECT_FALSE(parse_theme(R"({"name":"a"})"));
    EXPECT_FALSE(parse_theme(R"({"colors":{}})"));
    EXPECT_FALSE(parse_theme("[]"));
    EXPECT_FALSE(parse_theme("no JSON"));
}

TEST(ThemeFile, TokensAreWhereTheyAreShown) {
    const auto theme = parse_theme(file(
        {{"userMessageBg", "\"#111111\""}, {"mdHeading", "\"#222222\""}, {"toolDiffAdded", "\"#333333\""}}));
    ASSERT_TRUE(theme);
    EXPECT_EQ(theme->name, "mine");
    EXPECT_EQ(theme->user.ground, rgb(0x111111));
    EXPECT_EQ(theme->heading.text, rgb(0x222222));
    EXPECT_TRUE(theme->heading.bold);
    EXPECT_EQ(theme->added.text, rgb(0x333333));
    EXPECT_TRUE(theme->added_mark.inverse);
}

}  // namespace
}  // namespace hearth::tui
