#include "eval/statistics.h"

#include <algorithm>

namespace hearth::eval {

std::size_t TaskOutcomes::passes() const {
    return static_cast<std::size_t>(std::ranges::count(passed, true));
}

double TaskOutcomes::rate() const {
    return passed.empty() ? 0.0 : static_cast<double>(passes()) / static_cast<double>(passed.size());
}

Outcomes with_runs(const Outcomes& outcomes) {
    Outcomes kept;
    for (const auto& each : outcomes)
        if (!each.passed.empty()) kept.push_back(each);
    return kept;
}

std::size_t fewest_runs(const Outcomes& outcomes) {
    const auto fewest =
        std::ranges::min_element(outcomes, {}, [](const TaskOutcomes& each) { return each.passed.size(); });
    return fewest == outcomes.end() ? 0 : fewest->passed.size();
}

double mean_rate(const Outcomes& outcomes) {
    double sum = 0;
    std::size_t tasks = 0;
    for (const auto& each : outcomes) {
        if (each.passed.empty()) continue;
        sum += each.rate();
        ++tasks;
    }
    return tasks == 0 ? 0.0 : sum / static_cast<double>(tasks);
}

}  // namespace hearth::eval
