#pragma once
#include <cstddef>
#include <string>
#include <vector>

namespace hearth::eval {

// What all statistics are made from: for each task what its runs gave. Runs of one task are alike in everything but the
// seed; their order is that of the seeds where an order matters. Tasks without runs are left out everywhere.
struct TaskOutcomes {
    std::string task;
    std::vector<bool> passed;  // one entry a run

    [[nodiscard]] std::size_t passes() const;
    [[nodiscard]] double rate() const;  // 0 without runs
};

using Outcomes = std::vector<TaskOutcomes>;

// From low to high, both between the ends of the scale in question.
struct Interval {
    double low = 0;
    double high = 1;

    [[nodiscard]] bool contains(double value) const { return low <= value && value <= high; }
};

inline constexpr double kConfidence = 0.95;

[[nodiscard]] Outcomes with_runs(const Outcomes& outcomes);

// The fewest runs that a task has; 0 without tasks.
[[nodiscard]] std::size_t fewest_runs(const Outcomes& outcomes);

// Mean over tasks of their pass rates, so that a task with more runs counts no more than another. 0 without any run.
[[nodiscard]] double mean_rate(const Outcomes& outcomes);

}  // namespace hearth::eval
