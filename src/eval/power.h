#pragma once
#include <cstddef>
#include <optional>

namespace hearth::eval {

// How many tasks, run how often by each arm.
struct Design {
    std::size_t tasks = 0;
    std::size_t seeds = 1;

    [[nodiscard]] std::size_t runs() const { return tasks * seeds; }
};

// What is known before the runs.
struct Expectation {
    double flip_rate = 0.2;  // chance that two runs of one arm on one task differ (variance.h)
    double effect_spread =
        0;  // standard deviation over tasks of the true difference of the arms; 0 when they differ alike
    double alpha = 0.05;  // two-sided; for a one-sided test give twice its alpha
};

// Variance of one task's difference of pass rates is effect_spread² + flip_rate / seeds, and no less than the effect itself needs
// when it shows as single runs: effect / seeds - effect². The mean over tasks is taken as normal. Fewer than fewest_tasks() find
// nothing. All of these are pure, with the usual power of 0.8 unless asked otherwise.

// Tasks below which the exact test of paired.h cannot call anything significant: its smallest p is 2^(1 - tasks).
[[nodiscard]] std::size_t fewest_tasks(double alpha);

// Chance to find a true difference of `effect` (0 to 1, sign does not matter).
[[nodiscard]] double power_of(const Design& design, double effect, const Expectation& expectation);

// The smallest true difference that is found with that power; 1 when there is none.
[[nodiscard]] double detectable_effect(const Design& design, const Expectation& expectation,
                                       double power = 0.8);

// Fewest tasks for a given number of seeds. Empty for no effect, or when 100,000 are not enough.
[[nodiscard]] std::optional<std::size_t> tasks_needed(double effect, std::size_t seeds,
                                                      const Expectation& expectation, double power = 0.8);

// Fewest seeds for a given number of tasks. Empty when none are enough: more runs of the same tasks do not make up for tasks
// that differ.
[[nodiscard]] std::optional<std::size_t> seeds_needed(double effect, std::size_t tasks,
                                                      const Expectation& expectation, double power = 0.8);

enum class Better { kFirst, kSecond, kAlike };

// Which of two designs finds the effect more often; alike within one point of power, where the one with fewer runs is better.
[[nodiscard]] Better better_design(const Design& first, const Design& second, double effect,
                                   const Expectation& expectation);

}  // namespace hearth::eval
