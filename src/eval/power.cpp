#include "eval/power.h"

#include <algorithm>
#include <cmath>

#include "eval/distributions.h"

namespace hearth::eval {
namespace {

constexpr double kMostTasks = 100'000;
constexpr double kSamePower = 0.01;

double variance_of_task(double effect, double seeds, const Expectation& expectation) {
    const double expected =
        expectation.effect_spread * expectation.effect_spread + expectation.flip_rate / seeds;
    return std::max(expected, std::abs(effect) / seeds - effect * effect);
}

// How many standard errors the true difference must be away from 0.
double distance_needed(const Expectation& expectation, double power) {
    return normal_quantile(1 - expectation.alpha / 2) + normal_quantile(power);
}

}  // namespace

std::size_t fewest_tasks(double alpha) {
    std::size_t tasks = 1;
    for (double smallest_p = 1; smallest_p > alpha && tasks < 1000; smallest_p /= 2)
        ++tasks;
    return tasks;
}

double power_of(const Design& design, double effect, const Expectation& expectation) {
    if (design.tasks < fewest_tasks(expectation.alpha) || design.seeds == 0) return 0;
    const double variance = variance_of_task(effect, static_cast<double>(design.seeds), expectation);
    const double error = std::sqrt(variance / static_cast<double>(design.tasks));
    if (error == 0) return effect == 0 ? 0 : 1;
    const double border = normal_quantile(1 - expectation.alpha / 2);
    return normal_cdf(std::abs(effect) / error - border);
}

double detectable_effect(const Design& design, const Expectation& expectation, double power) {
    if (design.tasks < fewest_tasks(expectation.alpha) || design.seeds == 0) return 1;
    const double distance = distance_needed(expectation, power);
    const auto seeds = static_cast<double>(design.seeds);
    const double per_task = distance * distance / static_cast<double>(design.tasks);
    // Where the variance does not depend on the effect, and where it is the least that the effect needs.
    const double usual = std::sqrt(per_task * variance_of_task(0, seeds, expectation));
    const double least = per_task / seeds / (1 + per_task);
    return std::min(1.0, std::max(usual, least));
}

std::optional<std::size_t> tasks_needed(double effect, std::size_t seeds, const Expectation& expectation,
                                        double power) {
    if (effect == 0 || seeds == 0) return std::nullopt;
    const double ratio = distance_needed(expectation, power) / effect;
    const double variance = variance_of_task(effect, static_cast<double>(seeds), expectation);
    const double tasks = std::ceil(ratio * ratio * variance);
    if (tasks > kMostTasks) return std::nullopt;
    return std::max(fewest_tasks(expectation.alpha), static_cast<std::size_t>(tasks));
}

std::optional<std::size_t> seeds_needed(double effect, std::size_t tasks, const Expectation& expectation,
                                        double power) {
    if (effect == 0 || tasks < fewest_tasks(expectation.alpha)) return std::nullopt;
    const double error = std::abs(effect) / distance_needed(expectation, power);
    const double variance = error * error * static_cast<double>(tasks);  // that one task may have
    const double left = variance - expectation.effect_spread * expectation.effect_spread;
    if (left <= 0 || expectation.flip_rate / left > kMostTasks) return std::nullopt;
    const double least = std::abs(effect) / (variance + effect * effect);
    return static_cast<std::size_t>(std::ceil(std::max({1.0, expectation.flip_rate / left, least})));
}

Better better_design(const Design& first, const Design& second, double effect,
                     const Expectation& expectation) {
    const double gain = power_of(first, effect, expectation) - power_of(second, effect, expectation);
    if (std::abs(gain) > kSamePower) return gain > 0 ? Better::kFirst : Better::kSecond;
    if (first.runs() == second.runs()) return Better::kAlike;
    return first.runs() < second.runs() ? Better::kFirst : Better::kSecond;
}

}  // namespace hearth::eval
