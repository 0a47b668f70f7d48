#pragma once
#include <map>
#include <string>
#include <vector>

#include "eval/ranking.h"
#include "eval/result_store.h"

namespace hearth::eval {

// "qwen2.5-coder:1.5b with oneshot", "reference".
[[nodiscard]] std::string contender(const Cell& cell);

// Finished attempts as arms for the statistics: one a model and agent, in the order of their first appearance; runs of a task in
// the order of their seeds. Pure.
[[nodiscard]] std::vector<Arm> arms_of(const std::vector<AttemptRecord>& attempts);

// Whether the agent is one of the two ends of every suite, reference or none, which tell nothing about how hard its tasks are.
[[nodiscard]] bool is_yardstick(const Cell& cell);

// The arms without those.
[[nodiscard]] std::vector<Arm> measured_arms(const std::vector<AttemptRecord>& attempts);

// What the solved tasks of one arm cost: everything that was spent, also on failures, for each attempt that passed.
struct Cost {
    std::size_t attempts = 0;
    std::size_t passed = 0;
    double seconds = 0;
    TokenCount tokens;
    bool tokens_known = false;  // of every attempt
    double joules = 0;
    bool joules_known = false;
    std::map<std::string, std::size_t> failures;  // by name
};

[[nodiscard]] Cost cost_of(const std::string& arm, const std::vector<AttemptRecord>& attempts);

}  // namespace hearth::eval
