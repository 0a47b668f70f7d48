#pragma once
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "eval/task.h"

namespace hearth::eval {

// What an importer made, and what it passed over and why.
struct Imported {
    std::vector<std::string> tasks;  // their ids
    std::vector<std::string> skipped;
};

// suite.toml, where there is none yet. `name` is the folder's; `licence` is that of questions and may be empty.
[[nodiscard]] Status begin_suite(const std::filesystem::path& suite, std::string_view title,
                                 std::string_view description, std::string_view licence = {});

// A name that can be a folder: letters, digits, '-', '_' and '.'; everything else becomes '-'. Pure.
[[nodiscard]] std::string task_id(std::string_view text);

// Writes one task folder. It is made beside its final place and moved there when it is whole.
// Errors: kConflict when the task is there already.
class TaskWriter {
public:
    static Result<TaskWriter> begin(const std::filesystem::path& suite, const std::string& id);

    TaskWriter(TaskWriter&& other) noexcept = default;
    TaskWriter& operator=(TaskWriter&&) = delete;
    TaskWriter(const TaskWriter&) = delete;
    TaskWriter& operator=(const TaskWriter&) = delete;
    ~TaskWriter();

    // A file of "work", "tests" or "solution".
    Status file(std::string_view part, const std::string& path, std::string_view content,
                bool executable = false) const;

    // The folder of a part, for those that fill it by themselves.
    [[nodiscard]] std::filesystem::path part(std::string_view name) const { return draft_ / name; }

    // The finished task in its draft folder, for checking it before it is kept.
    Result<Task> write_header(Task task) const;

    Status keep();

private:
    TaskWriter(std::filesystem::path draft, std::filesystem::path place)
        : draft_(std::move(draft)), place_(std::move(place)) {}

    std::filesystem::path draft_;  // empty once it was kept
    std::filesystem::path place_;
};

}  // namespace hearth::eval
