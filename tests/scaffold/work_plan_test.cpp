#include "scaffold/work_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

namespace hearth::scaffold {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

WorkPlan sample() {
    return {.goal = "Prices are rounded half up.",
            .files = {{.path = "src/money.py",
                       .functions = {"round_price", "Cart.total"},
                       .new_functions = {"half_up"},
                       .why = "It rounds half to even."},
                      {.path = "notes/rounding.md", .is_new = true, .why = "Says how it is done."}},
            .steps = {{"src/money.py", "Add half_up and use it."},
                      {"notes/rounding.md", "Write it down."},
                      {"", "Run the tests."}},
            .tests = "python3 -m unittest -q",
            .risks = {"Totals that were stored differ by a cent."},
            .questions = {}};
}

TEST(WorkPlan, WhatIsWrittenForAPersonIsReadAgain) {
    const auto text = plan_markdown(sample());
    EXPECT_THAT(text,
                HasSubstr("- `src/money.py`: change `round_price`, `Cart.total`; add `half_up`; why: It"));
    EXPECT_THAT(text, HasSubstr("2. `notes/rounding.md`: Write it down.\n"));
    EXPECT_THAT(text, HasSubstr("## Questions\nNone.\n"));
    const auto again = parse_plan_markdown(text);
    ASSERT_TRUE(again) << again.error().message();
    EXPECT_EQ(*again, sample());
}

TEST(WorkPlan, WhatIsKeptIsReadAgain) {
    const auto again = parse_plan_json(plan_json(sample()));
    ASSERT_TRUE(again) << again.error().message();
    EXPECT_EQ(*again, sample());
}

TEST(WorkPlan, APersonMayWriteItByHand) {
    const auto plan = parse_plan_markdown(
        "# My plan\n\n## goal\nDo it\nwell.\n## Files\n* `a.py` why: it is wrong\n## Steps\n- `a.py`: mend "
        "it\n- look\n");
    ASSERT_TRUE(plan) << plan.error().message();
    EXPECT_EQ(plan->goal, "Do it well.");
    ASSERT_EQ(plan->files.size(), 1U);
    EXPECT_EQ(plan->files[0].why, "it is wrong");
    EXPECT_THAT(plan->steps, ElementsAre(PlannedStep{"a.py", "mend it"}, PlannedStep{"", "look"}));
    EXPECT_EQ(plan->tests, "");
}

TEST(WorkPlan, AMistakeIsNamedWithItsLine) {
    const auto wrong = [](const char* text) {
        const auto plan = parse_plan_markdown(text);
        return plan ? std::string("accepted") : plan.error().message();
    };
    EXPECT_THAT(wrong("## Goal\nx\n## Wishes\n"), HasSubstr("line 3: there is no section \"Wishes\""));
    EXPECT_THAT(wrong("## Goal\nx\n## Files\n- a.py: why: x\n"),
                HasSubstr("line 4: a file begins with its path"));
    EXPECT_THAT(wrong("## Goal\nx\n## Files\n- `../a.py`: why: x\n"), HasSubstr("line 4: a file begins"));
    EXPECT_THAT(wrong("## Goal\nx\n## Tests\nmake test\n"), HasSubstr("line 4: the command of the tests"));
    EXPECT_THAT(wrong("hello\n"), HasSubstr("line 1: text stands before"));
    EXPECT_THAT(wrong("## Steps\n1. x\n"), HasSubstr("says no goal"));
}

TEST(WorkPlan, WhatAModelFilledInIsCleaned) {
    const auto plan = plan_from_answer(
        "Here it is:\n```json\n{\"goal\": \"# Round\\n  well\", \"files\": [{\"file\": \"./a.py\", "
        "\"functions\": "
        "[\"`f`\", \"f\"], \"why\": \"x\"}, {\"file\": \"a.py\", \"new_functions\": [\"g\"]}, {\"new_file\": "
        "\"b.py\", \"why\": \"y\"}], \"steps\": [{\"file\": \"\", \"do\": \"`a.py`: do\"}], \"risks\": "
        "[\"None.\"]}\n```");
    ASSERT_TRUE(plan) << plan.error().message();
    EXPECT_EQ(plan->goal, "Round well");
    ASSERT_EQ(plan->files.size(), 2U);
    EXPECT_EQ(plan->files[0].path, "a.py");
    EXPECT_THAT(plan->files[0].functions, ElementsAre("f"));
    EXPECT_THAT(plan->files[0].new_functions, ElementsAre("g"));
    EXPECT_TRUE(plan->files[1].is_new);
    EXPECT_THAT(plan->steps, ElementsAre(PlannedStep{"", "a.py: do"}));
    EXPECT_THAT(plan->risks, IsEmpty());
}

TEST(WorkPlan, AnAnswerInWordsIsNoPlan) {
    EXPECT_FALSE(plan_from_answer("I would change a.py."));
    EXPECT_FALSE(plan_from_answer(""));
}

TEST(WorkPlan, APathLeadsNowhereElse) {
    EXPECT_EQ(plan_path("./src//a.py"), "src/a.py");
    EXPECT_EQ(plan_path("src/../a.py"), "a.py");
    for (const auto* outside : {"", ".", "..", "../a", "/etc/passwd", "src/../../a", "src/"})
        EXPECT_EQ(plan_path(outside), "") << outside;
}

}  // namespace
}  // namespace hearth::scaffold
