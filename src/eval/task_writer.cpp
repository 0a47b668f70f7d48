#include "eval/task_writer.h"

#include <algorithm>
#include <fmt/format.h>

#include "core/json.h"
#include "core/text.h"
#include "os/files.h"

namespace hearth::eval {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMaxId = 100;

}  // namespace

Status begin_suite(const fs::path& suite, std::string_view title, std::string_view description,
                   std::string_view licence) {
    TRY(os::make_directories(suite));
    std::error_code error;
    if (fs::exists(suite / "suite.toml", error)) return {};
    const fs::path whole = fs::absolute(suite).lexically_normal();
    const auto name = whole.has_filename() ? whole.filename() : whole.parent_path().filename();
    // A JSON string without escapes beyond \n, \" and \\ is a TOML string too.
    auto header = fmt::format("name = {}\ntitle = {}\ndescription = {}\n", json_quote(name.string()),
                              json_quote(title), json_quote(description));
    if (!licence.empty()) header += fmt::format("licence = {}\n", json_quote(licence));
    return os::write_file_atomic(suite / "suite.toml", header);
}

std::string task_id(std::string_view text) {
    std::string id;
    for (const char c : text.substr(0, kMaxId)) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           c == '_' || c == '.' || c == '-';
        if (plain)
            id.push_back(c);
        else if (!id.empty() && id.back() != '-')
            id.push_back('-');
    }
    while (id.starts_with('.') || id.starts_with('-'))
        id.erase(0, 1);
    while (id.ends_with('-'))
        id.pop_back();
    return id.empty() ? "task" : id;
}

Result<TaskWriter> TaskWriter::begin(const fs::path& suite, const std::string& id) {
    std::error_code error;
    if (fs::exists(suite / id, error))
        return Error(Code::kConflict, fmt::format("the task {} is there already", (suite / id).string()));
    const fs::path draft = suite / fmt::format(".draft-{}", id);
    TRY(os::remove_tree(draft));
    for (const auto* part : {"work", "tests", "solution"})
        TRY(os::make_directories(draft / part));
    return TaskWriter(draft, suite / id);
}

TaskWriter::~TaskWriter() {
    if (!draft_.empty()) static_cast<void>(os::remove_tree(draft_).has_value());
}

Status TaskWriter::file(std::string_view part, const std::string& path, std::string_view content,
                        bool executable) const {
    const fs::path relative = fs::path(path).lexically_normal();
    if (relative.is_absolute() || relative.empty() || *relative.begin() == "..")
        return Error(Code::kInvalidInput, fmt::format("'{}' leads out of the task", printable(path)));
    return os::write_file_atomic(draft_ / part / relative, content, executable ? 0755 : 0644);
}

Result<Task> TaskWriter::write_header(Task task) const {
    TRY(os::write_file_atomic(draft_ / "task.toml", write_task_header(task)));
    TRY(os::write_file_atomic(draft_ / "instructions.md", std::string(trim(task.instructions)) + "\n"));
    task.folder = draft_;
    task.id = place_.filename().string();
    return task;
}

Status TaskWriter::keep() {
    std::error_code error;
    fs::rename(draft_, place_, error);
    if (error) return errno_error(error.value(), fmt::format("cannot make {}", place_.string()));
    draft_.clear();
    return {};
}

}  // namespace hearth::eval
