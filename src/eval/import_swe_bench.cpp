#include "eval/import_swe_bench.h"

#include <algorithm>
#include <fmt/format.h>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"
#include "os/files.h"

namespace hearth::eval {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMaxCommand = std::size_t{60} * 1024;
constexpr std::size_t kMaxFile = std::size_t{512} << 20U;

std::vector<std::string> texts_of(const json::value* value) {
    std::vector<std::string> texts;
    if (value == nullptr) return texts;
    Result<json::value> parsed = json::value();
    if (value->is_string()) {
        parsed = parse_json(value->get_string());
        if (!parsed) return texts;
        value = &*parsed;
    }
    if (!value->is_array()) return texts;
    for (const auto& each : value->get_array())
        if (each.is_string()) texts.emplace_back(std::string_view(each.get_string()));
    return texts;
}

std::string quoted_words(const std::vector<std::string>& words) {
    std::string line;
    for (const auto& word : words)
        line += " '" + replace_all(word, "'", "'\\''") + "'";
    return line;
}

std::string language_of(const std::vector<std::string>& paths) {
    const auto ending = paths.empty() ? std::string() : fs::path(paths.front()).extension().string();
    if (ending == ".py") return "python";
    if (ending == ".js" || ending == ".ts") return "javascript";
    return ending.empty() ? "text" : ending.substr(1);
}

// The files of a patched tree, as they are afterwards.
Status copy_paths(const TaskWriter& writer, std::string_view part, const fs::path& tree,
                  const std::vector<std::string>& paths) {
    for (const auto& path : paths) {
        std::error_code error;
        const bool executable =
            (fs::status(tree / path, error).permissions() & fs::perms::owner_exec) != fs::perms::none;
        TRY(writer.file(part, path, TRY(os::read_file(tree / path)), executable));
    }
    return {};
}

Status import_one(const SweImport& import, const GitRepository& repository, const SweInstance& instance,
                  Imported& result) {
    auto writer = TRY(TaskWriter::begin(import.suite, task_id(instance.id)));
    TRY(repository.export_tree(instance.base_commit, writer.part("work")));
    const auto scratch = TRY(os::TempDir::create("hearth-swe"));
    const auto tree = scratch.path() / "tree";
    TRY(repository.export_tree(instance.base_commit, tree));
    TRY(apply_patch(tree, instance.patch).context("patch"));
    TRY(apply_patch(tree, instance.test_patch).context("test_patch"));
    Task task;
    task.solution_files = patched_paths(instance.patch);
    const auto tests = patched_paths(instance.test_patch);
    if (task.solution_files.empty() || tests.empty())
        return Error(Code::kInvalidInput, "a patch changes no file");
    TRY(copy_paths(writer, "solution", tree, task.solution_files));
    TRY(copy_paths(writer, "tests", tree, tests));
    task.title = instance.id;
    task.kind = task.solution_files.size() > 1 ? "multi-file" : "bug-fix";
    task.language = language_of(task.solution_files);
    task.difficulty = "hard";
    auto words = quoted_words(instance.tests);
    if (words.size() > kMaxCommand || instance.tests.empty()) words = quoted_words(tests);
    task.test_command = import.test_command.empty()
                            ? "python3 -m pytest -q" + words
                            : replace_all(import.test_command, "{tests}", words.substr(1));
    task.test_time = std::chrono::seconds(600);
    task.instructions = instance.problem;
    task.provenance = {.source = fmt::format("{} at {}", instance.id, instance.base_commit),
                       .licence = import.licence,
                       .added = {}};
    result.tasks.push_back(TRY(writer.write_header(task)).id);
    return writer.keep();
}

Result<SweInstance> read_instance(const json::value& value) {
    const auto get = [&](std::string_view key) {
        return std::string(string_member(value, key).value_or(""));
    };
    SweInstance instance{.id = get("instance_id"),
                         .base_commit = get("base_commit"),
                         .problem = get("problem_statement"),
                         .patch = get("patch"),
                         .test_patch = get("test_patch"),
                         .tests = texts_of(member(value, "FAIL_TO_PASS"))};
    const auto kept = texts_of(member(value, "PASS_TO_PASS"));
    instance.tests.insert(instance.tests.end(), kept.begin(), kept.end());
    if (instance.id.empty() || instance.problem.empty() || instance.patch.empty() ||
        instance.test_patch.empty())
        return Error(Code::kInvalidInput,
                     "instance_id, problem_statement, patch or test_patch is missing or empty");
    const bool hash = instance.base_commit.size() >= 7 && instance.base_commit.size() <= 64 &&
                      instance.base_commit.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos;
    if (!hash) return Error(Code::kInvalidInput, "base_commit is no hash of a commit");
    return instance;
}

// An array, or one instance over several lines; no line of a file of lines is a lone brace.
bool is_one_value(std::string_view text) {
    const auto start = trim(text);
    return start.starts_with('[') || trim(start.substr(0, start.find('\n'))) == "{";
}

Result<std::vector<SweInstance>> parse_whole(std::string_view text, const fs::path& file) {
    const auto value = parse_json(text, {.max_bytes = kMaxFile});
    if (!value)
        return Error(Code::kInvalidInput, fmt::format("{}: {}", file.string(), value.error().message()));
    std::vector<SweInstance> instances;
    const auto add = [&](const json::value& each) -> Status {
        auto instance = read_instance(each);
        if (!instance)
            return Error(Code::kInvalidInput, fmt::format("{}: instance {}: {}", file.string(),
                                                          instances.size() + 1, instance.error().message()));
        instances.push_back(*std::move(instance));
        return {};
    };
    if (!value->is_array()) {
        TRY(add(*value));
        return instances;
    }
    for (const auto& each : value->get_array())
        TRY(add(each));
    return instances;
}

Result<std::vector<SweInstance>> parse_lines(std::string_view text, const fs::path& file) {
    std::vector<SweInstance> instances;
    std::size_t number = 0;
    for (const auto line : split_lines(text)) {
        ++number;
        if (trim(line).empty()) continue;
        const auto wrong = [&](const Error& error) {
            return Error(Code::kInvalidInput,
                         fmt::format("{}:{}: {}", file.string(), number, error.message()));
        };
        const auto value = parse_json(line);
        if (!value) return wrong(value.error());
        auto instance = read_instance(*value);
        if (!instance) return wrong(instance.error());
        instances.push_back(*std::move(instance));
    }
    return instances;
}

}  // namespace

Result<std::vector<SweInstance>> parse_swe_bench(std::string_view text, const fs::path& file) {
    return is_one_value(text) ? parse_whole(text, file) : parse_lines(text, file);
}

Result<Imported> import_swe_bench(const SweImport& import) {
    const auto instances = TRY(parse_swe_bench(TRY(os::read_file(import.file, kMaxFile)), import.file));
    const auto repository = TRY(GitRepository::open(import.repository));
    TRY(begin_suite(import.suite, "Imported repository tasks",
                    "Commits of a local repository with their tests."));
    Imported result;
    for (const auto& instance : instances) {
        if (const auto status = import_one(import, repository, instance, result); !status)
            result.skipped.push_back(fmt::format("{}: {}", instance.id, status.error().message()));
    }
    return result;
}

}  // namespace hearth::eval
