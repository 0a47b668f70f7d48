#include "core/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <limits>
#include <string>

namespace hearth {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Trim, RemovesOnlyOuterSpace) {
    EXPECT_EQ(trim(" \t a b \r\n"), "a b");
    EXPECT_EQ(trim(" \n "), "");
    EXPECT_EQ(trim(""), "");
}

TEST(Split, KeepsEmptyPieces) {
    EXPECT_THAT(split("a,,b", ','), ElementsAre("a", "", "b"));
    EXPECT_THAT(split("", ','), ElementsAre(""));
    EXPECT_THAT(split(",", ','), ElementsAre("", ""));
}

TEST(SplitLines, FinalNewlineOpensNoLine) {
    EXPECT_THAT(split_lines("a\nb\n"), ElementsAre("a", "b"));
    EXPECT_THAT(split_lines("a\nb"), ElementsAre("a", "b"));
    EXPECT_THAT(split_lines("\n\n"), ElementsAre("", ""));
    EXPECT_THAT(split_lines("a\r\n"), ElementsAre("a\r"));
    EXPECT_THAT(split_lines(""), IsEmpty());
}

TEST(Join, PutsTheSeparatorOnlyBetween) {
    EXPECT_EQ(join({"a", "b"}, ", "), "a, b");
    EXPECT_EQ(join({"a"}, ", "), "a");
    EXPECT_EQ(join({}, ", "), "");
}

TEST(ToLowerAscii, LeavesOtherBytesAlone) { EXPECT_EQ(to_lower_ascii("AbZ-É1"), "abz-É1"); }

TEST(ReplaceAll, ReplacesWithoutRescanningTheReplacement) {
    EXPECT_EQ(replace_all("aaa", "a", "aa"), "aaaaaa");
    EXPECT_EQ(replace_all("abc", "", "x"), "abc");
    EXPECT_EQ(replace_all("ab-ab", "ab", ""), "-");
}

TEST(ParseNumber, TakesOnlyAWholeNonNegativeDecimal) {
    EXPECT_EQ(parse_number("0"), 0);
    EXPECT_EQ(parse_number("0042"), 42);
    EXPECT_EQ(parse_number("9223372036854775807"), std::numeric_limits<std::int64_t>::max());
    for (const char* bad : {"", "-1", "-0", "+1", " 1", "1 ", "1.0", "0x10", "9223372036854775808", "1e3"}) {
        EXPECT_EQ(parse_number(bad), std::nullopt) << '"' << bad << '"';
    }
}

