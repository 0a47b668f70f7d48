#pragma once
#include <chrono>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

#include "core/result.h"
#include "eval/attempt.h"
#include "eval/task.h"
#include "sandbox/sandbox.h"

namespace hearth::eval {

struct Grade {
    bool passed = false;
    bool timed_out = false;
    int exit_code = 0;   // of the test command
    std::string output;  // stdout and stderr of the tests, limited by the sandbox
    double seconds = 0;
    bool tests_touched = false;        // the answer made or changed files that the hidden tests have
    Failure failure = Failure::kNone;  // where grading knows more of it than the output says
};

// Says whether an answer to a question is right, for Scorer::kJudge: asks a model.
using Judge = std::function<Result<bool>(const Question& question, std::string_view given)>;

// What grading needs beside the task.
struct Grading {
    const sandbox::Sandbox* sandbox = nullptr;  // any workspace; it is moved over the grading folder
    std::filesystem::path scratch;              // where grading folders are made; empty: $TMPDIR
    Judge judge;                                // may be empty: such questions then fail with kUnsupported
};

// Containment for graders and checks. Errors: as sandbox::Sandbox::open.
[[nodiscard]] Result<sandbox::Sandbox> open_grading_sandbox(const std::filesystem::path& workspace);

// Grades a workspace as an answer: a fresh copy of the task's work/, over it the files of the workspace that an answer may
// change (those that are gone are removed), over it the hidden tests; the test command runs there, contained. Whatever
// else the workspace holds does not count. Of a question or a tool-use item the file with the answer is scored. Threads: any.
// Errors: those of copying and of the sandbox; kCancelled when `stop` came first.
[[nodiscard]] Result<Grade> grade(const Task& task, const std::filesystem::path& workspace,
                                  const Grading& grading, std::stop_token stop = {});

}  // namespace hearth::eval
