#include "eval/detail/differences.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <string_view>

namespace hearth::eval::detail {
namespace {

// Beyond this, differences are rounded to a grid: the sums over all tasks then have so many values that the tests take seconds.
constexpr double kFinestGrid = 12000;

std::int64_t common_multiple(std::int64_t a, std::int64_t b, std::int64_t limit) {
    const auto step = b / std::gcd(a, b);
    return a > limit / step ? limit : a * step;
}

}  // namespace

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

std::int64_t one_run(const Differences& differences) {
    return std::max<std::int64_t>(
        1, std::llround(static_cast<double>(differences.common_runs) / differences.mean_runs));
}

}  // namespace hearth::eval::detail
