#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/result.h"
#include "eval/attempt_runner.h"
#include "eval/energy.h"
#include "eval/result_store.h"

namespace hearth::eval {

// Everything that is to be run: models x agents x tasks x seeds.
struct RunRequest {
    std::string suite;
    std::vector<Task> tasks;
    std::vector<std::string> models;  // {""} for agents that need none
    std::vector<AgentSpec> agents;
    int seeds = 3;
    AttemptLimits limits;
    int parallel = 1;
    std::filesystem::path energy_counters = kEnergyCounters;
    bool again = false;   // a new run although there is one of this plan
    std::string version;  // of hearth: results of two versions are not mixed in one run
};

// Makes a model ready; called for one model after another, so that only one needs to be loaded.
using ModelSource = std::function<Result<ModelHandle>(const std::string& model, std::stop_token stop)>;

struct RunProgress {
    std::int64_t all = 0;
    std::int64_t finished = 0;  // also by earlier and other runners
    std::int64_t passed = 0;
    double seconds_left = 0;  // estimate; 0 when nothing is known yet
    Cell last;
    AttemptOutcome last_outcome;
};

// Told after each attempt, one call at a time.
using RunObserver = std::function<void(const RunProgress&)>;

// The plan with its key. Errors: of reading the tasks.
[[nodiscard]] Result<RunPlan> make_plan(const RunRequest& request);

// The cells in the order in which they run: by model, then seed, task and agent, so that an early end has seen every task.
[[nodiscard]] std::vector<Cell> cells_of(const RunRequest& request);

// Begins the run or goes on with it until every attempt is finished. Returns its id.
// Errors: kUnsupported when there is an energy budget and energy cannot be told, kInvalidInput when other attempts would run beside
// it; kCancelled after a stop, with everything that was under way given back; what is around the agents.
[[nodiscard]] Result<std::int64_t> run_suite(ResultStore& store, const RunRequest& request,
                                             const ModelSource& models, const Judge& judge,
                                             const RunObserver& observer, std::stop_token stop);

}  // namespace hearth::eval
