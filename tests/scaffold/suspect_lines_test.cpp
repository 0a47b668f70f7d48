#include "scaffold/suspect_lines.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

#include "support/project_of.h"

namespace hearth::scaffold {
namespace {

using test::project_of;
using testing::HasSubstr;

constexpr const char* kSource =
    "import os\n"                            // 1
    "\n"                                     // 2
    "\n"                                     // 3
    "# the total < 5\n"                      // 4
    "def total(items):\n"                    // 5
    "    \"\"\"Adds == up.\"\"\"\n"          // 6
    "    result = 0\n"                       // 7
    "    for i in range(len(items) - 1):\n"  // 8
    "        result += items[i]\n"           // 9
    "    return result\n";                   // 10

Target place(const Project& project) { return rank_targets(project, "total is wrong", {}).front(); }

TEST(SuspectLines, NamesCodeThatMayBeWrongTheLikeliestFirst) {
    const auto project = project_of({{"a.py", kSource}});
    const auto lines = suspect_lines(project, {place(project)}, {}, 10);
    std::vector<std::size_t> numbers;
    for (const auto& each : lines)
        numbers.push_back(each.line.value_or(0));
    ASSERT_FALSE(numbers.empty());
    EXPECT_EQ(numbers.front(), 8U);
    for (const std::size_t harmless : {1U, 2U, 4U, 5U, 6U})
        EXPECT_EQ(std::count(numbers.begin(), numbers.end(), harmless), 0) << harmless;
}

TEST(SuspectLines, GivesNoMoreThanAskedFor) {
    const auto project = project_of({{"a.py", kSource}});
    EXPECT_EQ(suspect_lines(project, {place(project)}, {}, 2).size(), 2U);
    EXPECT_TRUE(suspect_lines(project, {}, {}, 2).empty());
}

Target at_line(std::size_t line) {
    Target target;
    target.file = "a.py";
    target.line = line;
    return target;
}

TEST(SuspectLines, AnAnswerTakesThePlaceOfTheLineWithItsIndentation) {
    const auto project = project_of({{"a.py", kSource}});
    EXPECT_EQ(line_of(project, at_line(9)), "result += items[i]");
    const auto edits = edit_of_line("```python\nresult += abs(items[i])\n```", project, at_line(9));
    ASSERT_TRUE(edits) << edits.error().message();
    ASSERT_EQ(edits->size(), 1U);
    EXPECT_THAT((*edits)[0].content, HasSubstr("\n        result += abs(items[i])\n    return result\n"));
}

TEST(SuspectLines, RefusesWhatIsNoFixOfALine) {
    const auto project = project_of({{"a.py", kSource}});
    EXPECT_FALSE(edit_of_line("```python\nresult += items[i]\n```", project, at_line(9)));
    EXPECT_FALSE(edit_of_line("```python\na\nb\nc\nd\ne\n```", project, at_line(9)));
    EXPECT_FALSE(edit_of_line("no code", project, at_line(9)));
    EXPECT_FALSE(edit_of_line("```\nx\n```", project, at_line(99)));
    EXPECT_EQ(line_of(project, at_line(99)), "");
}

}  // namespace
}  // namespace hearth::scaffold
