#include "eval/check.h"

#include <algorithm>
#include <atomic>
#include <fmt/format.h>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

#include "core/text.h"
#include "eval/file_tree.h"
#include "eval/tool_calls.h"
#include "os/files.h"
#include "sandbox/workspace_copy.h"

namespace hearth::eval {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMinLeak = 24;  // bytes: shorter files are alike by chance
constexpr std::size_t kMaxShownOutput = 600;

class Looker {
public:
    explicit Looker(const Task& task) : task_(task) {}

    Result<std::vector<std::string>> look() {
        TRY(read_work());
        TRY(compare("tests", task_.tests()));
        TRY(compare("solution", task_.solution()));
        TRY(look_at_names());
        return std::move(mistakes_);
    }

private:
    template <typename... Args>
    void add(fmt::format_string<Args...> text, Args&&... arguments) {
        mistakes_.push_back(fmt::format(text, std::forward<Args>(arguments)...));
    }

    void look_at_link(const fs::path& folder, const std::string& path) {
        std::error_code error;
        const fs::path target = fs::read_symlink(folder / path, error);
        const fs::path inside = (fs::path(path).parent_path() / target).lexically_normal();
        if (target.is_absolute() || (!inside.empty() && *inside.begin() == ".."))
            add("{}: the link leads out of the folder, to {}", (folder / path).string(), target.string());
    }

    Status read_work() {
        const auto entries = TRY(list_tree(task_.work()));
        for (const auto& entry : entries) {
            const fs::path path = task_.work() / entry.path;
            if (entry.kind == EntryKind::kLink) look_at_link(task_.work(), entry.path);
            if (entry.kind != EntryKind::kFile) continue;
            const auto content = TRY(os::read_file(path));
            if (content.size() >= kMinLeak) by_content_.emplace(os::sha256(content), entry.path);
            if (content.contains("task.toml") && content.contains(task_.tests().string()))
                add("{}: it names the folder of the hidden tests", path.string());
        }
        return {};
    }

    Status compare(std::string_view part, const fs::path& folder) {
        const auto entries = TRY(list_tree(folder));
        if (entries.empty()) add("{}: the folder is missing or empty", folder.string());
        for (const auto& entry : entries) {
            if (entry.kind == EntryKind::kLink) look_at_link(folder, entry.path);
            if (entry.kind != EntryKind::kFile) continue;
            const auto content = TRY(os::read_file(folder / entry.path));
            const auto same = by_content_.find(os::sha256(content));
            if (same != by_content_.end())
                add("{}: work/{} has the same content, so the {} {} not hidden",
                    (folder / entry.path).string(), same->second, part, part == "tests" ? "are" : "is");
        }
        return {};
    }

    Status look_at_names() {
        const auto solution = TRY(list_tree(task_.solution()));
        for (const auto& entry : solution) {
            if (!is_solution_file(task_, entry.path))
                add("{}: the solution changes it, but 'solution_files' does not allow that",
                    (task_.solution() / entry.path).string());
        }
        const auto tests = TRY(list_tree(task_.tests()));
        for (const auto& entry : tests) {
            if (is_solution_file(task_, entry.path))
                add("{}: an answer may change this path ('solution_files'), and the hidden tests would "
                    "replace it",
                    (task_.tests() / entry.path).string());
        }
        return {};
    }

