#include "eval/run_outcomes.h"

#include <algorithm>
#include <fmt/format.h>

namespace hearth::eval {

std::string contender(const Cell& cell) {
    return cell.model.empty() ? cell.agent : fmt::format("{} with {}", cell.model, cell.agent);
}

std::vector<Arm> arms_of(const std::vector<AttemptRecord>& attempts) {
    std::vector<const AttemptRecord*> finished;
    for (const auto& attempt : attempts)
        if (attempt.finished) finished.push_back(&attempt);
    std::ranges::sort(finished, {},
                      [](const auto* attempt) { return std::pair(attempt->cell.seed, attempt->id); });
    std::vector<Arm> arms;
    for (const auto* attempt : finished) {
        const auto name = contender(attempt->cell);
        auto arm = std::ranges::find(arms, name, &Arm::name);
        if (arm == arms.end()) arm = arms.insert(arms.end(), Arm{name, {}});
        auto task = std::ranges::find(arm->outcomes, attempt->cell.task, &TaskOutcomes::task);
        if (task == arm->outcomes.end())
            task = arm->outcomes.insert(task, TaskOutcomes{attempt->cell.task, {}});
        task->passed.push_back(attempt->outcome.passed);
    }
    return arms;
}

bool is_yardstick(const Cell& cell) { return cell.agent == "reference" || cell.agent == "none"; }

std::vector<Arm> measured_arms(const std::vector<AttemptRecord>& attempts) {
    std::vector<AttemptRecord> measured;
    std::ranges::copy_if(attempts, std::back_inserter(measured),
                         [](const auto& attempt) { return !is_yardstick(attempt.cell); });
    return arms_of(measured);
}

Cost cost_of(const std::string& arm, const std::vector<AttemptRecord>& attempts) {
    Cost cost;
    cost.tokens_known = cost.joules_known = true;
    for (const auto& attempt : attempts) {
        if (!attempt.finished || contender(attempt.cell) != arm) continue;
        const auto& outcome = attempt.outcome;
        ++cost.attempts;
        cost.seconds += outcome.seconds;
        if (outcome.tokens)
            cost.tokens += *outcome.tokens;
        else
            cost.tokens_known = false;
        cost.joules += outcome.joules.value_or(0);
        if (!outcome.joules) cost.joules_known = false;
        if (outcome.passed)
            ++cost.passed;
        else
            ++cost.failures[std::string(failure_name(outcome.failure))];
    }
    return cost;
}

}  // namespace hearth::eval
