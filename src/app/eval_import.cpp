#include <fmt/format.h>

#include <boost/json.hpp>

#include "app/eval_verbs.h"
#include "app/exit_status.h"
#include "app/options.h"
#include "app/render.h"
#include "core/json.h"
#include "core/text.h"
#include "eval/from_git.h"
#include "eval/import_exercism.h"
#include "eval/import_swe_bench.h"
#include "os/files.h"
#include "os/interrupt.h"

namespace hearth::app {
namespace {

namespace fs = std::filesystem;

constexpr const char* kImportFooter =
    "Kinds:\n"
    "  exercism PATH     a checkout of a track: exercises/practice/NAME\n"
    "  polyglot PATH     a checkout with such a folder for each language\n"
    "  swe-bench FILE    lines or an array with base_commit, patch, test_patch, FAIL_TO_PASS; the repository "
    "with --repo\n"
    "  jsonl FILE        lines with id, prompt, answer and scorer (exact, numeric, regex, program, judge)\n\n"
    "Prove what was imported with `hearth eval check SUITE`: it needs the language's tools on this machine.";

constexpr const char* kGitFooter =
    "Looks for commits that changed tests and sources. One becomes a task when its tests fail on the tree "
    "before it and pass\n"
    "with its sources, every time, contained and without network.\n\n"
    "Example:\n"
    "  cd ~/project && hearth eval from-git --test \"python3 -m unittest -q\" --suite suites/mine";

int tell(const eval::Imported& imported, const std::string& suite, bool as_json) {
    if (as_json) {
        fmt::print("{}\n", json::serialize(json::object{{"suite", suite},
                                                        {"tasks", json::value_from(imported.tasks)},
                                                        {"skipped", json::value_from(imported.skipped)}}));
        return 0;
    }
    for (const auto& line : imported.skipped)
        fmt::print("skipped {}\n", printable(head_and_tail(line, 300, 300)));
    fmt::print("{} tasks in {}, {} skipped\n", imported.tasks.size(), suite, imported.skipped.size());
    return 0;
}

Result<eval::Imported> import_questions(const fs::path& file, const fs::path& suite,
                                        const std::string& licence) {
    const auto text = TRY(os::read_file(file));
    const auto questions = TRY(eval::parse_questions(text, file));
    TRY(eval::begin_suite(suite, "Imported questions", "Prompts with answers.", licence));
    std::string lines;
    eval::Imported imported;
    for (const auto& question : questions) {
        lines += eval::question_line(question);
        imported.tasks.push_back(question.id);
    }
    TRY(os::write_file_atomic(suite / (eval::task_id(file.stem().string()) + ".jsonl"), lines));
    return imported;
}

struct ImportWish {
    std::string kind;
    std::string path;
    std::string suite;
    std::string repository;
    std::string test;
    std::string licence;
};

constexpr const char* kLicenceHelp =
    "licence of the tasks, such as MIT; it goes with every attempt that is exported";

Result<eval::Imported> import(const ImportWish& wish) {
    if (wish.kind == "jsonl") return import_questions(wish.path, wish.suite, wish.licence);
    if (wish.kind == "swe-bench") {
        if (wish.repository.empty())
            return Error(Code::kInvalidInput, "swe-bench needs the local repository: --repo PATH");
        eval::SweImport task{
            .file = wish.path, .repository = wish.repository, .suite = wish.suite, .test_command = wish.test};
        if (!wish.licence.empty()) task.licence = wish.licence;
        return eval::import_swe_bench(task);
    }
    if (wish.kind != "exercism" && wish.kind != "polyglot")
        return Error(Code::kInvalidInput,
                     fmt::format("there is no importer '{}' (exercism, polyglot, swe-bench, jsonl)",
                                 printable(wish.kind)));
    eval::ExercismImport exercises{
        .checkout = wish.path, .suite = wish.suite, .test_command = wish.test, .prefix = {}};
    if (!wish.licence.empty()) exercises.licence = wish.licence;
    return eval::import_exercism(exercises);
}

Result<eval::Imported> from_git(const eval::GitImport& wish) {
    const auto scratch = TRY(os::TempDir::create("hearth-from-git"));
    TRY(os::make_directories(scratch.path() / "ground"));
    const auto sandbox = TRY(eval::open_grading_sandbox(scratch.path() / "ground"));
    Progress progress("looking at commits");
    const auto shown = [&](std::size_t done, std::size_t all) {
        progress.update(static_cast<double>(done) / static_cast<double>(all),
                        fmt::format("{} of {}", done, all));
    };
    return eval::import_git(wish, {.sandbox = &sandbox, .scratch = scratch.path()}, shown,
                            os::stop_on_interrupt());
}

}  // namespace

int eval_import(Arguments arguments) {
    ImportWish wish;
    bool as_json = false;
    Options options("eval import", "Makes tasks from what others or you have on disk.");
    options.positional("KIND", wish.kind, "exercism, polyglot, swe-bench or jsonl");
    options.positional("PATH", wish.path, "the checkout or file");
    options.option("--suite", wish.suite, "folder of the suite to write into (without it: suites/KIND)");
    options.option("--repo", wish.repository, "local repository that the commits of swe-bench are in");
    options.option("--test", wish.test,
                   "test command in place of the usual one; {tests} stands for the test files");
    options.option("--licence", wish.licence, kLicenceHelp);
    options.flag("--json", as_json, "print JSON");
    options.footer(kImportFooter);
    if (const auto status = options.parse(arguments)) return *status;
    if (wish.suite.empty()) wish.suite = "suites/" + eval::task_id(wish.kind);
    const auto imported = import(wish);
    return imported ? tell(*imported, wish.suite, as_json) : report(imported.error());
}

int eval_from_git(Arguments arguments) {
    eval::GitImport wish;
    std::string repository = ".";
    std::string suite = "suites/mine";
    std::int64_t tasks = 20;
    std::int64_t commits = 500;
    bool as_json = false;
    Options options("eval from-git", "Turns commits that made failing tests pass into tasks.");
    options.option("--repo", repository, "the repository");
    options.option("--test", wish.test_command, "command that builds and tests (without it: detected)");
    options.option("--suite", suite, "folder of the suite to write into");
    options.option("--max", tasks, "tasks to make at most", 1, 10'000);
    options.option("--commits", commits, "commits to look at, newest first", 1, 1'000'000);
    options.option("--licence", wish.licence, kLicenceHelp);
    options.flag("--json", as_json, "print JSON");
    options.footer(kGitFooter);
    if (const auto status = options.parse(arguments)) return *status;
    wish.repository = repository;
    wish.suite = suite;
    wish.max_tasks = static_cast<std::size_t>(tasks);
    wish.max_commits = static_cast<std::size_t>(commits);
    const auto imported = from_git(wish);
    return imported ? tell(*imported, suite, as_json) : report(imported.error());
}

}  // namespace hearth::app