    const Task& task_;
    std::map<std::string, std::string> by_content_;  // hash, path in work/
    std::vector<std::string> mistakes_;
};

// All runs of one task; workers fill it, each with runs of its own.
struct Record {
    std::vector<Grade> reference;
    std::vector<Grade> stub;
};

struct Run {
    std::size_t task = 0;
    bool reference = false;
};

Result<Grade> run_once(const Task& task, bool reference, const Grading& grading,
                       const std::stop_token& stop) {
    const auto copy = TRY(sandbox::WorkspaceCopy::create(task.work(), {.parent = grading.scratch}));
    if (reference) TRY(overlay(task.solution(), copy.path()));
    return grade(task, copy.path(), grading, stop);
}

std::string shown_output(const Grade& grade) {
    const auto text = head_and_tail(trim(grade.output), kMaxShownOutput / 2, kMaxShownOutput / 2);
    return text.empty() ? "(no output)" : text;
}

void judge(const Task& task, const Record& record, std::vector<std::string>& mistakes) {
    const auto header = (task.folder / "task.toml").string();
    const auto passes = [](const std::vector<Grade>& grades) {
        return static_cast<std::size_t>(std::ranges::count(grades, true, &Grade::passed));
    };
    const auto right = passes(record.reference);
    const auto wrong = passes(record.stub);
    if (right < record.reference.size()) {
        const auto failed = std::ranges::find(record.reference, false, &Grade::passed);
        mistakes.push_back(fmt::format("{}: the solution passes {} of {} runs{}; a failing run said:\n{}",
                                       header, right, record.reference.size(),
                                       right == 0 ? "" : ", so the tests are not deterministic",
                                       shown_output(*failed)));
    }
    if (wrong > 0)
        mistakes.push_back(fmt::format("{}: the untouched workspace passes {} of {} runs{}", header, wrong,
                                       record.stub.size(),
                                       wrong == record.stub.size() ? ", so the tests do not ask for anything"
                                                                   : ", so the tests are not deterministic"));
    const auto timeouts = static_cast<std::size_t>(std::ranges::count(record.stub, true, &Grade::timed_out));
    if (timeouts > 0 && timeouts < record.stub.size())
        mistakes.push_back(
            fmt::format("{}: the untouched workspace runs into the time limit in {} of {} runs", header,
                        timeouts, record.stub.size()));
}

std::vector<std::string> item_mistakes(const std::string& id, const ToolItem& item) {
    std::vector<std::string> mistakes;
    const auto right = score_calls(item, reference_calls(item));
    if (!right.passed)
        mistakes.push_back(fmt::format("{}: the expected calls score as wrong: {}", id, right.reason));
    if (score_calls(item, {}).passed != item.expected.empty())
        mistakes.push_back(fmt::format("{}: calling nothing scores as right", id));
    return mistakes;
}

}  // namespace

Result<std::vector<std::string>> static_mistakes(const Task& task) {
    if (task.tool_item) return item_mistakes(task.id, *task.tool_item);
    if (!task.has_folder()) return std::vector<std::string>();
    return Looker(task).look();
}

Result<std::vector<CheckedTask>> check_tasks(const std::vector<Task>& tasks, const Grading& grading,
                                             const CheckOptions& options, const CheckProgress& progress,
                                             std::stop_token stop) {
    std::vector<CheckedTask> checked(tasks.size());
    std::vector<Record> records(tasks.size());
    std::vector<Run> runs;
    for (std::size_t i = 0; i < tasks.size(); ++i) {
        checked[i].id = tasks[i].id;
        checked[i].mistakes = TRY(static_mistakes(tasks[i]));
        for (int run = 0; run < options.runs && tasks[i].has_folder(); ++run) {
            runs.push_back({i, true});
            runs.push_back({i, false});
        }
    }
    std::mutex mutex;  // guards records, done, failure and the calls of progress
    std::optional<Error> failure;
    std::size_t done = 0;
    std::atomic<std::size_t> next = 0;
    const auto work = [&] {
        while (!stop.stop_requested()) {
            const auto at = next.fetch_add(1);
            if (at >= runs.size()) return;
            const auto& run = runs[at];
            auto result = run_once(tasks[run.task], run.reference, grading, stop);
            const std::scoped_lock lock(mutex);
            if (failure) return;
            if (!result) {
                failure = result.error().with_context(tasks[run.task].id);
                return;
            }
            auto& record = records[run.task];
            (run.reference ? record.reference : record.stub).push_back(*std::move(result));
            if (progress) progress(++done, runs.size());
        }
    };
    {
        std::vector<std::jthread> workers;
        for (int i = 0; i < options.workers; ++i)
            workers.emplace_back(work);
    }
    if (stop.stop_requested()) return Error(Code::kCancelled, "the check was stopped");
    if (failure) return *failure;
    for (std::size_t i = 0; i < tasks.size(); ++i) {
        if (!tasks[i].has_folder()) continue;
        judge(tasks[i], records[i], checked[i].mistakes);
        for (const auto* grades : {&records[i].reference, &records[i].stub}) {
            for (const auto& each : *grades) {
                checked[i].seconds += each.seconds;
                checked[i].slowest_test = std::max(checked[i].slowest_test, each.seconds);
            }
        }
    }
    return checked;
}

}  // namespace hearth::eval
