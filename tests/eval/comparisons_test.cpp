#include "eval/detail/comparisons.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <string_view>
#include <vector>

namespace hearth::eval::detail {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr auto kPython = CodeLanguage::kPython;
constexpr auto kC = CodeLanguage::kC;
constexpr auto kJavaScript = CodeLanguage::kJavaScript;

// "computed | side, side": what is computed and what stands beside it.
std::vector<std::string> found(std::string_view text, CodeLanguage language) {
    std::vector<std::string> lines;
    for (const auto& each : find_comparisons(text, language).list) {
        std::string line(text.substr(each.computed.at, each.computed.size));
        line += " |";
        for (const auto& side : each.others)
            line +=
                " " + std::string(text.substr(side.span.at, side.span.size)) + (side.constant ? ";" : "?;");
        lines.push_back(line);
    }
    return lines;
}

std::vector<std::string> leaves(const std::vector<Leaf>& all) {
    std::vector<std::string> values;
    for (const auto& leaf : all)
        values.push_back((leaf.number ? "n" : "s") + leaf.value);
    return values;
}

TEST(Comparisons, ArgumentsBesideConstants) {
    EXPECT_THAT(found("self.same(bill([250], 1), (250, 1))\n", kPython),
                ElementsAre("bill([250], 1) | (250, 1);"));
}

TEST(Comparisons, BothSidesOfAnEquality) {
    EXPECT_THAT(found("assert f(3) == 5, 'five'\n", kPython), Contains("f(3) | 5;"));
    EXPECT_THAT(found("int main() { check(f(3) == 5); }", kC), Contains("f(3) | 5;"));
    EXPECT_THAT(found("ok(f(3) === 'a');", kJavaScript), Contains("f(3) | 'a';"));
}

TEST(Comparisons, TypesInFrontOfListsAreConstant) {
    const std::string text =
        "int main() { same(\"words\", split(\"a b\"), std::vector<std::string>{\"a\", \"b\"}); }";
    EXPECT_THAT(found(text, kC),
                ElementsAre("split(\"a b\") | \"words\"; std::vector<std::string>{\"a\", \"b\"};"));
}

TEST(Comparisons, CommasOfTemplatesPartNoArguments) {
    EXPECT_THAT(found("int main() { same(count(x, 3), std::map<int, int>{{1, 3}}); }", kC),
                Contains("count(x, 3) | std::map<int, int>{{1, 3}};"));
}

TEST(Comparisons, KeysOfObjectsAreConstant) {
    EXPECT_THAT(found("equal(groups([4]), [{ day: 'Mon', times: [9] }]);", kJavaScript),
                Contains("groups([4]) | [{ day: 'Mon', times: [9] }];"));
}

TEST(Comparisons, AComputedSideWithConstantsMayBeWhatIsExpected) {
    EXPECT_THAT(found("equal(merge(a, b), [item('mug', 3)]);", kJavaScript),
                ElementsAre("merge(a, b) | [item('mug', 3)]?;"));
}

TEST(Comparisons, FunctionsDeclarationsAndNamedArgumentsAreNoValues) {
    EXPECT_THAT(found("def same(self, what=\"result\"): pass\n", kPython), IsEmpty());
    EXPECT_THAT(found("f(3, key=lambda x: x)\n", kPython), IsEmpty());
    EXPECT_THAT(found("f(3, *rest)\n", kPython), IsEmpty());
    EXPECT_THAT(found("f(3, x for x in y)\n", kPython), IsEmpty());
    EXPECT_THAT(found("test('adds', () => 4);", kJavaScript), IsEmpty());
    EXPECT_THAT(found("test('adds', ...rest);", kJavaScript), IsEmpty());
    EXPECT_THAT(found("int main() { for (int i = 0; i < 3; ++i) {} throws(\"x\", [&] { f(1); }); }", kC),
                IsEmpty());
}

TEST(Comparisons, OutsideOfFunctionsCOnlyDeclares) {
    EXPECT_THAT(found("int add(int a, int b);\nSAME(f(1), 2)\nint main() { SAME(f(1), 2); }", kC),
                ElementsAre("f(1) | 2;"));
}

TEST(Comparisons, DirectivesOfCAreNoCode) {
    EXPECT_THAT(found("int main() {\n#define SAME(a, b) same(a(), 3)\n}", kC), IsEmpty());
}

TEST(Comparisons, LeavesAreInOrderWithTheirSigns) {
    const std::string_view text = "same(f(-2, 'a\\n', 7 - 4), [-1.5, \"x\"])\n";
    const auto all = find_comparisons(text, kPython).list;
    ASSERT_EQ(all.size(), 1U);
    EXPECT_THAT(leaves(all[0].given), ElementsAre("n-2", "sa\n", "n7", "n4"));
    ASSERT_EQ(all[0].others.size(), 1U);
    EXPECT_THAT(leaves(all[0].others[0].leaves), ElementsAre("n-1.5", "sx"));
    const auto& leaf = all[0].others[0].leaves[0];
    EXPECT_EQ(text.substr(leaf.at, leaf.size), "-1.5");
}

TEST(Comparisons, ConstantsBesideAFunctionAreLabels) {
    const std::string_view text = "test('two words', () => equal(f(1), 2));";
    const auto labels = find_comparisons(text, kJavaScript).labels;
    ASSERT_EQ(labels.size(), 1U);
    EXPECT_EQ(text.substr(labels[0].at, labels[0].size), "'two words'");
}

TEST(Comparisons, BrokenTextGivesFewer) {
    EXPECT_THAT(found("same(f(1), 2", kPython), IsEmpty());
    EXPECT_THAT(found(")](}{ same((", kC), IsEmpty());
}

}  // namespace
}  // namespace hearth::eval::detail
