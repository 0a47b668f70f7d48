// Widths, lines, changes and Markdown: what is printed of texts.
#include "core/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tui/diff_view.h"
#include "tui/lines.h"
#include "tui/markdown.h"
#include "tui/width.h"

namespace hearth::tui {
namespace {

std::string text_of(const Line& line) {
    std::string out;
    for (const auto& span : line)
        out += span.text;
    return out;
}

std::vector<std::string> texts(const std::vector<Line>& lines) {
    std::vector<std::string> out;
    for (const auto& line : lines)
        out.push_back(text_of(line));
    return out;
}

TEST(Width, CountsCells) {
    EXPECT_EQ(text_width("abc"), 3);
    EXPECT_EQ(text_width("\u6f22\u5b57"), 4);
    EXPECT_EQ(text_width("e\u0301"), 1);
    EXPECT_EQ(text_width("\U0001F468\u200D\U0001F469\u200D\U0001F467"), 2);
    EXPECT_EQ(text_width("\U0001F1E9\U0001F1EA"), 2);
    EXPECT_EQ(text_width("\u2764\uFE0F"), 2);
    EXPECT_EQ(text_width("\x1b[31m"), 8);
}

TEST(Width, NoControlByteIsPrinted) {
    for (const std::string text : {"\x1b]0;title\x07", "a\rb",
                                   "\xc2\x9b"
                                   "31m",
                                   "\xff\xfe", "\u202eabc"}) {
        for (const auto& cluster : clusters(text)) {
            EXPECT_TRUE(is_valid_utf8(cluster.text));
            for (const char c : cluster.text)
                EXPECT_GE(static_cast<unsigned char>(c), 0x20U) << testing::PrintToString(text);
            EXPECT_EQ(printable(cluster.text), cluster.text);
        }
    }
}

TEST(Wrap, BreaksAtSpacesAndKeepsAllOfAWord) {
    EXPECT_THAT(texts(wrap("one two three", {}, 8)), testing::ElementsAre("one two ", "three"));
    EXPECT_THAT(texts(wrap("abcdefgh", {}, 3)), testing::ElementsAre("abc", "def", "gh"));
    EXPECT_THAT(texts(wrap("\u6f22\u5b57\u6f22", {}, 5)), testing::ElementsAre("\u6f22\u5b57", "\u6f22"));
    EXPECT_THAT(texts(wrap("a\n\nb", {}, 5)), testing::ElementsAre("a", "", "b"));
}

TEST(Fit, CutsWithAnEllipsis) {
    EXPECT_EQ(fit("abcdef", 4), "abc\u2026");
    EXPECT_EQ(fit("\u6f22\u5b57\u6f22", 4), "\u6f22\u2026");
    EXPECT_EQ(fit("abcd", 4), "abcd");
}

TEST(Change, MarksTheWordThatDiffers) {
    const auto lines = render_change("keep\nreturn a + b\n", "keep\nreturn a - b\n", 40, dark_theme());
    EXPECT_THAT(texts(lines), testing::ElementsAre("  keep", "- return a + b", "+ return a - b"));
    const auto& added = lines[2];
    const auto mark = std::find_if(added.begin(), added.end(),
                                   [](const Span& span) { return span.style == dark_theme().added_mark; });
    ASSERT_NE(mark, added.end());
    EXPECT_EQ(mark->text, "-");
}

TEST(Markdown, RendersBlocks) {
    const auto lines = texts(render_markdown(
        "# Title\n\nA **bold** word.\n\n- one\n- two\n\n```c\nint x;\n```\n", 40, dark_theme()));
    EXPECT_THAT(lines, testing::ElementsAre("Title", "", "A bold word.", "", "\u2022 one", "\u2022 two", "",
                                            "```c", "  int x;", "```"));
}

TEST(Markdown, ATableIsAsWideAsTheScreenAtMost) {
    const auto lines = render_markdown(
        "| a | b |\n|---|---|\n| \u6f22\u5b57\u6f22\u5b57 | some more words here |\n", 20, dark_theme());
    ASSERT_GE(lines.size(), 3U);
    for (const auto& line : lines)
        EXPECT_LE(line_width(line), 20) << text_of(line);
    EXPECT_THAT(text_of(lines[0]), testing::HasSubstr(" \u2502 "));
}

TEST(Markdown, SaysWhereALinkLeads) {
    EXPECT_THAT(texts(render_markdown("[text](https://example.org)", 60, dark_theme())),
                testing::ElementsAre("text (https://example.org)"));
}

TEST(Markdown, AllButTheLastBlockIsClosed) {
    EXPECT_EQ(closed_blocks("one"), 0U);
    EXPECT_EQ(closed_blocks("one\n\ntwo"), 5U);
    EXPECT_EQ(closed_blocks("```\none\n\ntwo"), 0U);
}

TEST(Markdown, NoControlByteOfATextIsPrinted) {
    for (const auto& line : render_markdown("a \x1b[2J b `\x07` [x](\x1b]8;;y)\n\n```\n\x1b[A\n```\n<b\x1b>",
                                            30, dark_theme())) {
        for (const auto& span : line)
            EXPECT_EQ(printable(span.text), span.text);
    }
}

}  // namespace
}  // namespace hearth::tui
