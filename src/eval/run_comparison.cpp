#include "eval/run_comparison.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <set>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"
#include "eval/run_outcomes.h"

namespace hearth::eval {
namespace {

// Every setting as a name and a text; of the tasks and models nothing, because those are compared by what was run.
std::map<std::string, std::string> settings_of(const RunPlan& plan) {
    std::map<std::string, std::string> settings{{"suite", plan.suite},
                                                {"protocol", std::string(protocol_name(plan.protocol))}};
    const auto value = parse_json(plan.settings);
    if (!value || !value->is_object()) return settings;
    for (const auto& [key, each] : value->get_object()) {
        if (key == "tasks" || key == "models" || key == "agents") continue;
        settings[key] = each.is_string() ? std::string(each.get_string()) : json::serialize(each);
    }
    const auto* agents = array_member(*value, "agents");
    if (agents == nullptr) return settings;
    for (const auto& agent : *agents) {
        const auto name = std::string(string_member(agent, "name").value_or(""));
        if (const auto command = string_member(agent, "command"); command && !command->empty())
            settings[fmt::format("agent {}: command", name)] = *command;
        if (const auto contained = bool_member(agent, "contained"))
            settings[fmt::format("agent {}: contained", name)] = *contained ? "yes" : "no";
    }
    return settings;
}

// What served each contender, all that its attempts name.
std::map<std::string, std::string> engines_of(const RunResults& results) {
    std::map<std::string, std::set<std::string>> found;
    for (const auto& attempt : results.attempts)
        if (attempt.finished && !attempt.outcome.engine.empty())
            found[contender(attempt.cell)].insert(attempt.outcome.engine);
    std::map<std::string, std::string> engines;
    for (const auto& [name, all] : found)
        engines[name] = join({all.begin(), all.end()}, "; ");
    return engines;
}

// Settings of an agent that only one run has are no change: the agent is listed as its own.
std::vector<SettingChange> setting_changes(const RunResults& before, const RunResults& after) {
    const auto old_settings = settings_of(before.run.plan);
    const auto new_settings = settings_of(after.run.plan);
    std::vector<SettingChange> changes;
    for (const auto& [name, value] : old_settings) {
        const auto other = new_settings.find(name);
        if (other == new_settings.end() && name.starts_with("agent ")) continue;
        const auto now = other == new_settings.end() ? std::string() : other->second;
        if (now != value) changes.push_back({name, value, now});
    }
    for (const auto& [name, value] : new_settings)
        if (!old_settings.contains(name) && !name.starts_with("agent ")) changes.push_back({name, "", value});
    const auto old_engines = engines_of(before);
    for (const auto& [name, engine] : engines_of(after)) {
        const auto old = old_engines.find(name);
        if (old != old_engines.end() && old->second != engine)
            changes.push_back({"engine of " + name, old->second, engine});
    }
    return changes;
}

std::set<std::string> tasks_of(const RunResults& results) {
    std::set<std::string> tasks;
    for (const auto& attempt : results.attempts)
        tasks.insert(attempt.cell.task);
    return tasks;
}

Outcomes without(const Outcomes& outcomes, const std::vector<std::string>& tasks) {
    Outcomes kept;
    for (const auto& each : outcomes)
        if (std::ranges::find(tasks, each.task) == tasks.end()) kept.push_back(each);
    return kept;
}

void list_tasks(const Outcomes& before, const Outcomes& after, ContenderChange& change) {
    for (const auto& each : before) {
        const auto other = std::ranges::find(after, each.task, &TaskOutcomes::task);
        if (other == after.end() || each.passed.empty() || other->passed.empty()) continue;
        if (other->rate() > each.rate()) change.better.push_back({each, *other});
        if (other->rate() < each.rate()) change.worse.push_back({each, *other});
    }
    const auto size = [](const TaskChange& task) {
        return std::pair(-std::abs(task.after.rate() - task.before.rate()), task.before.task);
    };
    std::ranges::sort(change.better, {}, size);
    std::ranges::sort(change.worse, {}, size);
}

RunComparison compare_two(const RunResults& before, const RunResults& after, double alpha,
                          double alpha_of_one) {
    RunComparison result{.before = before.run.id, .after = after.run.id};
    result.settings = setting_changes(before, after);
    const auto old_texts = task_texts(before.run.plan);
    const auto new_texts = task_texts(after.run.plan);
    for (const auto& [task, text] : old_texts) {
        const auto other = new_texts.find(task);
        if (other != new_texts.end() && other->second != text) result.changed_tasks.push_back(task);
    }
    const auto old_tasks = tasks_of(before);
    const auto new_tasks = tasks_of(after);
    std::ranges::set_difference(old_tasks, new_tasks, std::back_inserter(result.tasks_before));
    std::ranges::set_difference(new_tasks, old_tasks, std::back_inserter(result.tasks_after));
    const auto old_arms = arms_of(before.attempts);
    const auto new_arms = arms_of(after.attempts);
    for (const auto& arm : new_arms)
        if (std::ranges::find(old_arms, arm.name, &Arm::name) == old_arms.end())
            result.contenders_after.push_back(arm.name);
    for (const auto& arm : old_arms) {
        const auto other = std::ranges::find(new_arms, arm.name, &Arm::name);
        if (other == new_arms.end()) {
            result.contenders_before.push_back(arm.name);
            continue;
        }
        const auto base = without(arm.outcomes, result.changed_tasks);
        const auto now = without(other->outcomes, result.changed_tasks);
        ContenderChange change{.name = arm.name, .comparison = compare(base, now, 1 - alpha)};
        list_tasks(base, now, change);
        change.outlook = outlook(base, now, alpha_of_one);
        result.contenders.push_back(std::move(change));
    }
    return result;
}

// How many contenders are compared, before they are.
std::size_t pairs_in(const std::vector<RunResults>& runs) {
    std::size_t pairs = 0;
    const auto first = arms_of(runs.front().attempts);
    for (std::size_t i = 1; i < runs.size(); ++i) {
        for (const auto& arm : arms_of(runs[i].attempts))
            pairs += std::ranges::find(first, arm.name, &Arm::name) == first.end() ? 0 : 1;
    }
    return pairs;
}

}  // namespace

std::map<std::string, std::string> task_texts(const RunPlan& plan) {
    std::map<std::string, std::string> texts;
    const auto settings = parse_json(plan.settings);
    if (!settings) return texts;
    const auto* tasks = array_member(*settings, "tasks");
    if (tasks == nullptr) return texts;
    for (const auto& task : *tasks) {
        const auto id = string_member(task, "id");
        const auto text = string_member(task, "fingerprint");
        if (id && text) texts[std::string(*id)] = *text;
    }
    return texts;
}

std::vector<RunComparison> compare_runs(const std::vector<RunResults>& runs, double alpha) {
    std::vector<RunComparison> comparisons;
    if (runs.size() < 2) return comparisons;
    const auto pairs = static_cast<double>(std::max<std::size_t>(1, pairs_in(runs)));
    std::vector<double> p_values;
    for (std::size_t i = 1; i < runs.size(); ++i) {
        comparisons.push_back(compare_two(runs.front(), runs[i], alpha, alpha / pairs));
        for (const auto& change : comparisons.back().contenders)
            p_values.push_back(change.comparison.p_value);
    }
    const auto corrected = holm(p_values);
    auto next = corrected.begin();
    for (auto& comparison : comparisons) {
        for (auto& change : comparison.contenders) {
            change.corrected_p = *next++;
            const auto& interval = change.comparison.interval;
            change.separated = change.corrected_p < alpha && (interval.low > 0 || interval.high < 0);
        }
    }
    return comparisons;
}

}  // namespace hearth::eval
