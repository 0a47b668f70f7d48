#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <set>
#include <thread>

#include <boost/json.hpp>

#include "app/eval_verbs.h"
#include "app/exit_status.h"
#include "app/options.h"
#include "app/render.h"
#include "core/json.h"
#include "core/text.h"
#include "core/units.h"
#include "eval/check.h"
#include "os/files.h"
#include "os/interrupt.h"

namespace hearth::app {
namespace {

constexpr const char* kFooter =
    "For every task: the header is right, the solution passes, the untouched workspace fails, both in the "
    "same way in\n"
    "every run, and nothing of tests/ or solution/ lies in work/. Every run is contained, in a fresh "
    "folder.\n"
    "Of a tool-use item: the expected calls are right, and calling nothing is wrong unless it is what is "
    "expected.\n"
    "Of several names (SUITE/*), files beside tasks are passed over and a task named twice is checked "
    "once.\n\n"
    "Examples:\n"
    "  hearth eval check suites/dev                 a whole suite\n"
    "  hearth eval check suites/dev/python-night-pay --runs 20\n\n"
    "Exit status: 0 all tasks are right, 1 one is wrong.";

// What was found, over all that was named.
struct Findings {
    std::vector<eval::CheckedTask> tasks;
    std::vector<std::string> unreadable;

    [[nodiscard]] std::size_t wrong() const {
        return unreadable.size() + static_cast<std::size_t>(std::ranges::count_if(
                                       tasks, [](const auto& task) { return !task.mistakes.empty(); }));
    }
};

void print_json(const Findings& findings) {
    json::array tasks;
    for (const auto& task : findings.tasks) {
        json::array mistakes;
        for (const auto& mistake : task.mistakes)
            mistakes.emplace_back(to_valid_utf8(mistake));
        tasks.push_back(json::object{{"task", task.id},
                                     {"right", task.mistakes.empty()},
                                     {"mistakes", std::move(mistakes)},
                                     {"seconds", task.seconds},
                                     {"slowest_test_seconds", task.slowest_test}});
    }
    json::array unreadable;
    for (const auto& mistake : findings.unreadable)
        unreadable.emplace_back(to_valid_utf8(mistake));
    fmt::print("{}\n", json::serialize(json::object{{"right", findings.wrong() == 0},
                                                    {"tasks", std::move(tasks)},
                                                    {"unreadable", std::move(unreadable)}}));
}

void print_text(const Findings& findings) {
    for (const auto& mistake : findings.unreadable)
        fmt::print("{}\n", printable(mistake));
    for (const auto& task : findings.tasks) {
        for (const auto& mistake : task.mistakes)
            fmt::print("{}\n", printable(mistake));
    }
    const auto all = findings.tasks.size() + findings.unreadable.size();
    fmt::print("{} of {} tasks are right\n", all - findings.wrong(), all);
}

// What a pattern such as SUITE/* or SUITE/s* names beside tasks: a read-me file, and the suite's own header, which means the whole
// suite only where none of its tasks is named. A folder that is no task stays a mistake.
bool is_beside_tasks(const std::string& place, const std::vector<std::string>& places) {
    const std::filesystem::path path(place);
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error) || path.extension() == ".jsonl" ||
        path.filename() == "task.toml")
        return false;
    const auto folder = path.lexically_normal().parent_path();
    return std::ranges::any_of(places, [&](const std::string& other) {
        auto beside = std::filesystem::path(other).lexically_normal();
        if (!beside.has_filename()) beside = beside.parent_path();  // "a/" is "a"
        return std::filesystem::is_directory(beside, error) && beside.parent_path() == folder;
    });
}

// Every task of what was named, once; mistakes go to the findings.
Result<std::vector<eval::Task>> tasks_of(const std::vector<std::string>& places, Findings& findings) {
    std::vector<eval::Task> tasks;
    std::set<std::filesystem::path> known;
    for (const auto& place : places) {
        if (is_beside_tasks(place, places)) continue;
        const auto suite = find_suite(place);
        if (!suite && places.size() == 1) return suite.error();
        if (!suite) {
            findings.unreadable.push_back(suite.error().message());
            continue;
        }
        for (const auto& mistake : suite->mistakes) {
            if (std::ranges::find(findings.unreadable, mistake.message()) == findings.unreadable.end())
                findings.unreadable.push_back(mistake.message());
        }
        for (const auto& task : suite->tasks)
            if (known.insert(task.folder.empty() ? suite->folder / task.id : task.folder).second)
                tasks.push_back(task);
    }
    return tasks;
}

Result<Findings> check(const std::vector<std::string>& places, const eval::CheckOptions& options,
                       const std::stop_token& stop) {
    Findings findings;
    const auto tasks = TRY(tasks_of(places, findings));
    if (tasks.empty()) return findings;
    const auto scratch = TRY(os::TempDir::create("hearth-check"));
    const auto ground = scratch.path() / "ground";
    TRY(os::make_directories(ground));
    const auto sandbox = TRY(eval::open_grading_sandbox(ground));
    Progress progress("checking");
    const auto shown = [&](std::size_t done, std::size_t all) {
        progress.update(static_cast<double>(done) / static_cast<double>(all),
                        fmt::format("{} of {} test runs", done, all));
    };
    findings.tasks =
        TRY(eval::check_tasks(tasks, {.sandbox = &sandbox, .scratch = scratch.path()}, options, shown, stop));
    return findings;
}

}  // namespace

int eval_check(Arguments arguments) {
    std::vector<std::string> places;
    std::int64_t runs = 5;
    std::int64_t parallel = std::clamp<std::int64_t>(std::thread::hardware_concurrency(), 1, 64);
    bool as_json = false;
    Options options("eval check", "Proves that tasks are right.");
    options.rest("SUITE_OR_TASK", places, "suites and tasks, by folder or name");
    options.option("--runs", runs, "test runs of the solution and of the stub", 1, 1000);
    options.option("--parallel", parallel, "test runs at once", 1, 256);
    options.flag("--json", as_json, "print JSON");
    options.footer(kFooter);
    if (const auto status = options.parse(arguments)) return *status;
    if (places.empty())
        return report(
            Error(Code::kInvalidInput, "name a suite or a task, such as: hearth eval check suites/dev"));
    const auto findings =
        check(places, {.runs = static_cast<int>(runs), .workers = static_cast<int>(parallel)},
              os::stop_on_interrupt());
    if (!findings) return report(findings.error());
    if (as_json)
        print_json(*findings);
    else
        print_text(*findings);
    return findings->wrong() == 0 ? 0 : 1;
}

}  // namespace hearth::app
