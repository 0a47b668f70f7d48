#include "app/eval_report.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>

#include "app/eval_probe.h"
#include "app/eval_report_page.h"
#include "app/eval_store.h"
#include "app/eval_verbs.h"
#include "app/exit_status.h"
#include "app/options.h"
#include "app/render.h"
#include "core/text.h"
#include "eval/contamination.h"
#include "eval/difficulty.h"
#include "eval/outlook.h"
#include "eval/pass_rate.h"
#include "eval/report_html.h"
#include "eval/run_outcomes.h"
#include "eval/variance.h"
#include "os/files.h"

namespace hearth::app {
namespace {

std::string percent(double rate) { return fmt::format("{:.0f} %", rate * 100); }

std::string interval_words(const eval::Interval& interval) {
    return fmt::format("{:.0f} to {:.0f} %", interval.low * 100, interval.high * 100);
}

std::string each_solved(double spent, std::size_t solved, bool known) {
    if (!known || solved == 0) return "-";
    return fmt::format("{:.0f}", spent / static_cast<double>(solved));
}

std::string failure_words(const eval::Cost& cost) {
    std::vector<std::pair<std::size_t, std::string>> counts;
    for (const auto& [name, count] : cost.failures)
        counts.emplace_back(count, name);
    std::ranges::sort(counts, std::ranges::greater());
    std::vector<std::string> parts;
    for (const auto& [count, name] : counts)
        parts.push_back(fmt::format("{} {}", count, name));
    return join(parts, ", ");
}

// Run-to-run variance comes before any difference, because it says which differences mean something.
std::string variance_lines(const std::vector<eval::Arm>& arms) {
    std::string out = "Run to run\n";
    for (const auto& arm : arms) {
        const auto variance = eval::run_variance(arm.outcomes);
        if (!variance.repeated) {
            out += fmt::format("  {}: one run of each task, so nothing is known about chance (use --seeds)\n",
                               printable(arm.name));
            continue;
        }
        std::vector<std::string> rates;
        for (const double rate : variance.rate_of_run)
            rates.push_back(percent(rate));
        out += fmt::format("  {}: {} of pairs of runs end differently; whole runs gave {}\n",
                           printable(arm.name), percent(variance.flip_rate), join(rates, ", "));
        std::vector<std::string> flaky;
        for (const auto& task : variance.flaky_tasks)
            flaky.push_back(fmt::format("{} ({} of {})", printable(task.task), task.passes, task.runs));
        if (!flaky.empty()) out += fmt::format("    sometimes passed: {}\n", join(flaky, ", "));
    }
    return out;
}

std::string arm_table(const std::vector<eval::Arm>& arms, const eval::Ranking& ranking,
                      const std::vector<eval::AttemptRecord>& attempts) {
    // How many runs every task of every arm has; of one run the rate says the same.
    std::size_t runs = arms.empty() ? 0 : eval::fewest_runs(arms.front().outcomes);
    for (const auto& arm : arms)
        runs = std::min(runs, eval::fewest_runs(arm.outcomes));
    Table table{.headings = {"RANK", "MODEL AND AGENT", "PASSED", "RATE", "95 % INTERVAL"},
                .numeric = {false, false, true, true, true},
                .rows = {}};
    const auto add_numbers = [&table](const std::vector<std::string>& headings) {
        table.headings.insert(table.headings.end(), headings.begin(), headings.end());
        table.numeric.resize(table.headings.size(), true);
    };
    if (runs > 1) add_numbers({fmt::format("PASS@{}", runs), fmt::format("PASS^{}", runs)});
    add_numbers({"S/SOLVED", "TOKENS/SOLVED", "J/SOLVED"});
    table.headings.emplace_back("FAILURES");
    for (const auto& ranked : ranking.arms) {
        const auto& outcomes = arms[ranked.arm].outcomes;
        const auto cost = eval::cost_of(ranked.name, attempts);
        const auto tokens = static_cast<double>((cost.tokens.prompt + cost.tokens.generated).value);
        std::vector<std::string> row = {
            ranked.best_rank == ranked.worst_rank ? std::to_string(ranked.best_rank)
                                                  : fmt::format("{}-{}", ranked.best_rank, ranked.worst_rank),
            printable(ranked.name), fmt::format("{} of {}", cost.passed, cost.attempts),
            percent(ranked.rate.rate), interval_words(ranked.rate.interval)};
        if (runs > 1) {
            row.push_back(percent(eval::pass_at_k(outcomes, runs).value_or(0)));
            row.push_back(percent(eval::pass_hat_k(outcomes, runs).value_or(0)));
        }
        row.push_back(each_solved(cost.seconds, cost.passed, true));
        row.push_back(each_solved(tokens, cost.passed, cost.tokens_known));
        row.push_back(each_solved(cost.joules, cost.passed, cost.joules_known));
        row.push_back(failure_words(cost));
        table.rows.push_back(std::move(row));
    }
    return render_table(table);
}

std::string pair_lines(const std::vector<eval::Arm>& arms, const eval::Ranking& ranking) {
    std::string out;
    for (const auto& pair : ranking.pairs) {
        const auto& first = ranking.arms.at(pair.first);
        const auto& second = ranking.arms.at(pair.second);
        const auto& comparison = pair.comparison;
        out += fmt::format(
            "  {} less {}: {:+.0f} points (95 % {:+.0f} to {:+.0f}), {}, {} tasks better, {} worse: "
            "{}\n",
            printable(first.name), printable(second.name), comparison.effect * 100,
            comparison.interval.low * 100, comparison.interval.high * 100, p_words(pair.corrected_p),
            comparison.better, comparison.worse,
            pair.separated ? "they differ" : "they cannot be told apart");
        if (pair.separated || comparison.tasks == 0) continue;
        const auto ahead = eval::outlook(arms[second.arm].outcomes, arms[first.arm].outcomes,
                                         0.05 / static_cast<double>(ranking.pairs.size()));
        out += fmt::format("    {}\n", eval::outlook_words(ahead));
    }
    return arms.size() < 2 ? std::string() : "\nPaired by task\n" + out;
}

// A proposal: nothing is removed.
std::string calibration_lines(const std::vector<eval::AttemptRecord>& attempts) {
    const auto calibration = eval::calibrate(eval::measured_arms(attempts));
    std::vector<std::string> saturated;
    std::vector<std::string> hopeless;
    for (const auto& task : calibration.tasks) {
        if (task.verdict == eval::Verdict::kSaturated) saturated.push_back(printable(task.task));
        if (task.verdict == eval::Verdict::kHopeless) hopeless.push_back(printable(task.task));
    }
    std::string out;
    if (!saturated.empty())
        out += fmt::format("  always passed, so better run seldom, as regression tests: {}\n",
                           join(saturated, ", "));
    if (!hopeless.empty())
        out += fmt::format("  never passed, so better kept for stronger models: {}\n", join(hopeless, ", "));
    if (calibration.needs_harder_tasks)
        out += fmt::format("  {} passes {}{}: the suite needs harder tasks to show progress\n",
                           printable(calibration.best_arm), percent(calibration.rate_after),
                           calibration.retire.empty() ? "" : " of the others");
    return out.empty() ? out : "\nTasks that tell little (a proposal; nothing is removed)\n" + out;
}

std::string task_table(const std::vector<eval::Arm>& arms) {
    std::vector<std::string> tasks;
    std::map<std::pair<std::string, std::size_t>, std::string> cells;
    Table table{.headings = {"TASK"}, .numeric = {false}, .rows = {}};
    for (std::size_t i = 0; i < arms.size(); ++i) {
        table.headings.push_back(printable(arms[i].name));
        table.numeric.push_back(true);
        for (const auto& task : arms[i].outcomes) {
            if (std::ranges::find(tasks, task.task) == tasks.end()) tasks.push_back(task.task);
            cells[{task.task, i}] = fmt::format("{} of {}", task.passes(), task.passed.size());
        }
    }
    std::ranges::sort(tasks);
    for (const auto& task : tasks) {
        std::vector<std::string> row{printable(task)};
        for (std::size_t i = 0; i < arms.size(); ++i) {
            const auto found = cells.find({task, i});
            row.push_back(found == cells.end() ? "-" : found->second);
        }
        table.rows.push_back(std::move(row));
    }
    return render_table(table);
}

std::string attempt_table(const std::vector<eval::AttemptRecord>& attempts) {
    Table table{.headings = {"ATTEMPT", "TASK", "MODEL AND AGENT", "SEED", "RESULT", "SECONDS"},
                .numeric = {true, false, false, true, false, true},
                .rows = {}};
    for (const auto& attempt : attempts) {
        const auto& outcome = attempt.outcome;
        const auto result = !attempt.finished ? std::string("not finished")
                            : outcome.passed  ? fmt::format("passed at try {}", outcome.passed_at)
                                              : std::string(eval::failure_name(outcome.failure));
        table.rows.push_back({std::to_string(attempt.id), printable(attempt.cell.task),
                              printable(eval::contender(attempt.cell)), std::to_string(attempt.cell.seed),
                              result, fmt::format("{:.1f}", outcome.seconds)});
    }
    return render_table(table);
}

Result<std::vector<eval::RunResults>> with_attempts_of(eval::ResultStore& store,
                                                       const std::vector<eval::RunRecord>& runs) {
    std::vector<eval::RunResults> results;
    for (const auto& run : runs) {
        const auto is_same = [&run](const auto& each) { return each.run.id == run.id; };
        if (std::ranges::none_of(results, is_same)) results.push_back({run, TRY(store.attempts(run.id))});
    }
    return results;
}

struct ReportWish {
    std::vector<std::string> numbers;
    std::string file;
    std::string page;
    bool with_attempts = false;
    bool as_json = false;
};

Status show(const ReportWish& wish) {
    auto store = TRY(eval::ResultStore::open_to_read(results_file(wish.file)));
    const auto shown = TRY(with_attempts_of(store, TRY(chosen_runs(store, wish.numbers))));
    if (!wish.page.empty()) {
        const auto all = TRY(with_attempts_of(store, TRY(store.runs())));
        TRY(os::write_file_atomic(wish.page, eval::report_html(report_data(shown, all))));
        fmt::print("{}\n", wish.page);
        return {};
    }
    const auto comparisons = eval::compare_runs(shown);
    if (wish.as_json) {
        for (const auto& each : shown)
            fmt::print("{}", report_json(each.run, each.attempts));
        if (!comparisons.empty()) fmt::print("{}", comparisons_json(comparisons));
        return {};
    }
    // The tasks of several runs stand in the comparison.
    const auto detail = shown.size() > 1 ? ReportDetail::kWithoutTasks : ReportDetail::kAll;
    for (const auto& each : shown) {
        fmt::print("{}{}", &each == &shown.front() ? "" : "\n",
                   render_report(each.run, each.attempts, detail));
        if (wish.with_attempts) fmt::print("\n{}", attempt_table(each.attempts));
    }
    if (!comparisons.empty()) fmt::print("\n{}", render_comparisons(comparisons));
    return {};
}

}  // namespace

std::string render_report(const eval::RunRecord& run, const std::vector<eval::AttemptRecord>& all,
                          ReportDetail detail) {
    const auto attempts = eval::without_variants(all);
    const auto arms = eval::arms_of(attempts);
    const auto ranking = eval::rank(arms);
    std::string out = fmt::format("Run {}: suite {}, protocol {}, {} of {} attempts finished\n\n", run.id,
                                  printable(run.plan.suite), eval::protocol_name(run.plan.protocol),
                                  run.finished, run.attempts);
    if (arms.empty()) return out;
    out += variance_lines(arms) + "\n";
    out += arm_table(arms, ranking, attempts);
    out += pair_lines(arms, ranking);
    out += calibration_lines(attempts);
    const auto all_arms = eval::arms_of(all);
    if (const auto probes = render_probes(eval::contamination_probes(all_arms)); !probes.empty())
        out += "\n" + probes;
    if (detail == ReportDetail::kAll) out += "\n" + task_table(all_arms);
    return out;
}

int eval_report(Arguments arguments) {
    ReportWish wish;
    Options options("eval report",
                    "Shows what runs came to: chance first, then rates with intervals, then tasks.");
    options.rest("RUN", wish.numbers, "numbers of runs (without: the newest)");
    options.option("--out", wish.file, "file of the results");
    options.flag("--attempts", wish.with_attempts, "also a line for every attempt");
    options.flag("--json", wish.as_json, "print JSON: a line for each run, and one for their comparison");
    options.option("--html", wish.page, "write one page with everything into this file");
    options.footer(
        "Several runs are compared: the first with each of the others, for every model with agent that both "
        "have, task by\n"
        "task. A task whose text has changed between them is left out.\n\n"
        "Examples:\n"
        "  hearth eval report                      the newest run\n"
        "  hearth eval report 3 5                  what changed from run 3 to run 5\n"
        "  hearth eval report 3 5 --html page.html");
    if (const auto status = options.parse(arguments)) return *status;
    const auto status = show(wish);
    return status ? 0 : report(status.error());
}

}  // namespace hearth::app
