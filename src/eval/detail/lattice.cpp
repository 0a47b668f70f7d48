#include "eval/detail/lattice.h"

#include <algorithm>
#include <cstdlib>
#include <map>

namespace hearth::eval::detail {
namespace {

// Rounding of a thousand additions must not turn 0.05 into 0.0500000001.
constexpr double kRounding = 1e-12;

}  // namespace

double SumDistribution::at_least(std::int64_t sum) const {
    double total = 0;
    for (std::size_t i = 0; i < chance.size(); ++i)
        if (lowest + static_cast<std::int64_t>(i) >= sum) total += chance[i];
    return std::min(1.0, total > kRounding ? total - kRounding * total : total);
}

double SumDistribution::quantile(double level) const {
    double before = 0;  // chance below the middle of the number at hand
    double last_at = static_cast<double>(lowest);
    double last_level = 0;
    double below = 0;
    for (std::size_t i = 0; i < chance.size(); ++i) {
        if (chance[i] <= 0) continue;
        const double at = static_cast<double>(lowest + static_cast<std::int64_t>(i));
        before = below + chance[i] / 2;
        if (before >= level) {
            if (last_level == 0) return at;
            return last_at + (at - last_at) * (level - last_level) / (before - last_level);
        }
        last_at = at;
        last_level = before;
        below += chance[i];
    }
    return last_at;
}

SumDistribution sum_of_signs(const std::vector<std::int64_t>& numbers) {
    SumDistribution sums{0, {1.0}};
    for (const auto number : numbers) {
        const auto size = static_cast<std::size_t>(std::abs(number));
        if (size == 0) continue;
        std::vector<double> next(sums.chance.size() + 2 * size, 0.0);
        for (std::size_t i = 0; i < sums.chance.size(); ++i) {
            next[i] += sums.chance[i] / 2;
            next[i + 2 * size] += sums.chance[i] / 2;
        }
        sums.chance = std::move(next);
        sums.lowest -= static_cast<std::int64_t>(size);
    }
    return sums;
}

SumDistribution sum_of_draws(const std::vector<std::int64_t>& numbers, std::size_t draws) {
    if (numbers.empty()) return {0, {1.0}};
    std::map<std::int64_t, double> single;
    for (const auto number : numbers)
        single[number] += 1.0 / static_cast<double>(numbers.size());
    const auto least = single.begin()->first;
    const auto range = static_cast<std::size_t>(single.rbegin()->first - least);
    SumDistribution sums{least * static_cast<std::int64_t>(draws), {1.0}};
    for (std::size_t draw = 0; draw < draws; ++draw) {
        std::vector<double> next(sums.chance.size() + range, 0.0);
        for (const auto& [number, chance] : single) {
            const auto shift = static_cast<std::size_t>(number - least);
            for (std::size_t i = 0; i < sums.chance.size(); ++i)
                next[i + shift] += sums.chance[i] * chance;
        }
        sums.chance = std::move(next);
    }
    return sums;
}

}  // namespace hearth::eval::detail
