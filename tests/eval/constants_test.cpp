#include "eval/detail/constants.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <string_view>
#include <vector>

namespace hearth::eval::detail {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> texts(const std::vector<Atom>& atoms) {
    std::vector<std::string> all;
    for (const auto& atom : atoms)
        all.emplace_back(atom.text);
    return all;
}

std::vector<std::string> in_code(std::string_view text, CodeLanguage language) {
    const auto atoms = atoms_of_code(text, language);
    for (const auto& atom : atoms)
        EXPECT_EQ(text.substr(atom.at, atom.text.size()), atom.text);
    return texts(atoms);
}

TEST(Constants, WordsAndNumbersOfAText) {
    EXPECT_THAT(texts(atoms_of_text("tea; 09:30 or 2.50, v2 of read_it")),
                ElementsAre("tea", "09", "30", "2.50"));
    EXPECT_THAT(texts(atoms_of_text("1.2.3 is a row")), ElementsAre("1", "2.3", "row"));
}

TEST(Constants, EscapesAndFormatsAreNoWords) {
    EXPECT_THAT(texts(atoms_of_text("\\nHello %d items")), ElementsAre("Hello", "items"));
}

TEST(Constants, CodeGivesNumbersAndWhatIsInStrings) {
    EXPECT_THAT(in_code("same(f(400, 'raised'), 0x10, 1_000, 1e3)\n", CodeLanguage::kPython),
                ElementsAre("400", "raised"));
    EXPECT_THAT(in_code("long a = f(1200LL, \"wet\", 'x', 010);", CodeLanguage::kC),
                ElementsAre("1200", "wet"));
}

TEST(Constants, IndicesAndSizesStay) {
    EXPECT_THAT(in_code("char line[64]; int a[] = {64}; f(values[3]);", CodeLanguage::kC), ElementsAre("64"));
    EXPECT_THAT(in_code("f([3], rows[4])\n", CodeLanguage::kPython), ElementsAre("3"));
}

TEST(Constants, ModulesDirectivesAndStatementsStay) {
    EXPECT_THAT(
        in_code("'use strict';\nconst { f } = require('./basket.js');\nf('mug');", CodeLanguage::kJavaScript),
        ElementsAre("mug"));
    EXPECT_THAT(in_code("import x from './basket.js';", CodeLanguage::kJavaScript), IsEmpty());
    EXPECT_THAT(in_code("#include \"basket.h\"\n#define SIZE 100\nint a = 5;", CodeLanguage::kC),
                ElementsAre("5"));
    EXPECT_THAT(
        in_code("\"What it is.\"\ndef f():\n    'Does it.'\n    return 'done'\n", CodeLanguage::kPython),
        ElementsAre("done"));
}

TEST(Constants, StringsWithCodeOrPrefixesStay) {
    EXPECT_THAT(in_code("f(f'{x} cups', r'cups', b'cups')\n", CodeLanguage::kPython), IsEmpty());
    EXPECT_THAT(in_code("f(`${x} cups`, /cups/);", CodeLanguage::kJavaScript), IsEmpty());
}

TEST(Constants, AValueIsReadAndWrittenBetweenTheSameQuotes) {
    const auto tokens = code_tokens("'it\\'s \"5\"\\n'", CodeLanguage::kPython);
    ASSERT_EQ(tokens.size(), 1U);
    const auto value = string_value(tokens[0], CodeLanguage::kPython);
    ASSERT_TRUE(value);
    EXPECT_EQ(*value, "it's \"5\"\n");
    EXPECT_EQ(string_token(*value, "''"), "'it\\'s \"5\"\\n'");
    EXPECT_EQ(string_token(*value, "\"\""), "\"it's \\\"5\\\"\\n\"");
    EXPECT_EQ(string_token(std::string("\x01"), "''"), std::nullopt);
}

TEST(Constants, RareEscapesHaveNoValue) {
    const auto tokens = code_tokens("'\\x41'", CodeLanguage::kPython);
    EXPECT_EQ(string_value(tokens[0], CodeLanguage::kPython), std::nullopt);
}

}  // namespace
}  // namespace hearth::eval::detail
