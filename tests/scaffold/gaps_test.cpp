#include "scaffold/gaps.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

#include "support/project_of.h"

namespace hearth::scaffold {
namespace {

using test::project_of;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;

constexpr const char* kSource =
    "def words(text):\n"                // 1
    "    \"\"\"Words of a text.\n"      // 2
    "    \"\"\"\n"                      // 3
    "    found = []\n"                  // 4
    "    word = \"\"\n"                 // 5
    "    for char in text:\n"           // 6
    "        if char.isalnum():\n"      // 7
    "            word += char\n"        // 8
    "        elif word:\n"              // 9
    "            found.append(word)\n"  // 10
    "            word = \"\"\n"         // 11
    "\n"                                // 12
    "    return found\n"                // 13
    "\n"                                // 14
    "\n"                                // 15
    "def other():\n"                    // 16
    "    return 1\n";                   // 17

Target place(const std::string& definition, bool certain = true) {
    Target target;
    target.file = "a.py";
    target.definition = definition;
    target.definitions = {"words", "other"};
    target.certain = certain;
    return target;
}

std::vector<std::size_t> lines_of(const std::vector<Target>& gaps) {
    std::vector<std::size_t> lines;
    for (const auto& each : gaps)
        lines.push_back(each.line.value_or(0));
    return lines;
}

TEST(Gaps, EndsOfBlocksAndPlacesBeforeAReturnComeFirst) {
    const auto project = project_of({{"a.py", kSource}});
    EXPECT_THAT(lines_of(likely_gaps(project, {place("words")}, 100)),
                ElementsAre(11, 8, 3, 4, 5, 6, 7, 9, 10));
    EXPECT_THAT(lines_of(likely_gaps(project, {place("words")}, 2)), ElementsAre(11, 8));
}

TEST(Gaps, OfAGuessAllLikelyFunctionsHaveThem) {
    const auto project = project_of({{"a.py", kSource}});
    const auto gaps = likely_gaps(project, {place("words", false)}, 100);
    ASSERT_EQ(gaps.size(), 10U);
    EXPECT_EQ(gaps.back().definition, "other");
    EXPECT_EQ(gaps.back().line, 16U);
}

TEST(Gaps, NothingIsMissingBehindTheLastBraceOrAReturn) {
    const auto project = project_of({{"a.cpp",
                                      "int f(int a) {\n"     // 1
                                      "    if (a > 1) {\n"   // 2
                                      "        return 2;\n"  // 3
                                      "    }\n"              // 4
                                      "    return 1;\n"      // 5
                                      "}\n"}});
    auto target = place("f");
    target.file = "a.cpp";
    const auto lines = lines_of(likely_gaps(project, {target}, 100));
    EXPECT_THAT(lines, testing::Contains(4U));
    EXPECT_THAT(lines, testing::Contains(1U));
    EXPECT_THAT(lines, testing::Not(testing::Contains(6U)));
}

TEST(Gaps, TheRequestHasTestsAndBothSidesOfTheGap) {
    const auto project =
        project_of({{"a.py", kSource},
                    {"test_a.py", "def test_words():\n    assert words(\"a b\") == [\"a\", \"b\"]\n"}});
    auto target = place("words");
    target.line = 11;
    const auto request = gap_request(project, target);
    ASSERT_EQ(request.context.size(), 1U);
    EXPECT_EQ(request.context[0].first, "test_a.py");
    EXPECT_EQ(request.file_name, "a.py");
    EXPECT_THAT(request.prefix, EndsWith("            word = \"\"\n"));
    EXPECT_THAT(request.suffix, testing::StartsWith("\n    return found\n"));
}

TEST(Gaps, AnAnswerGoesInAndEndsWhereItRepeatsWhatFollows) {
    const auto project = project_of({{"a.py", kSource}});
    auto target = place("words");
    target.line = 11;
    const auto edits = edit_of_gap(
        "\n    if word:\n        found.append(word)\n\n    return found\n\n\ndef x():\n", project, target);
    ASSERT_TRUE(edits) << edits.error().message();
    EXPECT_THAT(edits->front().content, HasSubstr("            word = \"\"\n    if word:\n        "
                                                  "found.append(word)\n\n    return found\n\n\ndef other"));
}

TEST(Gaps, NothingAndTooMuchAreRefused) {
    const auto project = project_of({{"a.py", kSource}});
    auto target = place("words");
    target.line = 11;
    EXPECT_FALSE(edit_of_gap("", project, target));
    EXPECT_FALSE(edit_of_gap("    return found\n", project, target));
    EXPECT_FALSE(edit_of_gap("a\nb\nc\nd\ne\nf\n", project, target));
    target.line.reset();
    EXPECT_FALSE(edit_of_gap("a\n", project, target));
}

}  // namespace
}  // namespace hearth::scaffold
