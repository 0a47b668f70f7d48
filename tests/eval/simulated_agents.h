#pragma once
#include <cmath>
#include <cstddef>
#include <random>
#include <string>
#include <vector>

#include "eval/statistics.h"

namespace hearth::eval {

// Agents of which the truth is known: each task has its own chance to pass, drawn around the agent's rate.
class SimulatedAgents {
public:
    explicit SimulatedAgents(unsigned seed) : generator_(seed) {}

    double unit() { return std::uniform_real_distribution<>()(generator_); }

    double rate_between(double low, double high) { return low + (high - low) * unit(); }

    // From a beta distribution with the mean `rate`; `likeness` is the correlation of two runs of one task, 0 (all tasks
    // equally hard) to 1 (a task passes always or never).
    double chance_of_task(double rate, double likeness) {
        if (likeness <= 0) return rate;
        const double weight = (1 - likeness) / likeness;
        const double pass = std::gamma_distribution<>(rate * weight)(generator_);
        const double fail = std::gamma_distribution<>((1 - rate) * weight)(generator_);
        if (pass + fail > 0) return pass / (pass + fail);
        return unit() < rate ? 1 : 0;
    }

    std::vector<double> chances(std::size_t tasks, double rate, double likeness) {
        std::vector<double> all;
        for (std::size_t i = 0; i < tasks; ++i)
            all.push_back(chance_of_task(rate, likeness));
        return all;
    }

    Outcomes run(const std::vector<double>& chances, std::size_t seeds) {
        Outcomes outcomes;
        for (const double chance : chances) {
            TaskOutcomes task{"task-" + std::to_string(outcomes.size()), {}};
            for (std::size_t i = 0; i < seeds; ++i)
                task.passed.push_back(unit() < chance);
            outcomes.push_back(std::move(task));
        }
        return outcomes;
    }

private:
    std::mt19937_64 generator_;
};

// Task "a", "b", … with so many passes of so many runs.
struct Passes {
    std::size_t passed;
    std::size_t runs;
};

inline Outcomes outcomes_of(const std::vector<Passes>& tasks) {
    Outcomes outcomes;
    for (const auto& each : tasks) {
        TaskOutcomes task{std::string(1, static_cast<char>('a' + outcomes.size())), {}};
        for (std::size_t i = 0; i < each.runs; ++i)
            task.passed.push_back(i < each.passed);
        outcomes.push_back(std::move(task));
    }
    return outcomes;
}

}  // namespace hearth::eval
