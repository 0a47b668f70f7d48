#include <algorithm>
#include <fmt/format.h>

#include <boost/json.hpp>

#include "app/eval_store.h"
#include "app/eval_verbs.h"
#include "app/exit_status.h"
#include "app/options.h"
#include "core/json.h"
#include "core/text.h"
#include "eval/baseline.h"
#include "eval/gate.h"
#include "eval/run_outcomes.h"
#include "os/files.h"

namespace hearth::app {
namespace {

constexpr const char* kFooter =
    "Keep a baseline: hearth eval report RUN --json > baseline.json. Later: hearth eval gate --baseline "
    "baseline.json.\n"
    "Compared are models with agents of the same name, task by task. The gate fails only where the drop is "
    "significant; how\n"
    "large a drop it would have caught stands beside it.\n\n"
    "Exit status: 0 no significant drop, 1 a drop.";

struct Verdict {
    std::string name;
    eval::GateDecision decision;
};

Result<std::vector<Verdict>> judge(const std::string& baseline, const std::string& number,
                                   const std::string& file, const eval::GateRule& rule) {
    const auto before = TRY(eval::parse_baseline(TRY(os::read_file(baseline)), baseline));
    auto store = TRY(eval::ResultStore::open_to_read(results_file(file)));
    const auto run =
        TRY(chosen_runs(store, number.empty() ? std::vector<std::string>() : std::vector{number})).front();
    const auto after = eval::arms_of(TRY(store.attempts(run.id)));
    std::vector<Verdict> verdicts;
    for (const auto& arm : after) {
        const auto old = std::ranges::find(before, arm.name, &eval::Arm::name);
        if (old != before.end())
            verdicts.push_back({arm.name, eval::regression_gate(old->outcomes, arm.outcomes, rule)});
    }
    if (verdicts.empty())
        return Error(Code::kInvalidInput,
                     fmt::format("run {} and {} have no model with agent in common", run.id, baseline));
    return verdicts;
}

std::string words_of(const Verdict& verdict) {
    const auto& decision = verdict.decision;
    return fmt::format(
        "{}: {} ({:+.0f} points on {} tasks, p {:.3f}); a drop of {:.0f} points would be caught four times "
        "in "
        "five\n",
        printable(verdict.name), decision.dropped ? "it solves less than before" : "no significant drop",
        decision.comparison.effect * 100, decision.comparison.tasks, decision.p_value,
        decision.detectable_drop * 100);
}

}  // namespace

int eval_gate(Arguments arguments) {
    std::string number;
    std::string baseline;
    std::string file;
    eval::GateRule rule;
    bool as_json = false;
    Options options("eval gate", "Fails when a run solves significantly less than a baseline.");
    options.optional_positional("RUN", number, "number of the run (without: the newest)");
    options.option("--baseline", baseline, "report kept as JSON");
    options.option("--alpha", rule.alpha, "share of false alarms that is accepted", 0.0001, 0.5);
    options.option("--out", file, "file of the results");
    options.flag("--json", as_json, "print JSON");
    options.footer(kFooter);
    if (const auto status = options.parse(arguments)) return *status;
    if (baseline.empty()) return report(Error(Code::kInvalidInput, "name a baseline with --baseline FILE"));
    const auto verdicts = judge(baseline, number, file, rule);
    if (!verdicts) return report(verdicts.error());
    json::array list;
    for (const auto& verdict : *verdicts) {
        const auto& decision = verdict.decision;
        list.push_back(json::object{{"name", verdict.name},
                                    {"dropped", decision.dropped},
                                    {"effect", decision.comparison.effect},
                                    {"tasks", decision.comparison.tasks},
                                    {"p", decision.p_value},
                                    {"power", decision.power},
                                    {"detectable_drop", decision.detectable_drop}});
        if (!as_json) fmt::print("{}", words_of(verdict));
    }
    if (as_json) fmt::print("{}\n", json::serialize(list));
    return std::ranges::any_of(*verdicts, [](const auto& verdict) { return verdict.decision.dropped; }) ? 1
                                                                                                        : 0;
}

}  // namespace hearth::app
