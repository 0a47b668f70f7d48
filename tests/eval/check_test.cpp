#include "eval/check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "eval/task_folder.h"

namespace hearth::eval {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Check : public testing::Test {
protected:
    std::vector<std::string> mistakes_of(const fs::path& task) {
        const auto suite = load_suite(task);
        if (!suite) return {suite.error().message()};
        if (!suite->mistakes.empty()) return {suite->mistakes.front().message()};
        const auto sandbox = open_grading_sandbox(suite->folder);
        if (!sandbox) return {sandbox.error().message()};
        const auto checked =
            check_tasks(suite->tasks, {.sandbox = &*sandbox, .scratch = ground_.path() / "scratch"},
                        {.runs = 2, .workers = 2}, {}, {});
        return checked ? checked->front().mistakes : std::vector{checked.error().message()};
    }

    Ground ground_;
};

TEST_F(Check, ARightTaskHasNoMistakes) { EXPECT_THAT(mistakes_of(ground_.add_task("a")), IsEmpty()); }

TEST_F(Check, TheSolutionMustPass) {
    EXPECT_THAT(mistakes_of(ground_.add_task("a", "echo wanted 43; false")),
                ElementsAre(AllOf(HasSubstr("a/task.toml: the solution passes 0 of 2 runs"),
                                  HasSubstr("wanted 43"))));
}

TEST_F(Check, TheStubMustFail) {
    EXPECT_THAT(
        mistakes_of(ground_.add_task("a", "true")),
        ElementsAre(HasSubstr("the untouched workspace passes 2 of 2 runs, so the tests do not ask")));
}

TEST_F(Check, HiddenFilesInWorkAreLeaks) {
    const auto task = ground_.add_task("a");
    fs::copy_file(task / "tests/check.sh", task / "work/old_check.sh");
    EXPECT_THAT(mistakes_of(task), ElementsAre(HasSubstr("work/old_check.sh has the same content")));
}

TEST_F(Check, LinksThatLeadOutAreMistakes) {
    const auto task = ground_.add_task("a");
    fs::create_symlink("../tests/check.sh", task / "work/peek.sh");
    EXPECT_THAT(mistakes_of(task), ElementsAre(HasSubstr("work/peek.sh: the link leads out of the folder")));
}

TEST_F(Check, TheSolutionChangesOnlyWhatAnAnswerMay) {
    const auto task = ground_.add_task("a");
    put(task / "solution/extra.txt", "not allowed");
    EXPECT_THAT(mistakes_of(task),
                ElementsAre(HasSubstr("solution/extra.txt: the solution changes it, but")));
}

TEST_F(Check, AWrongHeaderIsAMistakeOfItsSuite) {
    const auto task = ground_.add_task("a");
    ground_.add_task("b");
    put(task / "task.toml", "title = 3\n");
    const auto suite = load_suite(ground_.path());
    ASSERT_TRUE(suite) << suite.error().message();
    EXPECT_EQ(suite->tasks.size(), 1U);
    ASSERT_EQ(suite->mistakes.size(), 1U);
    EXPECT_THAT(suite->mistakes.front().message(), HasSubstr("a/task.toml:1:9: 'title' must be a text"));
}

TEST_F(Check, TheExpectedCallsOfAnItemMustBeRight) {
    const auto item = ground_.path() / "lamp.toml";
    put(item, kLampItem);
    EXPECT_THAT(mistakes_of(item), IsEmpty());
    std::string text(kLampItem);
    text.replace(text.find("\"hall\", \"hallway\""), 17, "");
    put(item, text);
    EXPECT_THAT(mistakes_of(item), ElementsAre(HasSubstr("lamp: the expected calls score as wrong")));
}

TEST_F(Check, ADraftIsNoTask) {
    ground_.add_task("a");
    ground_.add_task(".draft-b");
    const auto suite = load_suite(ground_.path());
    ASSERT_TRUE(suite) << suite.error().message();
    ASSERT_EQ(suite->tasks.size(), 1U);
    EXPECT_EQ(suite->tasks.front().id, "a");
}

TEST_F(Check, AnAnswerCountsOnlyInItsSolutionFiles) {
    const auto task = ground_.add_task("a");
    const auto answer = ground_.path() / "answer";
    put(answer / "value.txt", "7\n");
    put(answer / "check.sh", "true\n");
    const auto suite = load_suite(task);
    const auto sandbox = open_grading_sandbox(answer);
    ASSERT_TRUE(sandbox) << sandbox.error().message();
    const Grading grading{.sandbox = &*sandbox, .scratch = ground_.path() / "scratch"};
    const auto bad = grade(suite->tasks.front(), answer, grading);
    ASSERT_TRUE(bad) << bad.error().message();
    EXPECT_FALSE(bad->passed);
    EXPECT_TRUE(bad->tests_touched);
    put(answer / "value.txt", "42\n");
    const auto good = grade(suite->tasks.front(), answer, grading);
    ASSERT_TRUE(good) << good.error().message();
    EXPECT_TRUE(good->passed);
}

}  // namespace
}  // namespace hearth::eval
