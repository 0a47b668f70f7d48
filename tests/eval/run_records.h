#pragma once
#include <string>
#include <utility>
#include <vector>

#include "eval/run_comparison.h"

namespace hearth::eval {

// Runs as the store would give them, without one.
struct Passed {
    std::string task;
    std::vector<bool> runs;
};

inline std::vector<AttemptRecord> attempts_of(const std::string& model, const std::string& agent,
                                              const std::vector<Passed>& tasks) {
    std::vector<AttemptRecord> attempts;
    for (const auto& task : tasks) {
        for (std::size_t seed = 0; seed < task.runs.size(); ++seed) {
            AttemptRecord attempt;
            attempt.id = static_cast<std::int64_t>(attempts.size()) + 1;
            attempt.cell = {task.task, model, agent, static_cast<std::int64_t>(seed) + 1};
            attempt.finished = true;
            attempt.outcome.passed = task.runs[seed];
            attempt.outcome.passed_at = task.runs[seed] ? 1 : 0;
            attempt.outcome.failure = task.runs[seed] ? Failure::kNone : Failure::kAssertion;
            attempt.outcome.seconds = 10;
            attempts.push_back(attempt);
        }
    }
    return attempts;
}

inline RunResults run_of(std::int64_t id, std::vector<AttemptRecord> attempts,
                         const std::string& settings = "") {
    RunResults results;
    results.run.id = id;
    results.run.plan.suite = "dev";
    results.run.plan.settings = settings;
    results.run.created_ms = 1'795'000'000'000 + id * 86'400'000;
    results.run.attempts = results.run.finished = static_cast<std::int64_t>(attempts.size());
    for (const auto& attempt : attempts)
        results.run.passed += attempt.outcome.passed ? 1 : 0;
    results.attempts = std::move(attempts);
    return results;
}

// "t0", "t1", …: the first `passed` of `tasks` passed in every one of `seeds` runs, the rest in none.
inline std::vector<Passed> first_tasks(std::size_t passed, std::size_t tasks, std::size_t seeds = 2) {
    std::vector<Passed> result;
    for (std::size_t i = 0; i < tasks; ++i)
        result.push_back({"t" + std::to_string(i), std::vector<bool>(seeds, i < passed)});
    return result;
}

// Settings of a plan that holds these tasks with these texts.
inline std::string settings_with(const std::vector<std::pair<std::string, std::string>>& tasks,
                                 const std::string& more = "") {
    std::string list;
    for (const auto& [id, text] : tasks)
        list += (list.empty() ? "" : ",") + std::string(R"({"id":")") + id + R"(","fingerprint":")" + text +
                R"("})";
    return "{" + more + (more.empty() ? "" : ",") + R"("tasks":[)" + list + "]}";
}

}  // namespace hearth::eval
