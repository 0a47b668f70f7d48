#include "scaffold/plan_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

#include <boost/json.hpp>

#include "core/json.h"
#include "scaffold/plan_form.h"
#include "support/project_of.h"

namespace hearth::scaffold {
namespace {

using test::project_of;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

Project project() {
    return project_of({{"money.py",
                        "class Cart:\n    def total(self):\n        return 0\n\n\ndef round_price(x):\n"
                        "    return x\n"},
                       {"PLAN.md", "# Plan\n"},
                       {"empty.py", "X = 1\n"},
                       {"test_money.py", "import money\n"}});
}

WorkPlan good() {
    return {.goal = "Prices are rounded half up.",
            .files = {{.path = "money.py", .functions = {"round_price"}, .why = "It does not round."}},
            .steps = {{"money.py", "Round there."}},
            .tests = "make test"};
}

std::vector<std::string> faults(const WorkPlan& plan, bool tests_stay = true) {
    return plan_faults(plan, project(), "make test", tests_stay);
}

TEST(PlanCheck, APlanThatFitsHasNoFaults) {
    EXPECT_THAT(faults(good()), IsEmpty());
    auto plan = good();
    plan.files[0].functions = {"total", "Cart.total"};
    plan.files.push_back(
        {.path = "rounding.py", .is_new = true, .new_functions = {"half_up"}, .why = "To round."});
    plan.steps.push_back({"rounding.py", "Write half_up."});
    EXPECT_THAT(faults(plan), IsEmpty());
}

TEST(PlanCheck, FilesExistOrAreNew) {
    auto plan = good();
    plan.files[0].path = plan.steps[0].file = "prices.py";
    EXPECT_THAT(faults(plan),
                ElementsAre(HasSubstr("There is no file prices.py. Name one of these, or say that "
                                      "it is new: empty.py, money.py.")));
    plan = good();
    plan.files[0].is_new = true;
    EXPECT_THAT(faults(plan), ElementsAre(HasSubstr("money.py exists already")));
}

TEST(PlanCheck, FunctionsOccurInTheirFileOrAreAdded) {
    auto plan = good();
    plan.files[0].functions = {"rounding"};
    EXPECT_THAT(faults(plan), ElementsAre(AllOf(HasSubstr("money.py has no function rounding. It has: Cart, "
                                                          "Cart.total, round_price."),
                                                HasSubstr("new_functions"))));
    plan.files[0].functions = {};
    plan.files[0].new_functions = {"round_price"};
    EXPECT_THAT(faults(plan), ElementsAre(HasSubstr("money.py has round_price already")));
}

TEST(PlanCheck, WhatMustStayIsNotPlanned) {
    for (const auto* path : {".git/config", ".hearth/rules.toml", "PLAN.md"}) {
        auto plan = good();
        plan.files[0].path = plan.steps[0].file = path;
        EXPECT_THAT(faults(plan), ElementsAre(HasSubstr("is protected"))) << path;
    }
    auto plan = good();
    plan.files[0] = {.path = "test_money.py", .why = "To test it."};
    plan.steps[0].file = "test_money.py";
    EXPECT_THAT(faults(plan), ElementsAre(HasSubstr("test_money.py is a test")));
    EXPECT_THAT(faults(plan, false), IsEmpty());
}

TEST(PlanCheck, EveryFileHasAReasonAndAStepAndTheTestsAreKnown) {
    auto plan = good();
    plan.files[0].why = "x";
    plan.steps[0].file = "";
    plan.tests = "pytest";
    EXPECT_THAT(faults(plan),
                ElementsAre(HasSubstr("Say why money.py changes"), HasSubstr("Say a step for money.py"),
                            HasSubstr("run by `make test`")));
    EXPECT_THAT(faults({}).size(), 4U);
    plan = good();
    plan.steps.push_back({"other.py", "Change it."});
    EXPECT_THAT(faults(plan), ElementsAre(HasSubstr("not among the files of the plan")));
}

TEST(PlanRepair, WhatCodeKnowsBetterIsPutRight) {
    auto plan = good();
    plan.files[0].is_new = true;
    plan.files[0].functions = {"round_price"};
    plan.files[0].new_functions = {"round_price", "total", "half_up"};
    plan.files.push_back(
        {.path = "rounding.py", .is_new = true, .functions = {"f"}, .why = "To round there."});
    plan.steps = {
        {"empty.py", "Use it here, too."}, {"test_money.py", "Test it."}, {"nowhere.py", "Mend it."}};
    plan.tests = "pytest";
    plan = repaired_plan(plan, project(), "make test", true);
    EXPECT_THAT(faults(plan), IsEmpty());
    EXPECT_FALSE(plan.files[0].is_new);
    EXPECT_THAT(plan.files[0].functions, ElementsAre("round_price", "total"));
    EXPECT_THAT(plan.files[0].new_functions, ElementsAre("half_up"));
    EXPECT_THAT(plan.files[1].new_functions, ElementsAre("f"));
    EXPECT_EQ(plan.files[2], (PlannedFile{.path = "empty.py", .why = "Use it here, too."}));
    EXPECT_THAT(plan.steps,
                ElementsAre(PlannedStep{"empty.py", "Use it here, too."}, PlannedStep{"", "Test it."},
                            PlannedStep{"", "Mend it."}, PlannedStep{"money.py", "It does not round."},
                            PlannedStep{"rounding.py", "To round there."}));
    EXPECT_EQ(plan.tests, "make test");
}

TEST(PlanRepair, WhatIsNotKnownStaysAFault) {
    auto plan = good();
    plan.files[0].functions = {"no_such"};
    plan.files.push_back({.path = "missing.py", .why = "It is there, or is it?"});
    EXPECT_EQ(faults(repaired_plan(plan, project(), "make test", true)).size(), 2U);
}

TEST(PlanForm, TheSchemaOffersTheFilesWithTheirFunctionsAndNoOthers) {
    const auto all = project();
    const auto schema = plan_schema({all, {}, "make test", true});
    EXPECT_THAT(schema, HasSubstr(R"({"const":"money.py"})"));
    EXPECT_THAT(schema, HasSubstr(R"({"enum":["Cart","Cart.total","round_price"]})"));
    EXPECT_THAT(schema, HasSubstr(R"("tests":{"const":"make test"})"));
    EXPECT_THAT(schema, Not(HasSubstr("test_money.py")));
    EXPECT_THAT(schema, Not(HasSubstr("PLAN.md")));
    const auto value = parse_json(schema);
    ASSERT_TRUE(value) << value.error().message();
    // A file without functions must not get an empty choice, which no grammar can be made of.
    EXPECT_THAT(schema, Not(HasSubstr(R"("enum":[])")));
    EXPECT_THAT(plan_schema({all, {}, "", false}), HasSubstr("test_money.py"));
}

TEST(PlanForm, TheLikeliestFileIsOfferedFirst) {
    const auto all = project();
    const std::vector<Target> targets = {{.file = "money.py"}};
    const auto schema = plan_schema({all, targets, "", true});
    EXPECT_LT(schema.find(R"("const":"money.py")"), schema.find(R"("const":"empty.py")"));
}

TEST(PlanForm, ALargeProjectMayNameFilesThatAreNotListed) {
    Project many;
    for (int i = 0; i < 40; ++i)
        many.files.push_back(
            {"m" + std::to_string(100 + i) + ".py", FileRole::kSource, "def f():\n    pass\n"});
    const auto schema = plan_schema({many, {}, "", true});
    EXPECT_THAT(schema, Not(HasSubstr("m139.py")));
    EXPECT_THAT(schema, HasSubstr(R"({"file":{"type":"string")"));
}

}  // namespace
}  // namespace hearth::scaffold
