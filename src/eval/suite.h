#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "eval/task.h"

namespace hearth::eval {

struct Suite {
    SuiteHeader header;
    std::filesystem::path folder;
    std::vector<Task> tasks;      // sorted by id
    std::vector<Error> mistakes;  // of tasks that cannot be read, each with file and line
};

// A folder as a suite:
//     with suite.toml: every folder in it that has a task.toml, hidden ones (drafts) aside, and every *.jsonl
//         file of questions;
//     with task.toml: that one task;
//     a *.jsonl file: its questions.
// Errors: kNotFound when it is none of these; kInvalidInput for a wrong suite.toml. A wrong task is in `mistakes`.
[[nodiscard]] Result<Suite> load_suite(const std::filesystem::path& place);

// A question as a task.
[[nodiscard]] Task task_of(Question question, const std::string& suite);

// SHA-256 over everything that belongs to a task, so that results of different texts are not mixed.
[[nodiscard]] Result<std::string> fingerprint(const Task& task);

}  // namespace hearth::eval
