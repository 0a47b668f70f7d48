#include "eval/grading.h"

#include <algorithm>
#include <fmt/format.h>
#include <set>

#include "core/text.h"
#include "eval/file_tree.h"
#include "eval/tool_calls.h"
#include "os/files.h"
#include "sandbox/workspace_files.h"

namespace hearth::eval {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMaxAnswer = std::size_t{1} << 20U;

Result<sandbox::WorkspaceCopy> copy_of_work(const Task& task, const fs::path& scratch) {
    return sandbox::WorkspaceCopy::create(task.work(), {.parent = scratch});
}

// Puts the answer's files over a fresh copy of the workspace it started from.
Status take_answer(const Task& task, const sandbox::WorkspaceFiles& answer,
                   const sandbox::WorkspaceFiles& fresh) {
    const auto given = TRY(answer.list());
    for (const auto& path : given) {
        if (is_solution_file(task, path)) TRY(fresh.write(path, TRY(answer.read(path))));
    }
    const auto before = TRY(fresh.list());
    for (const auto& path : before) {
        if (is_solution_file(task, path) && !answer.exists(path)) TRY(fresh.remove(path));
    }
    return {};
}

Result<bool> touches_tests(const Task& task, const sandbox::WorkspaceFiles& answer) {
    const auto tests = TRY(list_tree(task.tests()));
    for (const auto& entry : tests) {
        if (entry.kind != EntryKind::kFile || is_solution_file(task, entry.path) ||
            !answer.exists(entry.path))
            continue;
        const auto theirs = answer.read(entry.path);
        std::error_code error;
        const bool given = fs::exists(task.work() / entry.path, error);
        const auto ours = TRY(os::read_file((given ? task.work() : task.tests()) / entry.path));
        const bool as_tests = theirs && *theirs == TRY(os::read_file(task.tests() / entry.path));
        if (!theirs || (*theirs != ours && !as_tests)) return true;
    }
    return false;
}

Result<Grade> run_tests(const std::string& command, std::chrono::seconds time, const fs::path& folder,
                        const Grading& grading, const std::stop_token& stop) {
    const auto contained = grading.sandbox->with_workspace(folder).with_timeout(time);
    const os::Exit exit = TRY(contained.run(command, stop));
    if (exit.reason == os::Exit::Reason::kStopped)
        return Error(Code::kCancelled, "grading was stopped before it ended");
    Grade grade;
    grade.passed = exit.ok();
    grade.timed_out = exit.reason == os::Exit::Reason::kTimedOut;
    grade.exit_code = exit.code;
    grade.seconds = exit.seconds;
    grade.output = exit.out;
    if (!exit.out.empty() && !exit.out.ends_with('\n')) grade.output += '\n';
    grade.output += exit.err;
    // The folder has another name in every run; what is told to a model must not differ by that.
    grade.output = replace_all(grade.output, folder.string() + "/", "");
    if (grade.timed_out) grade.output += fmt::format("\nThe tests did not end within {} s.\n", time.count());
    return grade;
}

Result<Grade> grade_by_program(const Task& task, std::string_view given, const Grading& grading,
                               const std::stop_token& stop) {
    const auto folder = TRY(os::TempDir::create("hearth-grade", grading.scratch));
    const fs::path place = folder.path() / "answer";
    TRY(os::make_directories(place));
    TRY(os::write_file_atomic(place / kAnswerFile, given));
    TRY(os::write_file_atomic(place / kExpectedFile, task.question->answer));
    return run_tests(task.question->program, task.test_time, place, grading, stop);
}

Result<Grade> grade_question(const Task& task, const fs::path& workspace, const Grading& grading,
                             const std::stop_token& stop) {
    const auto files = TRY(sandbox::WorkspaceFiles::open(workspace));
    std::string given;
    if (files.exists(kAnswerFile)) given = TRY(files.read(kAnswerFile, kMaxAnswer));
    const auto& question = *task.question;
    if (question.scorer == Scorer::kProgram) return grade_by_program(task, given, grading, stop);
    Grade grade;
    if (question.scorer == Scorer::kJudge) {
        if (!grading.judge)
            return Error(Code::kUnsupported,
                         fmt::format("the question {} is judged by a model: name one with --judge", task.id));
        grade.passed = !trim(given).empty() && TRY(grading.judge(question, given));
    } else {
        grade.passed = TRY(score_text(question, given));
    }
    grade.exit_code = grade.passed ? 0 : 1;
    grade.output = grade.passed ? "The answer is right.\n" : "The answer is wrong.\n";
    return grade;
}

Grade failed(Failure failure, std::string_view why) {
    Grade grade;
    grade.exit_code = 1;
    grade.failure = failure;
    grade.output = fmt::format("{}.\n", why);
    return grade;
}

Result<Grade> grade_calls(const ToolItem& item, const fs::path& workspace) {
    const auto files = TRY(sandbox::WorkspaceFiles::open(workspace));
    if (!files.exists(kCallsFile)) return failed(Failure::kNoEdit, fmt::format("There is no {}", kCallsFile));
    const auto text = files.read(kCallsFile, kMaxAnswer);
    if (!text) return failed(Failure::kMalformed, text.error().message());
    const auto calls = parse_calls(*text);
    if (!calls) return failed(Failure::kMalformed, calls.error().message());
    const auto score = score_calls(item, *calls);
    if (!score.passed) {
        const auto failure = score.malformed  ? Failure::kMalformed
                             : calls->empty() ? Failure::kNoEdit
                                              : Failure::kAssertion;
        return failed(failure, fmt::format("Wrong: {}", score.reason));
    }
    Grade grade;
    grade.passed = true;
    grade.output = "The calls are right.\n";
    return grade;
}

}  // namespace

Result<sandbox::Sandbox> open_grading_sandbox(const fs::path& workspace) {
    sandbox::Policy policy;
    policy.workspace = workspace;
    policy.environment = {{"PYTHONDONTWRITEBYTECODE", "1"}, {"PYTHONHASHSEED", "0"}, {"CI", "1"}};
    return sandbox::Sandbox::open(std::move(policy));
}

Result<Grade> grade(const Task& task, const fs::path& workspace, const Grading& grading,
                    std::stop_token stop) {
    if (task.question) return grade_question(task, workspace, grading, stop);
    if (task.tool_item) return grade_calls(*task.tool_item, workspace);
    const auto copy = TRY(copy_of_work(task, grading.scratch));
    const auto answer = TRY(sandbox::WorkspaceFiles::open(workspace));
    TRY(take_answer(task, answer, TRY(sandbox::WorkspaceFiles::open(copy.path()))));
    TRY(overlay(task.tests(), copy.path()));
    Grade result = TRY(run_tests(task.test_command, task.test_time, copy.path(), grading, stop));
    result.tests_touched = TRY(touches_tests(task, answer));
    return result;
}

}  // namespace hearth::eval
