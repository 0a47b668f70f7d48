#include "eval/task.h"

#include <algorithm>
#include <fmt/format.h>
#include <initializer_list>
#include <sstream>

#include "core/path_glob.h"
#include "core/text.h"
#include "core/toml.h"

namespace hearth::eval {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxText = 8192;
constexpr std::size_t kMaxList = 500;
constexpr std::int64_t kMaxTestSeconds = 3600;

// Reads values of one file and says where in it they are when they are wrong.
class Reader {
public:
    explicit Reader(const fs::path& file) : file_(file) {}

    [[nodiscard]] Error wrong(const toml::source_region& place, std::string_view what) const {
        return toml_error(file_, place, what);
    }

    Status only_keys(const toml::table& table, std::initializer_list<std::string_view> known) const {
        for (const auto& [key, node] : table) {
            if (std::ranges::find(known, key.str()) != known.end()) continue;
            const std::vector<std::string> names(known.begin(), known.end());
            return wrong(key.source(), fmt::format("unknown key '{}' (possible: {})", printable(key.str()),
                                                   join(names, ", ")));
        }
        return {};
    }

    [[nodiscard]] Result<std::string> optional_text(const toml::table& table, std::string_view key) const {
        const auto* node = table.get(key);
        if (node == nullptr) return std::string();
        const auto* value = node->as_string();
        if (value == nullptr) return wrong(node->source(), fmt::format("'{}' must be a text", key));
        if (value->get().size() > kMaxText)
            return wrong(node->source(), fmt::format("'{}' is longer than {} bytes", key, kMaxText));
        return std::string(trim(value->get()));
    }

    [[nodiscard]] Result<std::string> text(const toml::table& table, std::string_view key) const {
        auto value = TRY(optional_text(table, key));
        if (!value.empty()) return value;
        const auto* node = table.get(key);
        return wrong(node == nullptr ? table.source() : node->source(),
                     fmt::format("'{}' is missing or empty", key));
    }

    [[nodiscard]] Result<std::string> one_of(const toml::table& table, std::string_view key,
                                             const std::vector<std::string>& possible) const {
        auto value = TRY(text(table, key));
        if (std::ranges::find(possible, value) != possible.end()) return value;
        return wrong(table.get(key)->source(), fmt::format("'{}' is '{}', which is none of {}", key,
                                                           printable(value), join(possible, ", ")));
    }

    [[nodiscard]] Result<std::vector<std::string>> texts(const toml::table& table,
                                                         std::string_view key) const {
        std::vector<std::string> values;
        const auto* node = table.get(key);
        if (node == nullptr) return values;
        const auto* array = node->as_array();
        if (array == nullptr || array->size() > kMaxList)
            return wrong(node->source(),
                         fmt::format("'{}' must be a list of at most {} texts", key, kMaxList));
        for (const auto& each : *array) {
            const auto* value = each.as_string();
            if (value == nullptr || trim(value->get()).empty() || value->get().size() > kMaxText)
                return wrong(each.source(), fmt::format("'{}' must be a list of texts", key));
            values.emplace_back(trim(value->get()));
        }
        return values;
    }

