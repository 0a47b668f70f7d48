#include "scaffold/edit_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

#include "support/project_of.h"

namespace hearth::scaffold {
namespace {

using test::project_of;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kMoney = "def round_price(x):\n    return x\n\n\ndef total(xs):\n    return sum(xs)\n";

class EditRulesTest : public testing::Test {
protected:
    std::string fault(const agent::FileChange& change, std::string_view said = {}) {
        const auto found = rule_fault(
            rules_, change,
            {.project = project_, .said = said, .looked_for = looked_for_, .planned = planned_}, looked_for_);
        return found.value_or("");
    }

    static agent::FileChange to(std::string after) { return {"money.py", kMoney, std::move(after)}; }

    Project project_ = project_of({{"money.py", kMoney},
                                   {"tools/rounding.py", "def roundHalfUp(x):\n    return x\n"},
                                   {"test_money.py", "def test_round():\n    pass\n"}});
    EditRules rules_;
    std::vector<std::string> looked_for_;
    std::vector<std::string> planned_;
};

TEST_F(EditRulesTest, WithoutRulesAnythingGoes) {
    EXPECT_EQ(fault(to("")), "");
    EXPECT_EQ(rule_words({}), "");
}

TEST_F(EditRulesTest, AForbiddenPathStaysAsItIs) {
    rules_.forbidden = {"vendor/**", "*.lock"};
    EXPECT_THAT(fault({"vendor/deep/x.c", "", "y"}), HasSubstr("stays as it is by the rules"));
    EXPECT_THAT(fault({"a.lock", std::nullopt, "y"}), HasSubstr("stays as it is"));
    EXPECT_EQ(fault({"src/a.lock.c", "", "y"}), "");
}

TEST_F(EditRulesTest, AFileStaysUnderItsLimitAndALongOneDoesNotGrow) {
    rules_.max_lines = 3;
    EXPECT_EQ(fault({"a.txt", std::nullopt, "1\n2\n3\n"}), "");
    EXPECT_THAT(fault({"a.txt", std::nullopt, "1\n2\n3\n4\n"}),
                HasSubstr("a.txt would have 4 lines, and a file here has at most 3. Put what is new into"));
    EXPECT_THAT(fault({"a.txt", "1\n2\n", "1\n2\n3\n4\n"}), HasSubstr("or add at most 1 lines"));
    EXPECT_EQ(fault({"a.txt", "1\n2\n3\n4\n5\n", "1\n2\n3\n4\n6\n"}), "");
}

TEST_F(EditRulesTest, BeforeAFunctionIsAddedItsNeighboursAreShownOnce) {
    rules_.search_first = true;
    const auto added = to(std::string(kMoney) + "\n\ndef round_half_even(x):\n    return x\n");
    const auto said = fault(added);
    EXPECT_THAT(said, HasSubstr("For round_half_even there is already:\n"
                                "tools/rounding.py:1: roundHalfUp\nmoney.py:1: round_price\n"));
    EXPECT_THAT(said, HasSubstr("make the same call again"));
    EXPECT_EQ(fault(added), "");
    EXPECT_EQ(fault(to(std::string(kMoney) + "\n\ndef parse(x):\n    return x\n")), "");
}

TEST_F(EditRulesTest, AFunctionThatThePlanAddsWasLookedForAlready) {
    rules_.search_first = true;
    looked_for_ = {"round_half_even"};
    EXPECT_EQ(fault(to(std::string(kMoney) + "\n\ndef round_half_even(x):\n    return x\n")), "");
}

TEST_F(EditRulesTest, WhichFunctionsChangeIsSaidWithTheChange) {
    rules_.explain = true;
    const auto change =
        to("def round_price(x):\n    return round(x)\n\n\ndef total(xs):\n    return sum(xs)\n");
    EXPECT_THAT(fault(change), HasSubstr("what changes in round_price and why"));
    EXPECT_THAT(fault(change, "I mend total."), HasSubstr("what changes in round_price and why"));
    EXPECT_EQ(fault(change, "round_price rounds now, as the task wants it."), "");
    planned_ = {"round_price"};
    EXPECT_EQ(fault(change), "");
}

TEST_F(EditRulesTest, AChangeOfNoFunctionIsExplainedToo) {
    rules_.explain = true;
    const agent::FileChange change{"notes.md", "a\n", "b\n"};
    EXPECT_THAT(fault(change), HasSubstr("what changes and why"));
    EXPECT_EQ(fault(change, "The notes say how prices are rounded."), "");
}

TEST_F(EditRulesTest, FunctionsThatChangeAreFoundByName) {
    const auto functions =
        changed_functions(to("class Cart:\n    def total(self):\n        return 0\n\n\ndef round_price(x):\n "
                             "   return round(x)\n"));
    EXPECT_THAT(functions.added, ElementsAre("Cart", "Cart.total"));
    EXPECT_THAT(functions.changed, ElementsAre("round_price"));
    EXPECT_THAT(functions.removed, ElementsAre("total"));
    EXPECT_THAT(changed_functions(to(kMoney)).changed, IsEmpty());
}

TEST_F(EditRulesTest, ACodeBlockExplainsNothing) {
    EXPECT_EQ(prose_of("Why.\n```python\nround_price\n```\nSo.\n"), "Why.\nSo.\n");
}

TEST_F(EditRulesTest, TheRulesAreSaidInWords) {
    rules_ = {.max_lines = 400,
              .forbidden = {"vendor/**"},
              .tests = "make test",
              .search_first = true,
              .explain = true};
    EXPECT_EQ(
        rule_words(rules_),
        "Rules of this project:\n- A file has at most 400 lines.\n- These stay as they are: vendor/**.\n"
        "- Before a function is added, look for one that does it already.\n"
        "- With each change, say which functions change and why.\n"
        "- After the last change `make test` is run and passes.\n");
}

}  // namespace
}  // namespace hearth::scaffold
