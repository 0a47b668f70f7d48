#include "eval/distract.h"

#include <gtest/gtest.h>

namespace hearth::eval {
namespace {

CodeTask task_in(const std::string& language, const std::string& path) {
    return {.language = language,
            .instructions = "Fix it.",
            .test_command = "true",
            .solution_files = {path},
            .work = {{"notes.txt", "about"}, {path, "x = 1"}},
            .tests = {{"check", "look"}},
            .solution = {{path, "x = 2"}}};
}

TEST(Distract, AddsOneSourceFileToTheWorkAndNothingElse) {
    const auto task = task_in("python", "src/meter.py");
    const auto result = distract(task, 4).value();
    ASSERT_EQ(result.work.size(), 3U);
    EXPECT_TRUE(result.work[2].path.starts_with("src/") && result.work[2].path.ends_with(".py"));
    EXPECT_TRUE(result.work[2].content.contains("def "));
    EXPECT_EQ(result.work[2].content.find_first_of("<#"), result.work[2].content.find("< "));
    EXPECT_EQ(result.work[1].content, task.work[1].content);
    EXPECT_EQ(result.instructions, task.instructions);
    EXPECT_EQ(result.solution_files, task.solution_files);
    EXPECT_EQ(result.tests.size(), 1U);
    EXPECT_EQ(result.solution.size(), 1U);
}

TEST(Distract, TheSameSeedGivesTheSameFile) {
    const auto task = task_in("javascript", "meter.mjs");
    EXPECT_EQ(distract(task, 4)->work[2].content, distract(task, 4)->work[2].content);
    EXPECT_NE(distract(task, 4)->work[2].content, distract(task, 5)->work[2].content);
    EXPECT_TRUE(distract(task, 4)->work[2].path.ends_with(".mjs"));
}

TEST(Distract, SaysWhatItCannotDo) {
    EXPECT_EQ(distract(task_in("shell", "meter.sh"), 1).error().code(), Code::kUnsupported);
    EXPECT_EQ(distract(task_in("cpp", "meter.h"), 1).error().code(), Code::kInvalidInput);
}

}  // namespace
}  // namespace hearth::eval
