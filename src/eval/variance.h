#pragma once
#include <string>
#include <vector>

#include "eval/statistics.h"

namespace hearth::eval {

struct FlakyTask {
    std::string task;
    std::size_t passes = 0;
    std::size_t runs = 0;
};

// How far runs of one and the same thing differ: to be read before any difference between two things.
struct RunVariance {
    // Chance that two runs of one task, same arm, end differently; mean over tasks with two runs or more.
    double flip_rate = 0;
    bool repeated = false;               // whether any task had two runs: without them the rest says nothing
    std::vector<double> rate_of_run;     // pass rate of the first run of every task, of the second, …
    double deviation_of_run = 0;         // standard deviation of such a rate that the flips explain
    std::vector<FlakyTask> flaky_tasks;  // neither always nor never passed; the most undecided first
};

// Pure. `rate_of_run` has as many entries as all tasks have runs in common.
[[nodiscard]] RunVariance run_variance(const Outcomes& outcomes);

}  // namespace hearth::eval
