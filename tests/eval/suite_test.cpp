#include "eval/suite.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "eval/task_folder.h"

namespace hearth::eval {
namespace {

using testing::HasSubstr;

TEST(LoadSuite, ASuiteTomlMeansItsFolder) {
    const Ground ground;
    ground.add_task("a");
    ground.add_task("b");
    const auto suite = load_suite(ground.path() / "suite.toml");
    ASSERT_TRUE(suite) << suite.error().message();
    EXPECT_EQ(suite->header.name, "small");
    EXPECT_EQ(suite->tasks.size(), 2U);
}

TEST(LoadSuite, ATaskTomlMeansItsTask) {
    const Ground ground;
    const auto suite = load_suite(ground.add_task("a") / "task.toml");
    ASSERT_TRUE(suite) << suite.error().message();
    ASSERT_EQ(suite->tasks.size(), 1U);
    EXPECT_EQ(suite->tasks[0].id, "a");
}

TEST(LoadSuite, AnotherFileIsNone) {
    const Ground ground;
    put(ground.path() / "README.md", "Tasks.\n");
    const auto suite = load_suite(ground.path() / "README.md");
    ASSERT_FALSE(suite);
    EXPECT_EQ(suite.error().code(), Code::kNotFound);
    EXPECT_THAT(suite.error().message(), HasSubstr("is no suite and no task"));
}

}  // namespace
}  // namespace hearth::eval
