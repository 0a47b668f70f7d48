#include "eval/run_comparison.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "eval/run_records.h"

namespace hearth::eval {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(RunComparison, NeedsTwoRuns) {
    EXPECT_TRUE(compare_runs({}).empty());
    EXPECT_TRUE(compare_runs({run_of(1, {})}).empty());
}

TEST(RunComparison, PairsTheSameContenderByTask) {
    const auto found = compare_runs({run_of(1, attempts_of("m", "oneshot", first_tasks(4, 20))),
                                     run_of(2, attempts_of("m", "oneshot", first_tasks(16, 20)))});
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].before, 1);
    EXPECT_EQ(found[0].after, 2);
    ASSERT_EQ(found[0].contenders.size(), 1U);
    const auto& change = found[0].contenders[0];
    EXPECT_EQ(change.name, "m with oneshot");
    EXPECT_NEAR(change.comparison.effect, 0.6, 1e-12);
    EXPECT_TRUE(change.separated);
    EXPECT_EQ(change.better.size(), 12U);
    EXPECT_THAT(change.worse, IsEmpty());
}

TEST(RunComparison, ALossIsSeparatedToo) {
    const auto found = compare_runs({run_of(1, attempts_of("m", "oneshot", first_tasks(16, 20))),
                                     run_of(2, attempts_of("m", "oneshot", first_tasks(4, 20)))});
    EXPECT_LT(found[0].contenders[0].comparison.effect, 0);
    EXPECT_TRUE(found[0].contenders[0].separated);
}

TEST(RunComparison, ASmallChangeIsNone) {
    const auto found = compare_runs({run_of(1, attempts_of("m", "oneshot", first_tasks(9, 20))),
                                     run_of(2, attempts_of("m", "oneshot", first_tasks(11, 20)))});
    const auto& change = found[0].contenders[0];
    EXPECT_FALSE(change.separated);
    EXPECT_EQ(change.better.size(), 2U);
    EXPECT_GT(change.outlook.detectable, 0.1);
}

TEST(RunComparison, TheLargestChangeOfATaskComesFirst) {
    const auto found = compare_runs(
        {run_of(1,
                attempts_of("", "mine", {{"a", {false, false}}, {"b", {false, false}}, {"c", {true, true}}})),
         run_of(2,
                attempts_of("", "mine", {{"a", {true, false}}, {"b", {true, true}}, {"c", {true, true}}}))});
    const auto& better = found[0].contenders[0].better;
    ASSERT_EQ(better.size(), 2U);
    EXPECT_EQ(better[0].before.task, "b");
    EXPECT_EQ(better[0].after.passes(), 2U);
    EXPECT_EQ(better[1].before.task, "a");
}

// Eight tasks of ten turned: significant alone (p 0.008), not among ten comparisons.
TEST(RunComparison, CorrectsForHowMuchIsCompared) {
    std::vector<AttemptRecord> before;
    std::vector<AttemptRecord> after;
    for (int i = 0; i < 10; ++i) {
        const auto agent = "agent" + std::to_string(i);
        const auto add = [&agent](std::vector<AttemptRecord>& all, std::size_t passed) {
            const auto more = attempts_of("", agent, first_tasks(passed, 10, 1));
            all.insert(all.end(), more.begin(), more.end());
        };
        add(before, 1);
        add(after, i == 0 ? 9 : 1);
    }
    const auto many = compare_runs({run_of(1, before), run_of(2, after)});
    ASSERT_EQ(many[0].contenders.size(), 10U);
    const auto& turned = *std::ranges::find(many[0].contenders, "agent0", &ContenderChange::name);
    EXPECT_LT(turned.comparison.p_value, 0.01);
    EXPECT_GT(turned.corrected_p, 0.05);
    EXPECT_FALSE(turned.separated);
}

TEST(RunComparison, ATaskWithAnotherTextIsLeftOut) {
    const auto found = compare_runs(
        {run_of(1, attempts_of("", "mine", {{"same", {true}}, {"new", {false}}}),
                settings_with({{"same", "1"}, {"new", "2"}})),
         run_of(2, attempts_of("", "mine", {{"same", {true}}, {"new", {true}}, {"more", {true}}}),
                settings_with({{"same", "1"}, {"new", "3"}, {"more", "4"}}))});
    EXPECT_THAT(found[0].changed_tasks, ElementsAre("new"));
    EXPECT_THAT(found[0].tasks_after, ElementsAre("more"));
    EXPECT_THAT(found[0].tasks_before, IsEmpty());
    EXPECT_EQ(found[0].contenders[0].comparison.tasks, 1U);
    EXPECT_THAT(found[0].contenders[0].better, IsEmpty());
}

TEST(RunComparison, TellsWhichSettingsDiffer) {
    auto before = attempts_of("m", "oneshot", {{"a", {true}}});
    auto after = before;
    before[0].outcome.engine = "engine 1, window 8192";
    after[0].outcome.engine = "engine 2, window 8192";
    const auto agents = [](const std::string& command) {
        return R"("agents":[{"name":"mine","command":")" + command + R"(","contained":true}])";
    };
    const auto found = compare_runs(
        {run_of(1, before, settings_with({}, R"("hearth":"0.1.0","seconds":300,"seeds":3,)" + agents("a b"))),
         run_of(2, after, settings_with({}, R"("hearth":"0.2.0","seconds":60,"seeds":3,)" + agents("a c")))});
    std::vector<std::string> names;
    for (const auto& setting : found[0].settings)
        names.push_back(setting.name + ": " + setting.before + " > " + setting.after);
    EXPECT_THAT(names,
                ElementsAre("agent mine: command: a b > a c", "hearth: 0.1.0 > 0.2.0", "seconds: 300 > 60",
                            "engine of m with oneshot: engine 1, window 8192 > engine 2, window 8192"));
}

TEST(RunComparison, ListsWhatOnlyOneRunHas) {
    const auto found = compare_runs({run_of(1, attempts_of("m", "oneshot", {{"a", {true}}})),
                                     run_of(2, attempts_of("n", "oneshot", {{"a", {true}}}))});
    EXPECT_THAT(found[0].contenders, IsEmpty());
    EXPECT_THAT(found[0].contenders_before, ElementsAre("m with oneshot"));
    EXPECT_THAT(found[0].contenders_after, ElementsAre("n with oneshot"));
}

TEST(RunComparison, TheFirstRunIsBesideEachOfTheOthers) {
    const auto attempts = attempts_of("", "mine", first_tasks(1, 2));
    const auto found = compare_runs({run_of(3, attempts), run_of(5, attempts), run_of(9, attempts)});
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[1].before, 3);
    EXPECT_EQ(found[1].after, 9);
}

TEST(RunComparison, SettingsThatAreNoJsonTellNothing) {
    EXPECT_TRUE(task_texts({.key = "", .suite = "", .settings = "no"}).empty());
    EXPECT_TRUE(task_texts({.key = "", .suite = "", .settings = R"({"tasks":[{"id":1},"x"]})"}).empty());
}

}  // namespace
}  // namespace hearth::eval
