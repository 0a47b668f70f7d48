#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "eval/item_questions.h"
#include "eval/task.h"

namespace hearth::eval {

struct Suite {
    SuiteHeader header;
    std::filesystem::path folder;
    std::vector<Task> tasks;      // sorted by id
    std::vector<Error> mistakes;  // of tasks that cannot be read, each with the place
};

// A folder as a suite:
//     with suite.toml: every folder in it that has a task.toml (hidden ones, drafts, aside), every *.jsonl file of questions, and every other *.toml
//         file as an item: tools and calls (tool_item.h), or a template or long text, which becomes the questions of `wish`;
//     with task.toml: that one task;
//     a *.jsonl or *.toml file: its questions, its item;
//     a suite.toml or task.toml itself: the folder that it heads.
// Errors: kNotFound when it is none of these; kInvalidInput for a wrong suite.toml. A wrong task is in `mistakes`.
[[nodiscard]] Result<Suite> load_suite(const std::filesystem::path& place, const InstanceWish& wish = {});

// A question or a tool-use item as a task; an item has the name of its file.
[[nodiscard]] Task task_of(Question question, const std::string& suite);
[[nodiscard]] Task task_of(ToolItem item, const std::string& id, const std::string& suite);

// SHA-256 over everything that belongs to a task, so that results of different texts are not mixed.
[[nodiscard]] Result<std::string> fingerprint(const Task& task);

}  // namespace hearth::eval
