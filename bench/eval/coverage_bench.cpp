#include <algorithm>
#include <benchmark/benchmark.h>
#include <cstddef>

#include "../../tests/eval/simulated_agents.h"
#include "eval/gate.h"
#include "eval/paired.h"
#include "eval/pass_rate.h"

// How often intervals hold the truth and how often the gate is wrong, with simulated agents whose truth is known. One iteration is
// one suite; the tables of docs/eval-statistics.md are the counters of these, in per cent. Arguments: tasks, runs of each, and
// how alike the runs of one task are (per cent).

namespace {

using namespace hearth::eval;

struct Setting {
    std::size_t tasks;
    std::size_t seeds;
    double likeness;

    explicit Setting(const benchmark::State& state)
        : tasks(static_cast<std::size_t>(state.range(0))),
          seeds(static_cast<std::size_t>(state.range(1))),
          likeness(static_cast<double>(state.range(2)) / 100) {}
};

void report(benchmark::State& state, const char* name, std::size_t hits) {
    const auto suites = static_cast<double>(state.iterations());
    state.counters["suites"] = suites;
    state.counters[name] = 100.0 * static_cast<double>(hits) / suites;
}

// The agent's rate over all tasks that the suite was drawn from.
void rate_covers(benchmark::State& state) {
    const Setting setting(state);
    SimulatedAgents agents(1);
    std::size_t covered = 0;
    for ([[maybe_unused]] auto _ : state) {
        const double rate = agents.rate_between(0.05, 0.95);
        const auto outcomes =
            agents.run(agents.chances(setting.tasks, rate, setting.likeness), setting.seeds);
        covered += pass_rate(outcomes).interval.contains(rate) ? 1 : 0;
    }
    report(state, "covered", covered);
}

// The agent's rate on just these tasks, run again.
void rate_on_these_tasks_covers(benchmark::State& state) {
    const Setting setting(state);
    SimulatedAgents agents(2);
    std::size_t covered = 0;
    for ([[maybe_unused]] auto _ : state) {
        const auto chances = agents.chances(setting.tasks, agents.rate_between(0.05, 0.95), setting.likeness);
        double truth = 0;
        for (const double chance : chances)
            truth += chance / static_cast<double>(setting.tasks);
        const auto found = pass_rate(agents.run(chances, setting.seeds), Scope::kTheseTasks);
        covered += found.interval.contains(truth) ? 1 : 0;
    }
    report(state, "covered", covered);
}

// Two agents of any rates, whose tasks are hard for both or for one.
void difference_covers(benchmark::State& state) {
    const Setting setting(state);
    SimulatedAgents agents(3);
    std::size_t covered = 0;
    for ([[maybe_unused]] auto _ : state) {
        const double first = agents.rate_between(0.05, 0.95);
        const double second = agents.rate_between(0.05, 0.95);
        const auto base = agents.run(agents.chances(setting.tasks, first, setting.likeness), setting.seeds);
        const auto other = agents.run(agents.chances(setting.tasks, second, setting.likeness), setting.seeds);
        covered += compare(base, other).interval.contains(second - first) ? 1 : 0;
    }
    report(state, "covered", covered);
}

// The same agent twice: every alarm is a false one.
void gate_false_alarms(benchmark::State& state) {
    const Setting setting(state);
    SimulatedAgents agents(4);
    std::size_t alarms = 0;
    for ([[maybe_unused]] auto _ : state) {
        const auto chances = agents.chances(setting.tasks, agents.rate_between(0.05, 0.95), setting.likeness);
        const auto before = agents.run(chances, setting.seeds);
        const auto after = agents.run(chances, setting.seeds);
        alarms += p_of_drop(before, after) <= GateRule{}.alpha ? 1 : 0;
    }
    report(state, "alarms", alarms);
}

// An agent that lost 15 points on every task where it had as many.
void gate_catches_a_drop(benchmark::State& state) {
    const Setting setting(state);
    SimulatedAgents agents(5);
    std::size_t caught = 0;
    double power = 0;
    for ([[maybe_unused]] auto _ : state) {
        const auto before = agents.chances(setting.tasks, agents.rate_between(0.4, 0.7), setting.likeness);
        auto after = before;
        double drop = 0;
        for (auto& chance : after) {
            const double lost = std::min(chance, 0.15);
            chance -= lost;
            drop += lost / static_cast<double>(setting.tasks);
        }
        const auto decision = regression_gate(agents.run(before, setting.seeds),
                                              agents.run(after, setting.seeds), {.drop_to_catch = drop});
        caught += decision.dropped ? 1 : 0;
        power += decision.power;
    }
    report(state, "caught", caught);
    state.counters["stated"] = 100 * power / static_cast<double>(state.iterations());
}

}  // namespace

BENCHMARK(rate_covers)->ArgsProduct({{20, 30, 40, 100}, {1, 2, 3, 5}, {0, 20, 50, 80}});
BENCHMARK(rate_on_these_tasks_covers)->ArgsProduct({{20, 40}, {2, 3, 5}, {0, 20, 50, 80}});
BENCHMARK(difference_covers)->ArgsProduct({{20, 40, 100}, {1, 3, 5}, {0, 30, 70}});
BENCHMARK(gate_false_alarms)->ArgsProduct({{20, 40, 100}, {1, 3, 5}, {0, 50}});
BENCHMARK(gate_catches_a_drop)->ArgsProduct({{20, 40, 100}, {1, 3, 5}, {30}});
