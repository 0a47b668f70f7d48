#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "app/eval_verbs.h"
#include "eval/task_folder.h"

namespace hearth::app {
namespace {

using testing::HasSubstr;

class EvalCheck : public testing::Test {
protected:
    // What the verb prints for names in the suite, after its exit status.
    std::string check(const std::vector<std::string>& names) {
        std::vector<std::string> arguments{"--runs", "1"};
        for (const auto& name : names)
            arguments.push_back((ground_.path() / name).string());
        testing::internal::CaptureStdout();
        const int status = eval_check(arguments);
        return std::to_string(status) + ": " + testing::internal::GetCapturedStdout();
    }

    eval::Ground ground_;
};

TEST_F(EvalCheck, APatternOverASuiteChecksEachOfItsTasksOnce) {
    ground_.add_task("a");
    ground_.add_task("b");
    eval::put(ground_.path() / "README.md", "Tasks.\n");
    EXPECT_EQ(check({"README.md", "a", "b", "suite.toml"}), "0: 2 of 2 tasks are right\n");
    EXPECT_EQ(check({"a", "suite.toml"}), "0: 1 of 1 tasks are right\n");
    EXPECT_EQ(check({"a", "a/", "."}), "0: 2 of 2 tasks are right\n");
}

TEST_F(EvalCheck, ASuiteTomlAloneMeansTheSuite) {
    ground_.add_task("a");
    ground_.add_task("b");
    EXPECT_EQ(check({"suite.toml"}), "0: 2 of 2 tasks are right\n");
}

TEST_F(EvalCheck, AFolderThatIsNoTaskDoesNotHideTheOthers) {
    ground_.add_task("a");
    std::filesystem::create_directory(ground_.path() / "half-done");
    const auto text = check({"a", "half-done"});
    EXPECT_THAT(text, HasSubstr("half-done is no suite and no task"));
    EXPECT_THAT(text, HasSubstr("1 of 2 tasks are right"));
    EXPECT_TRUE(text.starts_with("1: "));
}

}  // namespace
}  // namespace hearth::app