    [[nodiscard]] Result<const toml::table*> table(const toml::table& parent, std::string_view key) const {
        const auto* node = parent.get(key);
        if (node == nullptr) return wrong(parent.source(), fmt::format("the table [{}] is missing", key));
        const auto* value = node->as_table();
        if (value == nullptr) return wrong(node->source(), fmt::format("'{}' must be a table", key));
        return value;
    }

private:
    const fs::path& file_;
};

Status read_solution_files(const Reader& reader, const toml::table& table, Task& task) {
    task.solution_files = TRY(reader.texts(table, "solution_files"));
    const auto* node = table.get("solution_files");
    const auto& place = node == nullptr ? table.source() : node->source();
    if (task.solution_files.empty())
        return reader.wrong(place, "'solution_files' is missing or empty: which files may an answer change?");
    for (const auto& path : task.solution_files) {
        const auto parts = split(path, '/');
        if (path.starts_with('/') || std::ranges::find(parts, "..") != parts.end())
            return reader.wrong(place, fmt::format("'{}' leads out of the workspace", printable(path)));
    }
    return {};
}

Status read_tests(const Reader& reader, const toml::table& table, Task& task) {
    const auto& tests = *TRY(reader.table(table, "tests"));
    TRY(reader.only_keys(tests, {"command", "seconds"}));
    task.test_command = TRY(reader.text(tests, "command"));
    if (const auto* node = tests.get("seconds"); node != nullptr) {
        const auto* seconds = node->as_integer();
        if (seconds == nullptr || seconds->get() < 1 || seconds->get() > kMaxTestSeconds)
            return reader.wrong(node->source(),
                                fmt::format("'seconds' must be from 1 to {}", kMaxTestSeconds));
        task.test_time = std::chrono::seconds(seconds->get());
    }
    return {};
}

Status read_provenance(const Reader& reader, const toml::table& table, Task& task) {
    const auto& provenance = *TRY(reader.table(table, "provenance"));
    TRY(reader.only_keys(provenance, {"source", "licence", "added"}));
    task.provenance.source = TRY(reader.text(provenance, "source"));
    task.provenance.licence = TRY(reader.text(provenance, "licence"));
    if (const auto* node = provenance.get("added"); node != nullptr) {
        const auto* date = node->as_date();
        if (date == nullptr) return reader.wrong(node->source(), "'added' must be a date such as 2026-11-25");
        task.provenance.added =
            fmt::format("{:04}-{:02}-{:02}", date->get().year, date->get().month, date->get().day);
    }
    return {};
}

std::string toml_string(std::string_view text) {
    std::ostringstream out;
    out << toml::value<std::string>(std::string(text));
    return std::move(out).str();
}

std::string toml_list(const std::vector<std::string>& texts) {
    std::vector<std::string> parts;
    for (const auto& text : texts)
        parts.push_back(toml_string(text));
    return "[" + join(parts, ", ") + "]";
}

}  // namespace

const std::vector<std::string>& task_kinds() {
    static const std::vector<std::string> kinds = {"bug-fix",      "feature",    "refactor",
                                                   "test-writing", "multi-file", "shell"};
    return kinds;
}

Result<Task> parse_task(std::string_view text, const fs::path& file) {
    return read_toml<Task>(text, file, [&](const toml::table& table) -> Result<Task> {
        const Reader reader(file);
        Task task;
        TRY(reader.only_keys(table, {"title", "kind", "language", "difficulty", "tags", "solution_files",
                                     "tests", "provenance"}));
        task.title = TRY(reader.text(table, "title"));
        task.kind = TRY(reader.one_of(table, "kind", task_kinds()));
        task.language = TRY(reader.text(table, "language"));
        task.difficulty = TRY(reader.one_of(table, "difficulty", {"easy", "medium", "hard"}));
        task.tags = TRY(reader.texts(table, "tags"));
        TRY(read_solution_files(reader, table, task));
        TRY(read_tests(reader, table, task));
        TRY(read_provenance(reader, table, task));
        return task;
    });
}

Result<SuiteHeader> parse_suite_header(std::string_view text, const fs::path& file) {
    return read_toml<SuiteHeader>(text, file, [&](const toml::table& table) -> Result<SuiteHeader> {
        const Reader reader(file);
        TRY(reader.only_keys(table, {"name", "title", "description", "licence"}));
        return SuiteHeader{.name = TRY(reader.text(table, "name")),
                           .title = TRY(reader.text(table, "title")),
                           .description = TRY(reader.optional_text(table, "description")),
                           .licence = TRY(reader.optional_text(table, "licence"))};
    });
}

std::string write_task_header(const Task& task) {
    std::string out = fmt::format("title = {}\nkind = {}\nlanguage = {}\ndifficulty = {}\ntags = {}\n",
                                  toml_string(task.title), toml_string(task.kind), toml_string(task.language),
                                  toml_string(task.difficulty), toml_list(task.tags));
    out +=
        fmt::format("solution_files = {}\n\n[tests]\ncommand = {}\nseconds = {}\n",
                    toml_list(task.solution_files), toml_string(task.test_command), task.test_time.count());
    out += fmt::format("\n[provenance]\nsource = {}\nlicence = {}\n", toml_string(task.provenance.source),
                       toml_string(task.provenance.licence));
    if (!task.provenance.added.empty()) out += fmt::format("added = {}\n", task.provenance.added);
    return out;
}

bool is_solution_file(const Task& task, std::string_view path) {
    return std::ranges::any_of(task.solution_files,
                               [&](const std::string& pattern) { return matches_glob(pattern, path); });
}

}  // namespace hearth::eval
