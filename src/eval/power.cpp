#include "eval/power.h"

#include <algorithm>
#include <cmath>

#include "eval/distributions.h"

namespace hearth::eval {
namespace {

constexpr double kMostTasks = 100'000;
constexpr double kSamePower = 0.01;

double variance_of_task(double seeds, const Expectation& expectation) {
    return expectation.effect_spread * expectation.effect_spread + expectation.flip_rate / seeds;
}

// How many standard errors the true difference must be away from 0.
double distance_needed(const Expectation& expectation, double power) {
    return normal_quantile(1 - expectation.alpha / 2) + normal_quantile(power);
}

}  // namespace

double power_of(const Design& design, double effect, const Expectation& expectation) {
    if (design.tasks == 0 || design.seeds == 0) return 0;
    const double variance = variance_of_task(static_cast<double>(design.seeds), expectation);
    const double error = std::sqrt(variance / static_cast<double>(design.tasks));
    if (error == 0) return effect == 0 ? 0 : 1;
    const double border = normal_quantile(1 - expectation.alpha / 2);
    return normal_cdf(std::abs(effect) / error - border);
}

double detectable_effect(const Design& design, const Expectation& expectation, double power) {
    if (design.tasks == 0 || design.seeds == 0) return 1;
    const double variance = variance_of_task(static_cast<double>(design.seeds), expectation);
    return std::min(
        1.0, distance_needed(expectation, power) * std::sqrt(variance / static_cast<double>(design.tasks)));
}

std::optional<std::size_t> tasks_needed(double effect, std::size_t seeds, const Expectation& expectation,
                                        double power) {
    if (effect == 0 || seeds == 0) return std::nullopt;
    const double ratio = distance_needed(expectation, power) / effect;
    const double tasks = std::ceil(ratio * ratio * variance_of_task(static_cast<double>(seeds), expectation));
    if (tasks > kMostTasks) return std::nullopt;
    return static_cast<std::size_t>(std::max(1.0, tasks));
}

std::optional<std::size_t> seeds_needed(double effect, std::size_t tasks, const Expectation& expectation,
                                        double power) {
    if (effect == 0 || tasks == 0) return std::nullopt;
    const double error = effect / distance_needed(expectation, power);
    const double left =
        error * error * static_cast<double>(tasks) - expectation.effect_spread * expectation.effect_spread;
    if (left <= 0 || expectation.flip_rate / left > kMostTasks) return std::nullopt;
    return static_cast<std::size_t>(std::max(1.0, std::ceil(expectation.flip_rate / left)));
}

Better better_design(const Design& first, const Design& second, double effect,
                     const Expectation& expectation) {
    const double gain = power_of(first, effect, expectation) - power_of(second, effect, expectation);
    if (std::abs(gain) > kSamePower) return gain > 0 ? Better::kFirst : Better::kSecond;
    if (first.runs() == second.runs()) return Better::kAlike;
    return first.runs() < second.runs() ? Better::kFirst : Better::kSecond;
}

}  // namespace hearth::eval
