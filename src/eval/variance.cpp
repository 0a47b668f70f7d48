#include "eval/variance.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace hearth::eval {
namespace {

double distance_from_half(const FlakyTask& task) {
    return std::abs(static_cast<double>(task.passes) / static_cast<double>(task.runs) - 0.5);
}

std::vector<double> rates_by_run(const Outcomes& outcomes) {
    std::vector<double> rates;
    if (outcomes.empty()) return rates;
    auto common = outcomes.front().passed.size();
    for (const auto& each : outcomes)
        common = std::min(common, each.passed.size());
    for (std::size_t run = 0; run < common; ++run) {
        double passes = 0;
        for (const auto& each : outcomes)
            passes += each.passed[run] ? 1 : 0;
        rates.push_back(passes / static_cast<double>(outcomes.size()));
    }
    return rates;
}

}  // namespace

RunVariance run_variance(const Outcomes& outcomes) {
    const auto kept = with_runs(outcomes);
    RunVariance result;
    result.rate_of_run = rates_by_run(kept);
    double flips = 0;
    double repeated_tasks = 0;
    for (const auto& each : kept) {
        const auto runs = each.passed.size();
        const auto passes = each.passes();
        if (runs < 2) continue;
        // Pairs of runs that differ, of all pairs.
        flips += 2 * static_cast<double>(passes * (runs - passes)) / static_cast<double>(runs * (runs - 1));
        repeated_tasks += 1;
        if (passes > 0 && passes < runs) result.flaky_tasks.push_back({each.task, passes, runs});
    }
    if (repeated_tasks == 0) return result;
    result.repeated = true;
    result.flip_rate = flips / repeated_tasks;
    // Two runs differ with chance 2 p (1 - p), so a run's variance on a task is half of it.
    result.deviation_of_run = std::sqrt(result.flip_rate / 2 / static_cast<double>(kept.size()));
    std::ranges::sort(result.flaky_tasks, {},
                      [](const FlakyTask& task) { return std::pair(distance_from_half(task), task.task); });
    return result;
}

}  // namespace hearth::eval
