#pragma once
#include <cstdint>
#include <vector>

#include "eval/statistics.h"

namespace hearth::eval::detail {

// Two arms task by task, on the tasks that both have run.
struct Differences {
    std::vector<double> values;  // one a task, other less base
    double base_sum = 0;         // of pass rates
    double other_sum = 0;
    std::int64_t common_runs = 1;  // every value is a multiple of 1 / common_runs
    double mean_runs = 1;          // of a task by one arm
};

[[nodiscard]] Differences differences(const Outcomes& base, const Outcomes& other);

// The values in steps of 1 / common_runs.
[[nodiscard]] std::vector<std::int64_t> on_grid(const Differences& differences);

// What one run more or less changes, in such steps; at least 1.
[[nodiscard]] std::int64_t one_run(const Differences& differences);

}  // namespace hearth::eval::detail