TEST(Utf8, AcceptsTheEdgesOfEveryLength) {
    for (const char* good : {"", "a\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF",
                             "\xEE\x80\x80", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
        EXPECT_TRUE(is_valid_utf8(good)) << to_hex(good);
    }
}

TEST(Utf8, RefusesOverlongSurrogateTruncatedAndTooLarge) {
    for (const char* bad : {"\x80", "\xC0\x80", "\xC1\xBF", "\xC2", "\xE0\x9F\xBF", "\xED\xA0\x80",
                            "\xE2\x82", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF"}) {
        EXPECT_FALSE(is_valid_utf8(bad)) << to_hex(bad);
    }
}

TEST(Utf8, EachInvalidByteBecomesOneReplacement) {
    EXPECT_EQ(to_valid_utf8("a\xFF\xFE"
                            "b"),
              "a\xEF\xBF\xBD\xEF\xBF\xBD"
              "b");
    EXPECT_EQ(to_valid_utf8("ünï"), "ünï");
}

TEST(Printable, ShowsControlsAsEscapes) {
    EXPECT_EQ(printable("\x1b[31mred\x07"), "\\x1b[31mred\\x07");
    EXPECT_EQ(printable("\r"), "\\x0d");
    EXPECT_EQ(printable("\xC2\x9B"), "\\x9b");  // C1 control sequence introducer
    EXPECT_EQ(printable("a\xE2\x80\xAE"
                        "b"),
              "a\\u202eb");  // right-to-left override
    EXPECT_EQ(printable("\xFF"), "\\xff");
}

TEST(Printable, ShowsWhatHidesText) {
    EXPECT_EQ(printable("\u202egpj.exe \u200b"), "\\u202egpj.exe \\u200b");
    EXPECT_EQ(printable("\u2028\u061c\u2060\ufeff"), "\\u2028\\u061c\\u2060\\ufeff");
    EXPECT_EQ(printable("\U000e0041"), "\\ue0041");
    // A joiner makes one picture of several.
    EXPECT_EQ(printable("\U0001F469\u200d\U0001F4BB"), "\U0001F469\u200d\U0001F4BB");
}

TEST(Printable, LeavesTextTabsAndNewlinesAlone) {
    EXPECT_EQ(printable("héllo\tworld\n日本 🙂"), "héllo\tworld\n日本 🙂");
}

TEST(HeadAndTail, ShortTextIsWhole) { EXPECT_EQ(head_and_tail("abcdef", 3, 3), "abcdef"); }

TEST(HeadAndTail, CutsAtLineEndsAndCountsWhatIsMissing) {
    EXPECT_EQ(head_and_tail("one\ntwo\nthree\nfour\n", 6, 7), "one\n[... 10 bytes left out ...]\nfour\n");
}

TEST(HeadAndTail, WithoutLinesCutsAtTheByte) {
    EXPECT_EQ(head_and_tail("abcdefghij", 2, 2), "ab[... 6 bytes left out ...]\nij");
}

TEST(HeadAndTail, CutsNoCharacter) {
    EXPECT_EQ(head_and_tail("\u20ac\u20ac\u20ac\u20ac", 4, 5), "\u20ac[... 6 bytes left out ...]\n\u20ac");
}

TEST(Utf8Front, LeavesOutACharacterThatDoesNotFit) {
    EXPECT_EQ(utf8_front("a\u00e9", 2), "a");
    EXPECT_EQ(utf8_front("a\u00e9", 3), "a\u00e9");
    EXPECT_EQ(utf8_front("\U0001f525b", 3), "");
    EXPECT_EQ(utf8_front("abc", 0), "");
}

TEST(Shortened, SaysThatSomethingIsLeftOut) {
    EXPECT_EQ(shortened("abc", 3), "abc");
    EXPECT_EQ(shortened("abcd", 3), "abc…");
    EXPECT_EQ(shortened("a\u00e9b", 2), "a…");
    EXPECT_EQ(shortened("", 0), "");
}

TEST(IsVariableName, FollowsShells) {
    for (const std::string_view name : {"HOME", "_", "a1", "_2"})
        EXPECT_TRUE(is_variable_name(name)) << name;
    for (const std::string_view name : {"", "1a", "a-b", "a b", "\u00e9"})
        EXPECT_FALSE(is_variable_name(name)) << name;
}

TEST(Utf8End, LeavesOutACharacterThatDoesNotFit) {
    EXPECT_EQ(utf8_end("\u00e9a", 2), "a");
    EXPECT_EQ(utf8_end("\u00e9a", 3), "\u00e9a");
    EXPECT_EQ(utf8_end("b\U0001f525", 3), "");
}

TEST(ToHex, IsLowerCaseAndCoversEveryBit) { EXPECT_EQ(to_hex(std::string("\x00\x7f\xff", 3)), "007fff"); }

TEST(PercentEncoded, KeepsWhatAUrlMayHave) {
    EXPECT_EQ(percent_encoded("a-B_9.~ /+\xc3\xa4"), "a-B_9.~%20%2F%2B%C3%A4");
    EXPECT_EQ(percent_encoded("a/b c", "/", HexCase::kLower), "a/b%20c");
}

TEST(PercentDecoded, WhatIsNoneStays) {
    EXPECT_EQ(percent_decoded("a%20b%2f%C3%A4"), "a b/\xc3\xa4");
    for (const std::string_view text : {"%", "%2", "%zz", "%2z", "a%", "100% sure", "%+1", "%-1"})
        EXPECT_EQ(percent_decoded(text), text);
}

TEST(Utf8Of, HasOneToFourBytes) {
    EXPECT_EQ(utf8_of(U'a'), "a");
    EXPECT_EQ(utf8_of(0x7F), "\x7F");
    EXPECT_EQ(utf8_of(0x80), "\xC2\x80");
    EXPECT_EQ(utf8_of(0x7FF), "\xDF\xBF");
    EXPECT_EQ(utf8_of(0x800), "\xE0\xA0\x80");
    EXPECT_EQ(utf8_of(0xFFFF), "\xEF\xBF\xBF");
    EXPECT_EQ(utf8_of(0x10000), "\xF0\x90\x80\x80");
    EXPECT_EQ(utf8_of(0x10FFFF), "\xF4\x8F\xBF\xBF");
}

}  // namespace
}  // namespace hearth
