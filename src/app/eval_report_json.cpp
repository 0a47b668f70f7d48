#include <algorithm>
#include <fmt/format.h>

#include <boost/json.hpp>

#include "app/eval_probe.h"
#include "app/eval_report.h"
#include "core/json.h"
#include "core/text.h"
#include "eval/contamination.h"
#include "eval/difficulty.h"
#include "eval/outlook.h"
#include "eval/pass_rate.h"
#include "eval/run_outcomes.h"
#include "eval/variance.h"

namespace hearth::app {
namespace {

json::object attempt_json(const eval::AttemptRecord& attempt) {
    const auto& outcome = attempt.outcome;
    json::array tries;
    for (const auto& each : outcome.tries) {
        tries.push_back(json::object{{"passed", each.passed},
                                     {"failure", eval::failure_name(each.failure)},
                                     {"agent_seconds", each.agent_seconds},
                                     {"test_seconds", each.test_seconds}});
    }
    json::object object{{"attempt", attempt.id},       {"task", attempt.cell.task},
                        {"model", attempt.cell.model}, {"agent", attempt.cell.agent},
                        {"seed", attempt.cell.seed},   {"finished", attempt.finished}};
    if (!attempt.finished) return object;
    object["passed"] = outcome.passed;
    object["passed_at"] = outcome.passed_at;
    object["failure"] = eval::failure_name(outcome.failure);
    object["tests_touched"] = outcome.tests_touched;
    object["tries"] = std::move(tries);
    object["seconds"] = outcome.seconds;
    if (outcome.tokens) {
        object["prompt_tokens"] = outcome.tokens->prompt.value;
        object["cached_tokens"] = outcome.tokens->cached.value;
        object["generated_tokens"] = outcome.tokens->generated.value;
    }
    if (outcome.joules) object["joules"] = *outcome.joules;
    object["engine"] = to_valid_utf8(outcome.engine);
    object["folder"] = to_valid_utf8(outcome.folder);
    return object;
}

// The chance that one of 1, 2, ... runs passes, or that all do.
json::array by_k(const eval::Outcomes& outcomes,
                 std::optional<double> (*chance)(const eval::Outcomes&, std::size_t)) {
    json::array list;
    for (std::size_t k = 1; k <= eval::fewest_runs(outcomes); ++k)
        list.emplace_back(chance(outcomes, k).value_or(0));
    return list;
}

json::array contenders_json(const std::vector<eval::Arm>& arms, const eval::Ranking& ranking,
                            const std::vector<eval::AttemptRecord>& attempts) {
    json::array contenders;
    for (const auto& ranked : ranking.arms) {
        const auto variance = eval::run_variance(arms[ranked.arm].outcomes);
        const auto cost = eval::cost_of(ranked.name, attempts);
        json::object object{{"name", ranked.name},
                            {"best_rank", ranked.best_rank},
                            {"worst_rank", ranked.worst_rank},
                            {"attempts", cost.attempts},
                            {"passed", cost.passed},
                            {"rate", ranked.rate.rate},
                            {"low", ranked.rate.interval.low},
                            {"high", ranked.rate.interval.high},
                            {"pass_at_k", by_k(arms[ranked.arm].outcomes, eval::pass_at_k)},
                            {"pass_hat_k", by_k(arms[ranked.arm].outcomes, eval::pass_hat_k)},
                            {"flip_rate", variance.flip_rate},
                            {"seconds", cost.seconds}};
        if (cost.tokens_known) {
            object["prompt_tokens"] = cost.tokens.prompt.value;
            object["generated_tokens"] = cost.tokens.generated.value;
        }
        if (cost.joules_known) object["joules"] = cost.joules;
        object["failures"] = json::value_from(cost.failures);
        contenders.push_back(std::move(object));
    }
    return contenders;
}

json::object outlook_json(const eval::Outlook& outlook) {
    json::object object{{"tasks", outlook.design.tasks},    {"seeds", outlook.design.seeds},
                        {"detectable", outlook.detectable}, {"effect", outlook.wanted},
                        {"tasks_needed", nullptr},          {"seeds_needed", nullptr}};
    if (outlook.tasks) object["tasks_needed"] = *outlook.tasks;
    if (outlook.seeds) object["seeds_needed"] = *outlook.seeds;
    return object;
}

json::object comparison_json(const eval::Comparison& comparison, double corrected_p, bool separated) {
    return {{"tasks", comparison.tasks},
            {"effect", comparison.effect},
            {"low", comparison.interval.low},
            {"high", comparison.interval.high},
            {"p", corrected_p},
            {"separated", separated}};
}

json::array pairs_json(const std::vector<eval::Arm>& arms, const eval::Ranking& ranking) {
    json::array pairs;
    for (const auto& pair : ranking.pairs) {
        const auto& first = ranking.arms.at(pair.first);
        const auto& second = ranking.arms.at(pair.second);
        json::object object = comparison_json(pair.comparison, pair.corrected_p, pair.separated);
        object["first"] = first.name;
        object["second"] = second.name;
        if (!pair.separated)
            object["outlook"] =
                outlook_json(eval::outlook(arms[second.arm].outcomes, arms[first.arm].outcomes,
                                           0.05 / static_cast<double>(ranking.pairs.size())));
        pairs.push_back(std::move(object));
    }
    return pairs;
}

json::object calibration_json(const eval::Calibration& calibration) {
    json::array saturated;
    json::array hopeless;
    for (const auto& task : calibration.tasks) {
        if (task.verdict == eval::Verdict::kSaturated) saturated.emplace_back(task.task);
        if (task.verdict == eval::Verdict::kHopeless) hopeless.emplace_back(task.task);
    }
    return {{"best", calibration.best_arm},           {"rate", calibration.rate_now},
            {"rate_without", calibration.rate_after}, {"saturated", std::move(saturated)},
            {"hopeless", std::move(hopeless)},        {"needs_harder_tasks", calibration.needs_harder_tasks}};
}

json::array tasks_json(const std::vector<eval::TaskChange>& changes) {
    json::array list;
    for (const auto& change : changes)
        list.push_back(json::object{{"task", change.before.task},
                                    {"passed_before", change.before.passes()},
                                    {"runs_before", change.before.passed.size()},
                                    {"passed_after", change.after.passes()},
                                    {"runs_after", change.after.passed.size()}});
    return list;
}

json::object run_comparison_json(const eval::RunComparison& comparison) {
    json::array settings;
    for (const auto& setting : comparison.settings)
        settings.push_back(json::object{{"name", to_valid_utf8(setting.name)},
                                        {"before", to_valid_utf8(setting.before)},
                                        {"after", to_valid_utf8(setting.after)}});
    json::array contenders;
    for (const auto& change : comparison.contenders) {
        json::object object = comparison_json(change.comparison, change.corrected_p, change.separated);
        object["name"] = change.name;
        object["better"] = tasks_json(change.better);
        object["worse"] = tasks_json(change.worse);
        if (!change.separated) object["outlook"] = outlook_json(change.outlook);
        contenders.push_back(std::move(object));
    }
    return {{"before", comparison.before},
            {"after", comparison.after},
            {"contenders", std::move(contenders)},
            {"contenders_only_before", json::value_from(comparison.contenders_before)},
            {"contenders_only_after", json::value_from(comparison.contenders_after)},
            {"tasks_changed", json::value_from(comparison.changed_tasks)},
            {"tasks_only_before", json::value_from(comparison.tasks_before)},
            {"tasks_only_after", json::value_from(comparison.tasks_after)},
            {"settings", std::move(settings)}};
}

}  // namespace

std::string report_json(const eval::RunRecord& run, const std::vector<eval::AttemptRecord>& all) {
    const auto attempts = eval::without_variants(all);
    const auto arms = eval::arms_of(attempts);
    const auto ranking = eval::rank(arms);
    json::array list;
    for (const auto& attempt : all)
        list.push_back(attempt_json(attempt));
    json::object report{{"run", run.id},
                        {"suite", run.plan.suite},
                        {"protocol", eval::protocol_name(run.plan.protocol)},
                        {"attempts_planned", run.attempts},
                        {"attempts_finished", run.finished},
                        {"contenders", contenders_json(arms, ranking, attempts)},
                        {"pairs", pairs_json(arms, ranking)},
                        {"calibration", calibration_json(eval::calibrate(eval::measured_arms(attempts)))},
                        {"probes", probes_json(eval::contamination_probes(eval::arms_of(all)))},
                        {"attempts", std::move(list)}};
    if (auto settings = parse_json(run.plan.settings)) report["settings"] = *std::move(settings);
    return json::serialize(report) + "\n";
}

std::string comparisons_json(const std::vector<eval::RunComparison>& comparisons) {
    json::array list;
    for (const auto& comparison : comparisons)
        list.push_back(run_comparison_json(comparison));
    return json::serialize(json::object{{"comparisons", std::move(list)}}) + "\n";
}

}  // namespace hearth::app
