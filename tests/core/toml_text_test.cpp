#include "core/toml_text.h"

#include <gtest/gtest.h>

#include "core/toml.h"

namespace hearth {
namespace {

TEST(TomlMistake, OrdinaryTextHasNone) {
    EXPECT_FALSE(toml_mistake("title = \"caf\u00e9\"  # \u20ac\nname = 'd\u00e9j\u00e0'\n"));
    EXPECT_FALSE(toml_mistake("text = \"\"\"\nna\u00efve \\\" \n\"\"\"\n"));
    EXPECT_FALSE(toml_mistake(""));
}

TEST(TomlMistake, ACharacterOverAsciiOutsideOfQuotesHasItsPlace) {
    const auto mistake = toml_mistake("a = 1\nb\u0080 = 2\n");
    ASSERT_TRUE(mistake);
    EXPECT_EQ(mistake->line, 2U);
    EXPECT_EQ(mistake->column, 2U);
}

TEST(TomlMistake, BytesThatAreNotUtf8AreOne) {
    const auto mistake = toml_mistake("a = '\xff'\n");
    ASSERT_TRUE(mistake);
    EXPECT_EQ(mistake->what, "this file is not UTF-8");
}

TEST(TomlMistake, AnEscapedQuoteDoesNotEndAString) {
    EXPECT_FALSE(toml_mistake("a = \"\\\"\u00e9\"\n"));
    EXPECT_TRUE(toml_mistake("a = '\\'\u00e9'\n"));
}

TEST(TomlMistake, AQuoteBehindAValueStartsNoString) {
    EXPECT_TRUE(toml_mistake("a = 0'\u0193'\n"));
    EXPECT_TRUE(toml_mistake("a = 0\"\u00fc\"\n"));
    EXPECT_FALSE(toml_mistake("a = \"\"\"x\"\"\"\"\nb = \"\u00fc\"\n"));
    EXPECT_FALSE(toml_mistake("a=['\u00fc',\"\u00fc\"]\n[b.'\u00fc']\nc={'\u00fc'=1}\n"));
}

TEST(TomlMistake, AStringThatIsNotClosedEndsWithItsLine) {
    EXPECT_TRUE(toml_mistake("a = \"open\n\u00e9 = 1\n"));
    EXPECT_FALSE(toml_mistake("a = \"\\"));
}

// Found by a fuzz run: the value's end is looked for within what toml_mistake() takes for a string.
TEST(Toml, ABrokenValueMayHaveAnyCharacter) {
    for (const char* text : {"title = +\"a[.'''\ufcffi", "a = +['\ufcff']\n", "a = +['\u1681']\n"}) {
        EXPECT_FALSE(toml_mistake(text));
        EXPECT_THROW(static_cast<void>(toml::parse(std::string_view(text))), toml::parse_error);
    }
}

}  // namespace
}  // namespace hearth
