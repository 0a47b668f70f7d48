#include "eval/suite.h"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>

#include "core/text.h"
#include "eval/detail/toml_tree.h"
#include "eval/file_tree.h"
#include "eval/tool_calls.h"
#include "os/files.h"
#include "os/sha256.h"

namespace hearth::eval {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMaxInstructions = 200'000;

Result<Task> load_task(const fs::path& folder, const std::string& suite) {
    const fs::path header = folder / "task.toml";
    Task task = TRY(parse_task(TRY(os::read_file(header)), header));
    task.suite = suite;
    task.id = folder.filename().string();
    task.folder = folder;
    task.instructions = TRY(os::read_file(folder / "instructions.md", kMaxInstructions));
    if (trim(task.instructions).empty())
        return Error(Code::kInvalidInput,
                     fmt::format("{}:1: the instructions are empty", (folder / "instructions.md").string()));
    std::error_code error;
    for (const auto& part : {task.work(), task.tests()}) {
        if (!fs::is_directory(part, error))
            return Error(Code::kInvalidInput, fmt::format("{}: the folder {} is missing", header.string(),
                                                          part.filename().string()));
    }
    return task;
}

Status add_questions(const fs::path& file, Suite& suite) {
    auto questions = parse_questions(TRY(os::read_file(file)), file);
    if (!questions) {
        suite.mistakes.push_back(questions.error());
        return {};
    }
    for (auto& question : *questions)
        suite.tasks.push_back(task_of(std::move(question), suite.header.name));
    return {};
}

Result<std::vector<Task>> item_tasks(std::string_view text, const fs::path& file, const std::string& suite,
                                     const InstanceWish& wish) {
    std::vector<Task> tasks;
    const auto root = TRY(detail::TomlReader(file).parse(text));
    if (root.find("tool") != nullptr) {
        tasks.push_back(task_of(TRY(parse_tool_item(text, file)), file.stem().string(), suite));
        return tasks;
    }
    auto questions = TRY(item_questions(text, file, wish));
    for (auto& question : questions)
        tasks.push_back(task_of(std::move(question), suite));
    return tasks;
}

bool is_item(const fs::path& file) {
    return file.extension() == ".toml" && file.filename() != "suite.toml" && file.filename() != "task.toml";
}

Status add_item(const fs::path& file, const InstanceWish& wish, Suite& suite) {
    auto tasks = item_tasks(TRY(os::read_file(file)), file, suite.header.name, wish);
    if (!tasks) {
        suite.mistakes.push_back(tasks.error());
        return {};
    }
    std::ranges::move(*tasks, std::back_inserter(suite.tasks));
    return {};
}

Status add_tasks_below(const fs::path& folder, const InstanceWish& wish, Suite& suite) {
    std::vector<fs::path> entries;
    std::error_code error;
    for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error))
        entries.push_back(at->path());
    if (error) return errno_error(error.value(), fmt::format("cannot list {}", folder.string()));
    std::ranges::sort(entries);
    for (const auto& entry : entries) {
        if (entry.extension() == ".jsonl") {
            TRY(add_questions(entry, suite));
        } else if (is_item(entry)) {
            TRY(add_item(entry, wish, suite));
        } else if (!entry.filename().string().starts_with('.') && fs::exists(entry / "task.toml", error)) {
            auto task = load_task(entry, suite.header.name);
            if (task)
                suite.tasks.push_back(*std::move(task));
            else
                suite.mistakes.push_back(task.error());
        }
    }
    return {};
}

// Questions and items say nothing of where they come from; their suite does.
void add_provenance(Suite& suite) {
    for (auto& task : suite.tasks) {
        if (task.has_folder()) continue;
        task.provenance.source = fmt::format("the suite {}", suite.header.name);
        task.provenance.licence = suite.header.licence;
    }
}

void add(os::Sha256& hash, std::string_view part) {
    hash.update(fmt::format("{}:", part.size()));
    hash.update(part);
}

}  // namespace

Task task_of(Question question, const std::string& suite) {
    Task task;
    task.suite = suite;
    task.id = question.id;
    task.title = question.id;
    task.kind = "question";
    task.language = "text";
    task.difficulty = "medium";
    task.tags = question.tags;
    task.solution_files = {std::string(kAnswerFile)};
    task.test_command = question.program;
    task.instructions = question.prompt;
    task.question = std::move(question);
    return task;
}

Task task_of(ToolItem item, const std::string& id, const std::string& suite) {
    Task task;
    task.suite = suite;
    task.id = id;
    task.title = item.title;
    task.kind = "tool-use";
    task.language = "text";
    task.difficulty = "medium";
    task.tags = item.tags;
    task.solution_files = {std::string(kCallsFile)};
    task.instructions = item.prompt;
    task.tool_item = std::move(item);
    return task;
}

Result<Suite> load_suite(const fs::path& place, const InstanceWish& wish) {
    std::error_code error;
    fs::path folder = fs::canonical(place, error);
    if (error) return Error(Code::kNotFound, fmt::format("there is no suite or task {}", place.string()));
    if (folder.filename() == "suite.toml" || folder.filename() == "task.toml") folder = folder.parent_path();
    Suite suite;
    suite.folder = folder;
    const fs::path header = folder / "suite.toml";
    if (fs::is_regular_file(folder, error) && folder.extension() == ".jsonl") {
        suite.header.name = folder.stem().string();
        suite.folder = folder.parent_path();
        TRY(add_questions(folder, suite));
    } else if (fs::is_regular_file(folder, error) && is_item(folder)) {
        suite.folder = folder.parent_path();
        suite.header.name = suite.folder.filename().string();
        TRY(add_item(folder, wish, suite));
    } else if (fs::exists(header, error)) {
        suite.header = TRY(parse_suite_header(TRY(os::read_file(header)), header));
        TRY(add_tasks_below(folder, wish, suite));
        add_provenance(suite);
    } else if (fs::exists(folder / "task.toml", error)) {
        suite.header.name = folder.parent_path().filename().string();
        auto task = load_task(folder, suite.header.name);
        if (task)
            suite.tasks.push_back(*std::move(task));
        else
            suite.mistakes.push_back(task.error());
    } else {
        return Error(
            Code::kNotFound,
            fmt::format("{} is no suite and no task: it has neither suite.toml nor task.toml, and is "
                        "no file of questions (.jsonl) or item (.toml)",
                        folder.string()));
    }
    std::ranges::sort(suite.tasks, {}, &Task::id);
    const auto twice = std::ranges::adjacent_find(suite.tasks, {}, &Task::id);
    if (twice != suite.tasks.end())
        suite.mistakes.emplace_back(Code::kInvalidInput, fmt::format("{}: two tasks are named '{}'",
                                                                     place.string(), printable(twice->id)));
    return suite;
}

Result<std::string> fingerprint(const Task& task) {
    os::Sha256 hash;
    add(hash, task.instructions);
    if (task.question) add(hash, question_line(*task.question));
    if (task.tool_item) {
        add(hash, tools_json(*task.tool_item));
        add(hash, calls_json(task.tool_item->expected));
        add(hash, task.tool_item->in_order ? "in order" : "any order");
    }
    if (task.has_folder()) {
        add(hash, TRY(os::read_file(task.folder / "task.toml")));
        for (const auto& part : {task.work(), task.tests()}) {
            const auto entries = TRY(list_tree(part));
            for (const auto& entry : entries) {
                add(hash, part.filename().string() + "/" + entry.path);
                if (entry.kind == EntryKind::kFile) add(hash, TRY(os::read_file(part / entry.path)));
            }
        }
    }
    return hash.finish();
}

}  // namespace hearth::eval
