#pragma once
#include <cstddef>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/result.h"
#include "eval/grading.h"
#include "eval/suite.h"

namespace hearth::eval {

struct CheckedTask {
    std::string id;
    std::vector<std::string>
        mistakes;        // sentences that start with a path where there is one; none: the task is right
    double seconds = 0;  // of all its test runs
    double slowest_test = 0;
};

struct CheckOptions {
    int runs = 5;     // of the reference and of the bare stub
    int workers = 1;  // test runs at once
};

// Told after each test run; from the workers' threads, one at a time.
using CheckProgress = std::function<void(std::size_t done, std::size_t all)>;

// Mistakes that can be seen without running anything: hidden tests or the solution lie in work/, links lead out, files that
// the solution changes may not be changed, tests that an answer could replace; expected calls that do not score as right.
[[nodiscard]] Result<std::vector<std::string>> static_mistakes(const Task& task);

// Proves each task: what static_mistakes() finds, the reference solution passes, the untouched workspace fails, and each of
// them `runs` times in the same way, every run contained in a fresh folder. A question is right when it could be read, a
// tool-use item when its expected calls score as right, and no calls as wrong unless it expects none.
// Results are in the order of the tasks.
// Errors: those of the sandbox; kCancelled.
[[nodiscard]] Result<std::vector<CheckedTask>> check_tasks(const std::vector<Task>& tasks,
                                                           const Grading& grading,
                                                           const CheckOptions& options,
                                                           const CheckProgress& progress,
                                                           std::stop_token stop);

}  // namespace hearth::eval
