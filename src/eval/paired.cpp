#include "eval/paired.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <numeric>
#include <string_view>

#include "eval/detail/lattice.h"
#include "eval/distributions.h"

namespace hearth::eval {
namespace {

struct Differences {
    std::vector<double> values;  // one a task, other less base
    double base_sum = 0;
    double other_sum = 0;
    std::int64_t common_runs = 1;  // every value is a multiple of 1 / common_runs
    double mean_runs = 1;
};

// Beyond this, differences are rounded to a grid: the sums over all tasks then have so many values that the tests take seconds.
constexpr double kFinestGrid = 12000;

std::int64_t common_multiple(std::int64_t a, std::int64_t b, std::int64_t limit) {
    const auto step = b / std::gcd(a, b);
    return a > limit / step ? limit : a * step;
}

Differences differences(const Outcomes& base, const Outcomes& other) {
    std::map<std::string_view, const TaskOutcomes*> by_name;
    for (const auto& each : base)
        if (!each.passed.empty()) by_name.emplace(each.task, &each);
    Differences result;
    std::vector<std::int64_t> counts;
    double inverse_runs = 0;
    for (const auto& each : other) {
        const auto found = each.passed.empty() ? by_name.end() : by_name.find(each.task);
        if (found == by_name.end()) continue;
        const auto& partner = *found->second;
        result.values.push_back(each.rate() - partner.rate());
        result.base_sum += partner.rate();
        result.other_sum += each.rate();
        counts.push_back(static_cast<std::int64_t>(each.passed.size()));
        counts.push_back(static_cast<std::int64_t>(partner.passed.size()));
        inverse_runs += 1 / static_cast<double>(counts.back()) + 1 / static_cast<double>(*(counts.end() - 2));
    }
    if (result.values.empty()) return result;
    const auto tasks = static_cast<double>(result.values.size());
    result.mean_runs = 2 * tasks / inverse_runs;
    const auto limit = std::max<std::int64_t>(1, static_cast<std::int64_t>(kFinestGrid / tasks));
    for (const auto count : counts)
        result.common_runs = common_multiple(result.common_runs, count, limit);
    return result;
}

std::vector<std::int64_t> on_grid(const Differences& differences) {
    std::vector<std::int64_t> steps;
    for (const double value : differences.values)
        steps.push_back(std::llround(value * static_cast<double>(differences.common_runs)));
    return steps;
}

// The percentile interval of a bootstrap is too narrow for few tasks, as the normal interval is beside Student's t; its levels
// are moved out by as much.
double widened_level(double level, double tasks) {
    if (tasks < 2) return level;
    return normal_cdf(student_quantile(level, tasks - 1) * std::sqrt(tasks / (tasks - 1)));
}

Interval bootstrap_interval(const Differences& differences, double confidence) {
    auto steps = on_grid(differences);
    const auto tasks = static_cast<double>(steps.size());
    const auto one_run = std::max<std::int64_t>(
        1, std::llround(static_cast<double>(differences.common_runs) / differences.mean_runs));
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
    const auto paired = differences(base, other);
    Comparison result;
    result.tasks = paired.values.size();
    if (paired.values.empty()) return result;
    const auto tasks = static_cast<double>(result.tasks);
    result.base_rate = paired.base_sum / tasks;
    result.other_rate = paired.other_sum / tasks;
    result.effect = result.other_rate - result.base_rate;
    const auto steps = on_grid(paired);
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
    const auto steps = on_grid(differences(base, other));
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
