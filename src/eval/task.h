#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "eval/question.h"
#include "eval/tool_item.h"

namespace hearth::eval {

struct Provenance {
    std::string source;
    std::string licence;
    std::string added;  // "2026-11-25", or empty
};

// One thing to solve. A task of a folder has a workspace and hidden tests; a question has a prompt and its answer, a tool-use
// item a prompt, tools and the right calls. The workspace of those two is empty, and takes the answer in one file (kAnswerFile,
// kCallsFile).
struct Task {
    std::string suite;
    std::string id;  // unique in its suite
    std::string title;
    std::string kind;  // one of task_kinds(), "question" or "tool-use"
    std::string language;
    std::string difficulty;  // "easy", "medium" or "hard"
    std::vector<std::string> tags;
    std::vector<std::string> solution_files;  // paths and globs: what an answer may change
    std::string test_command;
    std::chrono::seconds test_time{60};
    Provenance provenance;
    std::string instructions;
    std::filesystem::path folder;  // empty for a question and a tool-use item
    std::optional<Question> question;
    std::optional<ToolItem> tool_item;

    [[nodiscard]] bool has_folder() const { return !folder.empty(); }

    [[nodiscard]] std::filesystem::path work() const { return folder / "work"; }

    [[nodiscard]] std::filesystem::path tests() const { return folder / "tests"; }

    [[nodiscard]] std::filesystem::path solution() const { return folder / "solution"; }
};

[[nodiscard]] const std::vector<std::string>& task_kinds();

// A task.toml. Everything that does not come from this file (suite, id, instructions, folder) is left empty.
// Errors: kInvalidInput starting with "<file>:<line>:<column>:". Pure.
[[nodiscard]] Result<Task> parse_task(std::string_view text, const std::filesystem::path& file);

struct SuiteHeader {
    std::string name;
    std::string title;
    std::string description;
    std::string licence;  // of what has no header of its own for it: questions and items; may be empty
};

// A suite.toml, with the same errors. Pure.
[[nodiscard]] Result<SuiteHeader> parse_suite_header(std::string_view text,
                                                     const std::filesystem::path& file);

// What parse_task() reads, for tasks that a program makes.
[[nodiscard]] std::string write_task_header(const Task& task);

// Whether an answer may change this path: '*' and '?' stay within a folder, "**" crosses folders. Pure.
[[nodiscard]] bool is_solution_file(const Task& task, std::string_view path);

}  // namespace hearth::eval
