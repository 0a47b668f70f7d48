#include "scaffold/mutation.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace hearth::scaffold {
namespace {

using testing::Contains;
using testing::Not;

std::vector<std::string> lines_of(const std::vector<Mutation>& mutations) {
    std::vector<std::string> lines;
    for (const auto& each : mutations)
        lines.push_back(each.line);
    return lines;
}

std::vector<std::string> python(std::string_view line, std::string_view before = {},
                                const std::vector<std::string>& names = {}) {
    return lines_of(mutations_of(line, before, Syntax::kIndent, names));
}

std::vector<std::string> braces(std::string_view line, const std::vector<std::string>& names = {}) {
    return lines_of(mutations_of(line, {}, Syntax::kBraces, names));
}

TEST(Mutation, TheOtherComparisonComesFirst) {
    const auto lines = python("    if start < end and not done:");
    ASSERT_FALSE(lines.empty());
    EXPECT_EQ(lines.front(), "    if start <= end and not done:");
    EXPECT_THAT(lines, Contains("    if start < end or not done:"));
    EXPECT_THAT(lines, Contains("    if start < end and done:"));
    EXPECT_THAT(lines, Contains("    if not (start < end and not done):"));
}

TEST(Mutation, CountsOneMoreAndOneLess) {
    const auto lines = python("for i in range(1, count):");
    EXPECT_THAT(lines, Contains("for i in range(1, count + 1):"));
    EXPECT_THAT(lines, Contains("for i in range(0, count):"));
    EXPECT_THAT(lines, Contains("for i in range(2, count):"));
    EXPECT_THAT(lines, Contains("for i in range(count, 1):"));
}

TEST(Mutation, LeavesWordsInStringsAndCommentsAlone) {
    for (const auto& line : python("    name = \"a < b and 1\"  # x == 2"))
        EXPECT_THAT(line, testing::AnyOf(testing::HasSubstr("\"a < b and 1\""), "    pass"));
}

TEST(Mutation, SeparatorsMayBeWrong) {
    EXPECT_THAT(python("    return \"\".join(parts)"), Contains("    return \" \".join(parts)"));
}

TEST(Mutation, MovesALineOutOfItsBlockAndIntoTheOneAbove) {
    EXPECT_THAT(python("        return total", "        total += 1"), Contains("    return total"));
    EXPECT_THAT(python("    total += 1", "        found = True"), Contains("        total += 1"));
    EXPECT_THAT(python("    total += 1", "        found = True"), Contains("    pass"));
}

TEST(Mutation, VariablesStandForEachOther) {
    const auto lines = python("    return width * width", {}, {"width", "height"});
    EXPECT_THAT(lines, Contains("    return width * height"));
    EXPECT_THAT(lines, Contains("    return height * width"));
    EXPECT_THAT(python("    return item.width", {}, {"width", "height"}),
                Not(Contains("    return item.height")));
}

TEST(Mutation, InBracesTypesAreNoComparisonsAndConditionsTurnRound) {
    EXPECT_THAT(braces("std::vector<int> rows;"), Not(Contains("std::vector<=int> rows;")));
    EXPECT_THAT(braces("    if (a < b) {"), Contains("    if (!(a < b)) {"));
    EXPECT_THAT(braces("    if (a < b) {"), Contains("    if (a <= b) {"));
    EXPECT_THAT(braces("    count -= 1;"), Contains("    ;"));
    EXPECT_THAT(braces("    } else if (!open && full) {"), Contains("    } else if (open && full) {"));
    EXPECT_THAT(braces("    for (int i = 0; i < n; ++i)"), Contains("    for (int i = 0; i <= n; ++i)"));
    EXPECT_THAT(braces("    node->next = x;"), Not(Contains("    node-->next = x;")));
}

TEST(Mutation, NoneEqualsTheLineAndEachIsThereOnce) {
    for (const std::string line :
         {"x = x", "return a == a", "    return max(1, 1)", "", "   ", "# only words", ")", "'"}) {
        auto lines = python(line, "    y", {"x", "a"});
        EXPECT_THAT(lines, Not(Contains(line)));
        std::sort(lines.begin(), lines.end());
        EXPECT_EQ(std::adjacent_find(lines.begin(), lines.end()), lines.end()) << line;
    }
}

TEST(Mutation, ALineMayEndInTheMiddleOfACondition) {
    EXPECT_THAT(python("    if start < end and not"), Contains("    if start < end or not"));
    EXPECT_THAT(python("not"), Not(Contains("")));
    EXPECT_THAT(python("    if name not in"), Contains("    if name in"));
}

TEST(Mutation, FindsTheVariablesOfAFunction) {
    EXPECT_THAT(
        variables_in("def area(width, height=2):\n    total = 0\n    for row in rows:\n        self.x = 1\n",
                     Syntax::kIndent),
        testing::ElementsAre("width", "height", "total", "row"));
    EXPECT_THAT(
        variables_in("int area(int width, const Size& size) {\n    int total = 0;\n", Syntax::kBraces),
        testing::ElementsAre("width", "size", "total"));
}

}  // namespace
}  // namespace hearth::scaffold
