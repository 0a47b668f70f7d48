#include "app/eval_power.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include <boost/json.hpp>

#include "app/eval_store.h"
#include "app/eval_verbs.h"
#include "app/exit_status.h"
#include "app/options.h"
#include "app/render.h"
#include "core/json.h"
#include "eval/outlook.h"
#include "eval/run_outcomes.h"

namespace hearth::app {
namespace {

constexpr std::array<std::size_t, 6> kSeeds = {1, 2, 3, 5, 10, 20};
constexpr double kUsualFlips = 20;   // per cent, when nothing is known
constexpr double kUsualSpread = 20;  // points

constexpr const char* kFooter =
    "For comparing two models or agents on the same tasks. Two things decide: how often two runs of the same "
    "thing end\n"
    "differently (flips), and how much the true difference varies from task to task (spread). A RUN tells "
    "both, "
    "the spread\n"
    "when it has two contenders or more; without one they are assumed. More seeds help against flips alone, "
    "more tasks against\n"
    "both.\n\n"
    "Examples:\n"
    "  hearth eval power --tasks 40 --seeds 3       which difference this finds\n"
    "  hearth eval power 7 --effect 5               what 5 points take, with the variance of run 7";

std::string points(double effect) { return fmt::format("{:.3g} points", effect * 100); }

std::string needed_table(const PowerQuestion& question) {
    Table table{
        .headings = {"SEEDS", "TASKS", "RUNS OF EACH ARM"}, .numeric = {true, true, true}, .rows = {}};
    for (const auto seeds : kSeeds) {
        const auto tasks = eval::tasks_needed(question.effect, seeds, question.expectation);
        table.rows.push_back({std::to_string(seeds), tasks ? std::to_string(*tasks) : "too many",
                              tasks ? std::to_string(*tasks * seeds) : "-"});
    }
    return render_table(table);
}

std::string design_lines(const PowerQuestion& question) {
    const auto& design = question.design;
    const auto& expectation = question.expectation;
    if (design.tasks == 0) return {};
    const auto fewest = eval::fewest_tasks(expectation.alpha);
    const auto now = eval::design_words(design);
    std::string out;
    if (design.tasks < fewest) {
        out = fmt::format("{} find no difference, however large: it takes {} tasks at least.\n", now, fewest);
    } else {
        out = fmt::format(
            "{} find a difference of {:.0f} points four times in five, and one of {} with a "
            "chance of {:.0f} %.\n",
            now, std::ceil(eval::detectable_effect(design, expectation) * 100), points(question.effect),
            eval::power_of(design, question.effect, expectation) * 100);
    }
    const auto seeds = eval::seeds_needed(question.effect, design.tasks, expectation);
    out += seeds ? fmt::format("With {} tasks, {} are found four times in five from {} seeds on.\n",
                               design.tasks, points(question.effect), *seeds)
                 : fmt::format("With {} tasks, no number of seeds finds {} four times in five.\n",
                               design.tasks, points(question.effect));
    return out + "\n";
}

// What was given, empty where nothing was.
struct Given {
    std::optional<std::int64_t> tasks;
    std::optional<std::int64_t> seeds;
    std::optional<double> flips;   // per cent
    std::optional<double> spread;  // points
};

// A given value, else that of the run, else an assumption; with where it is from.
std::pair<double, std::string> value_of(std::optional<double> given, std::optional<double> seen,
                                        double assumed, const std::string& run) {
    if (given) return {*given / 100, "given"};
    if (seen) return {*seen, run};
    return {assumed / 100, "assumed"};
}

PowerQuestion question_of(const Given& given, double effect, const std::vector<eval::Arm>& arms,
                          const std::string& run) {
    const auto seen = eval::seen_variance(arms);
    PowerQuestion question{.design = {0, 3}, .effect = effect / 100};
    std::tie(question.expectation.flip_rate, question.flips_from) =
        value_of(given.flips, seen.flip_rate, kUsualFlips, run);
    std::tie(question.expectation.effect_spread, question.spread_from) =
        value_of(given.spread, seen.effect_spread, kUsualSpread, run);
    if (!arms.empty()) {
        const auto& outcomes = arms.front().outcomes;
        question.design = {outcomes.size(), outcomes.front().passed.size()};
    }
    if (given.tasks) question.design.tasks = static_cast<std::size_t>(*given.tasks);
    if (given.seeds) question.design.seeds = static_cast<std::size_t>(*given.seeds);
    return question;
}

Result<std::vector<eval::Arm>> arms_of_run(const std::string& number, const std::string& file) {
    if (number.empty()) return std::vector<eval::Arm>();
    auto store = TRY(eval::ResultStore::open_to_read(results_file(file)));
    const auto run = TRY(chosen_runs(store, {number})).front();
    auto arms = eval::measured_arms(TRY(store.attempts(run.id)));
    if (arms.empty())
        return Error(
            Code::kNotFound,
            fmt::format("run {} has no finished attempt of a model or an agent of yours: reference and "
                        "none tell nothing about chance",
                        run.id));
    return arms;
}

}  // namespace

std::string render_power(const PowerQuestion& question) {
    const auto& expectation = question.expectation;
    auto out = fmt::format(
        "Flips: two runs of the same thing end differently on {:.0f} % of tasks ({})\n"
        "Spread: the true difference varies by {:.0f} points from task to task ({})\n\n",
        expectation.flip_rate * 100, question.flips_from, expectation.effect_spread * 100,
        question.spread_from);
    out += design_lines(question);
    out += fmt::format("A difference of {} is found four times in five with\n", points(question.effect));
    return out + needed_table(question);
}

std::string power_json(const PowerQuestion& question) {
    const auto& expectation = question.expectation;
    json::array needed;
    for (const auto seeds : kSeeds) {
        const auto tasks = eval::tasks_needed(question.effect, seeds, expectation);
        json::object row{{"seeds", seeds}, {"tasks", nullptr}};
        if (tasks) row["tasks"] = *tasks;
        needed.push_back(std::move(row));
    }
    json::object object{{"flip_rate", expectation.flip_rate},
                        {"flip_rate_from", question.flips_from},
                        {"effect_spread", expectation.effect_spread},
                        {"effect_spread_from", question.spread_from},
                        {"alpha", expectation.alpha},
                        {"effect", question.effect},
                        {"tasks_needed", std::move(needed)}};
    if (question.design.tasks > 0) {
        json::object design{{"tasks", question.design.tasks},
                            {"seeds", question.design.seeds},
                            {"detectable", eval::detectable_effect(question.design, expectation)},
                            {"power", eval::power_of(question.design, question.effect, expectation)},
                            {"seeds_needed", nullptr}};
        if (const auto seeds = eval::seeds_needed(question.effect, question.design.tasks, expectation))
            design["seeds_needed"] = *seeds;
        object["design"] = std::move(design);
    }
    return json::serialize(object) + "\n";
}

int eval_power(Arguments arguments) {
    std::string number;
    std::string file;
    Given given;
    double effect = eval::kUsualEffect * 100;
    bool as_json = false;
    Options options("eval power",
                    "Says which difference a run can find, and how many tasks and seeds one takes.");
    options.optional_positional("RUN", number, "run that tells flips, spread, tasks and seeds, unless given");
    options.option("--tasks", given.tasks, "tasks that both are run on", 1, 100'000);
    options.option("--seeds", given.seeds, "runs of each task (without it and RUN: 3)", 1, 1000);
    options.option("--effect", effect, "difference to find, in points", 0.1, 100);
    options.option("--flips", given.flips, "per cent of tasks on which two runs of the same thing differ", 0,
                   50);
    options.option("--spread", given.spread,
                   "standard deviation over tasks of the true difference, in points", 0, 100);
    options.option("--out", file, "file of the results");
    options.flag("--json", as_json, "print JSON; differences are shares");
    options.footer(kFooter);
    if (const auto status = options.parse(arguments)) return *status;
    const auto arms = arms_of_run(number, file);
    if (!arms) return report(arms.error());
    const auto question = question_of(given, effect, *arms, "run " + number);
    fmt::print("{}", as_json ? power_json(question) : render_power(question));
    return 0;
}

}  // namespace hearth::app
