#include "resources/front_matter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hearth::resources {
namespace {

using testing::HasSubstr;

std::string value_of(const std::string& header, std::string_view key = "a") {
    const auto file = parse_front_matter("---\n" + header + "\n---\nbody\n");
    if (!file) return "error: " + file.error().message();
    return std::string(file->find(key).value_or("(absent)"));
}

TEST(FrontMatter, StandsBetweenTwoFences) {
    const auto file =
        *parse_front_matter("---\nname: x\ndescription: what it does\n---\n\nText\n---\nmore\n");
    EXPECT_EQ(file.find("name"), "x");
    EXPECT_EQ(file.find("description"), "what it does");
    EXPECT_EQ(file.find("licence"), std::nullopt);
    EXPECT_EQ(file.body, "\nText\n---\nmore\n");
}

TEST(FrontMatter, IsNotNeeded) {
    EXPECT_EQ(parse_front_matter("Just text\n")->body, "Just text\n");
    EXPECT_EQ(parse_front_matter("")->body, "");
    EXPECT_EQ(parse_front_matter("----\nno fence")->body, "----\nno fence");
}

TEST(FrontMatter, KnowsLineEndsOfWindowsAndTheByteOrderMark) {
    const auto file = *parse_front_matter("\xef\xbb\xbf---\r\nname: x\r\n---\r\ntext\r\n");
    EXPECT_EQ(file.find("name"), "x");
    EXPECT_EQ(file.body, "text\n");
}

TEST(FrontMatter, ReadsPlainTexts) {
    EXPECT_EQ(value_of("a: one: two"), "one: two");
    EXPECT_EQ(value_of("a: one # said by the way"), "one");
    EXPECT_EQ(value_of("a: one#two"), "one#two");
    EXPECT_EQ(value_of("a:"), "");
    EXPECT_EQ(value_of("# nothing\n\na: one\n  goes on\n\n  further\nb: two"), "one goes on further");
    EXPECT_EQ(value_of("a:\n  begins below"), "begins below");
}

TEST(FrontMatter, ReadsQuotedTexts) {
    EXPECT_EQ(value_of(R"(a: "say \"hi\" \u00e9\n" # x)"), "say \"hi\" \xc3\xa9\n");
    EXPECT_EQ(value_of("a: 'it''s'"), "it's");
    EXPECT_EQ(value_of("a: \"one\n  two\"\nb: c"), "one two");
    EXPECT_EQ(value_of("a: \"\""), "");
}

TEST(FrontMatter, ReadsTextsOfSeveralLines) {
    EXPECT_EQ(value_of("a: |\n  one\n    two\n\n  three\nb: c"), "one\n  two\n\nthree");
    EXPECT_EQ(value_of("a: >-\n  one\n  two\n\n  three\nb: c"), "one two\n\nthree");
}

TEST(FrontMatter, PassesOverListsAndMaps) {
    const std::string header = "a:\n  b: one\n  c: two\nd:\n- x\n- y\ne: [1, 2]\nf: g";
    EXPECT_EQ(value_of(header), "");
    EXPECT_EQ(value_of(header, "d"), "");
    EXPECT_EQ(value_of(header, "e"), "[1, 2]");
    EXPECT_EQ(value_of(header, "f"), "g");
}

TEST(FrontMatter, NamesTheLineOfAMistake) {
    EXPECT_THAT(value_of("a: one\nwhat"), HasSubstr("line 3: "));
    EXPECT_THAT(value_of("a: one\na: two"), HasSubstr("line 3: 'a' comes twice"));
    EXPECT_THAT(value_of("b: x\na: \"one"), HasSubstr("line 3: the quotation does not end"));
    EXPECT_THAT(value_of("a: 'one' two"), HasSubstr("line 2: "));
    EXPECT_THAT(parse_front_matter("---\nname: x\n").error().message(),
                HasSubstr("line 1: the header does not end"));
    EXPECT_EQ(parse_front_matter("---\na: \xff\n---\n").error().code(), Code::kCorrupt);
}

}  // namespace
}  // namespace hearth::resources
