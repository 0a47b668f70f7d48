#include "eval/task.h"

#include <gtest/gtest.h>

namespace hearth::eval {
namespace {

constexpr const char* kHeader =
    "title = \"Prices\"\nkind = \"bug-fix\"\nlanguage = \"python\"\ndifficulty = \"easy\"\ntags = "
    "[\"money\"]\n"
    "solution_files = [\"src/*.py\", \"notes.md\"]\n\n[tests]\ncommand = \"python3 -m unittest -q\"\nseconds "
    "= 30\n\n"
    "[provenance]\nsource = \"mine\"\nlicence = \"Apache-2.0\"\nadded = 2026-11-25\n";

std::string message(const Result<Task>& task) { return task ? "" : task.error().message(); }

std::string replaced(std::string text, std::string_view from, std::string_view to) {
    return text.replace(text.find(from), from.size(), to);
}

TEST(TaskHeader, IsReadAndWrittenTheSame) {
    const auto task = parse_task(kHeader, "task.toml");
    ASSERT_TRUE(task) << message(task);
    EXPECT_EQ(task->title, "Prices");
    EXPECT_EQ(task->test_time.count(), 30);
    EXPECT_EQ(task->provenance.added, "2026-11-25");
    const auto again = parse_task(write_task_header(*task), "task.toml");
    ASSERT_TRUE(again) << message(again);
    EXPECT_EQ(write_task_header(*again), write_task_header(*task));
}

TEST(TaskHeader, TestsHaveAMinuteWhenNothingIsSaid) {
    const auto task = parse_task(replaced(kHeader, "seconds = 30\n", ""), "task.toml");
    ASSERT_TRUE(task) << message(task);
    EXPECT_EQ(task->test_time.count(), 60);
}

TEST(TaskHeader, MistakesNameFileAndLine) {
    EXPECT_EQ(
        message(parse_task(replaced(kHeader, "bug-fix", "bugfix"), "t/task.toml")),
        "t/task.toml:2:8: 'kind' is 'bugfix', which is none of bug-fix, feature, refactor, test-writing, "
        "multi-file, shell");
    EXPECT_EQ(message(parse_task(replaced(kHeader, "tags", "tag"), "task.toml")),
              "task.toml:5:1: unknown key 'tag' (possible: title, kind, language, difficulty, tags, "
              "solution_files, "
              "tests, provenance)");
    EXPECT_EQ(message(parse_task(replaced(kHeader, "30", "0"), "task.toml")),
              "task.toml:10:11: 'seconds' must be from 1 to 3600");
    EXPECT_TRUE(message(parse_task("title = ", "task.toml")).starts_with("task.toml:1:"));
}

TEST(TaskHeader, SolutionFilesStayInTheWorkspace) {
    EXPECT_TRUE(message(parse_task(replaced(kHeader, "notes.md", "../notes.md"), "task.toml"))
                    .ends_with("'../notes.md' leads out of the workspace"));
    EXPECT_FALSE(parse_task(replaced(kHeader, "notes.md", "/etc/passwd"), "task.toml"));
}

TEST(TaskHeader, OnlySolutionFilesMayBeChanged) {
    const auto task = parse_task(kHeader, "task.toml");
    ASSERT_TRUE(task);
    EXPECT_TRUE(is_solution_file(*task, "src/prices.py"));
    EXPECT_TRUE(is_solution_file(*task, "notes.md"));
    EXPECT_FALSE(is_solution_file(*task, "src/deep/prices.py"));
    EXPECT_FALSE(is_solution_file(*task, "prices.py"));
}

}  // namespace
}  // namespace hearth::eval
