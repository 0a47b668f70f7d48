#include "eval/paired.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>

#include "eval/detail/differences.h"
#include "eval/detail/lattice.h"
#include "eval/distributions.h"

namespace hearth::eval {
namespace {

// The percentile interval of a bootstrap is too narrow for few tasks, as the normal interval is beside Student's t; its levels
// are moved out by as much.
double widened_level(double level, double tasks) {
    if (tasks < 2) return level;
    return normal_cdf(student_quantile(level, tasks - 1) * std::sqrt(tasks / (tasks - 1)));
}

Interval bootstrap_interval(const detail::Differences& differences, double confidence) {
    auto steps = detail::on_grid(differences);
    const auto tasks = static_cast<double>(steps.size());
    const auto one_run = detail::one_run(differences);
    const double level = widened_level((1 + confidence) / 2, tasks);
    // Two imagined tasks, half a run apart from 0 each: in units of half a step.
    for (auto& step : steps)
        step *= 2;
    steps.push_back(one_run);
    steps.push_back(-one_run);
    const auto sums = detail::sum_of_draws(steps, static_cast<std::size_t>(tasks));
    const double scale = 2 * static_cast<double>(differences.common_runs) * tasks;
    return {std::max(-1.0, sums.quantile(1 - level) / scale), std::min(1.0, sums.quantile(level) / scale)};
}

}  // namespace

Comparison compare(const Outcomes& base, const Outcomes& other, double confidence) {
    const auto paired = detail::differences(base, other);
    Comparison result;
    result.tasks = paired.values.size();
    if (paired.values.empty()) return result;
    const auto tasks = static_cast<double>(result.tasks);
    result.base_rate = paired.base_sum / tasks;
    result.other_rate = paired.other_sum / tasks;
    result.effect = result.other_rate - result.base_rate;
    const auto steps = detail::on_grid(paired);
    double squares = 0;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        ++(steps[i] > 0 ? result.better : steps[i] < 0 ? result.worse : result.equal);
        squares += (paired.values[i] - result.effect) * (paired.values[i] - result.effect);
    }
    result.deviation = result.tasks > 1 ? std::sqrt(squares / (tasks - 1)) : 0;
    result.interval = bootstrap_interval(paired, confidence);
    const auto sum = std::accumulate(steps.begin(), steps.end(), std::int64_t{0});
    result.p_value = std::min(1.0, 2 * detail::sum_of_signs(steps).at_least(std::abs(sum)));
    return result;
}

double p_of_drop(const Outcomes& base, const Outcomes& other) {
    const auto steps = detail::on_grid(detail::differences(base, other));
    if (steps.empty()) return 1;
    const auto sum = std::accumulate(steps.begin(), steps.end(), std::int64_t{0});
    return detail::sum_of_signs(steps).at_least(-sum);
}

double mcnemar_exact(std::size_t only_base, std::size_t only_other) {
    std::vector<std::int64_t> steps(only_base, -1);
    steps.insert(steps.end(), only_other, 1);
    const auto larger = static_cast<std::int64_t>(std::max(only_base, only_other));
    const auto smaller = static_cast<std::int64_t>(std::min(only_base, only_other));
    return std::min(1.0, 2 * detail::sum_of_signs(steps).at_least(larger - smaller));
}

std::vector<double> holm(const std::vector<double>& p_values) {
    std::vector<std::size_t> order(p_values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [&](std::size_t i) { return p_values[i]; });
    std::vector<double> corrected(p_values.size());
    double largest = 0;
    for (std::size_t i = 0; i < order.size(); ++i) {
        largest = std::max(largest, static_cast<double>(order.size() - i) * p_values[order[i]]);
        corrected[order[i]] = std::min(1.0, largest);
    }
    return corrected;
}

}  // namespace hearth::eval
