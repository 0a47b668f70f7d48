#include "app/eval_gate.h"

#include <algorithm>
#include <fmt/format.h>

#include <boost/json.hpp>

#include "app/eval_report.h"
#include "app/eval_store.h"
#include "app/eval_verbs.h"
#include "app/exit_status.h"
#include "app/options.h"
#include "core/json.h"
#include "core/text.h"
#include "eval/baseline.h"
#include "eval/run_outcomes.h"
#include "os/files.h"

namespace hearth::app {
namespace {

constexpr const char* kFooter =
    "Keep a baseline: hearth eval report RUN --json > baseline.json. Later: hearth eval gate --baseline "
    "baseline.json.\n"
    "Compared are models with agents of the same name, task by task. The gate fails only where the drop is "
    "significant; which\n"
    "drops it could have found, and how often it is wrong, stand beside it.\n\n"
    "Exit status: 0 no significant drop, 1 a drop.";

Result<std::vector<GateVerdict>> judge(const std::string& baseline, const std::string& number,
                                       const std::string& file, const eval::GateRule& rule) {
    const auto before = TRY(eval::parse_baseline(TRY(os::read_file(baseline)), baseline));
    auto store = TRY(eval::ResultStore::open_to_read(results_file(file)));
    const auto run =
        TRY(chosen_runs(store, number.empty() ? std::vector<std::string>() : std::vector{number})).front();
    std::vector<std::pair<const eval::Arm*, const eval::Arm*>> common;
    const auto after = eval::arms_of(TRY(store.attempts(run.id)));
    for (const auto& arm : after) {
        const auto old = std::ranges::find(before, arm.name, &eval::Arm::name);
        if (old != before.end()) common.emplace_back(&*old, &arm);
    }
    if (common.empty())
        return Error(Code::kInvalidInput,
                     fmt::format("run {} and {} have no model with agent in common", run.id, baseline));
    std::vector<GateVerdict> verdicts;
    for (const auto& [old, now] : common)
        verdicts.push_back({now->name, eval::regression_gate(old->outcomes, now->outcomes,
                                                             judged_rule(rule, common.size()))});
    return verdicts;
}

// "5 %", "1.67 %".
std::string percent(double share) { return fmt::format("{:.3g} %", share * 100); }

std::string points(double drop) { return fmt::format("{:.3g} points", drop * 100); }

std::string words_of(const GateVerdict& verdict, const eval::GateRule& rule) {
    const auto& decision = verdict.decision;
    const auto& comparison = decision.comparison;
    const auto name = printable(verdict.name);
    if (comparison.tasks == 0)
        return fmt::format("{}: no task in common with the baseline, so nothing could be found\n", name);
    const auto found = decision.detectable_drop < 1
                           ? fmt::format("one of {} four times in five", points(decision.detectable_drop))
                           : std::string("and no drop is found four times in five");
    return fmt::format(
        "{}: {} ({:+.0f} points on {} tasks, {} {:+.0f} to {:+.0f}, {})\n"
        "  a true drop of {} would be found with a chance of {:.0f} %, {}\n",
        name, decision.dropped ? "it solves less than before" : "no significant drop",
        comparison.effect * 100, comparison.tasks, percent(1 - 2 * rule.alpha), comparison.interval.low * 100,
        comparison.interval.high * 100, p_words(decision.p_value), points(rule.drop_to_catch),
        decision.power * 100, found);
}

}  // namespace

eval::GateRule judged_rule(const eval::GateRule& rule, std::size_t count) {
    auto judged = rule;
    judged.alpha /= static_cast<double>(std::max<std::size_t>(1, count));
    return judged;
}

std::string render_gate(const std::vector<GateVerdict>& verdicts, const eval::GateRule& rule) {
    const auto judged = judged_rule(rule, verdicts.size());
    std::string out;
    for (const auto& verdict : verdicts)
        out += words_of(verdict, judged);
    out += fmt::format("False alarms: at most {} of gates where nothing has changed", percent(rule.alpha));
    if (verdicts.size() > 1)
        out += fmt::format(" ({} for each of the {})", percent(judged.alpha), verdicts.size());
    return out + "\n";
}

std::string gate_json(const std::vector<GateVerdict>& verdicts, const eval::GateRule& rule) {
    const auto judged = judged_rule(rule, verdicts.size());
    json::array list;
    for (const auto& verdict : verdicts) {
        const auto& decision = verdict.decision;
        list.push_back(json::object{{"name", verdict.name},
                                    {"dropped", decision.dropped},
                                    {"effect", decision.comparison.effect},
                                    {"low", decision.comparison.interval.low},
                                    {"high", decision.comparison.interval.high},
                                    {"tasks", decision.comparison.tasks},
                                    {"p", decision.p_value},
                                    {"alpha", judged.alpha},
                                    {"false_alarms", rule.alpha},
                                    {"drop", rule.drop_to_catch},
                                    {"power", decision.power},
                                    {"detectable_drop", decision.detectable_drop}});
    }
    return json::serialize(list) + "\n";
}

int eval_gate(Arguments arguments) {
    std::string number;
    std::string baseline;
    std::string file;
    eval::GateRule rule;
    double drop_points = rule.drop_to_catch * 100;
    bool as_json = false;
    Options options("eval gate", "Fails when a run solves significantly less than a baseline.");
    options.optional_positional("RUN", number, "number of the run (without: the newest)");
    options.option("--baseline", baseline, "report kept as JSON");
    options.option("--alpha", rule.alpha, "share of false alarms that is accepted, of all verdicts together",
                   0.0001, 0.5);
    options.option("--drop", drop_points, "drop for which the chance to find it is told, in points", 0.1,
                   100);
    options.option("--out", file, "file of the results");
    options.flag("--json", as_json, "print JSON");
    options.footer(kFooter);
    if (const auto status = options.parse(arguments)) return *status;
    if (baseline.empty()) return report(Error(Code::kInvalidInput, "name a baseline with --baseline FILE"));
    rule.drop_to_catch = drop_points / 100;
    const auto verdicts = judge(baseline, number, file, rule);
    if (!verdicts) return report(verdicts.error());
    fmt::print("{}", as_json ? gate_json(*verdicts, rule) : render_gate(*verdicts, rule));
    const auto dropped = [](const GateVerdict& verdict) { return verdict.decision.dropped; };
    return std::ranges::any_of(*verdicts, dropped) ? 1 : 0;
}

}  // namespace hearth::app
