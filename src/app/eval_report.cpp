#include "app/eval_report.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <map>

#include <boost/json.hpp>

#include "app/eval_probe.h"
#include "app/eval_store.h"
#include "app/eval_verbs.h"
#include "app/exit_status.h"
#include "app/options.h"
#include "app/render.h"
#include "core/ids.h"
#include "core/json.h"
#include "core/text.h"
#include "core/units.h"
#include "eval/contamination.h"
#include "eval/pass_rate.h"
#include "eval/report_html.h"
#include "eval/run_outcomes.h"
#include "eval/variance.h"
#include "eval/variant_id.h"
#include "os/files.h"

namespace hearth::app {
namespace {

std::string percent(double rate) { return fmt::format("{:.0f} %", rate * 100); }

std::string interval_words(const eval::Interval& interval) {
    return fmt::format("{:.0f} to {:.0f} %", interval.low * 100, interval.high * 100);
}

const eval::Outcomes& outcomes_of(const std::vector<eval::Arm>& arms, const std::string& name) {
    return std::ranges::find(arms, name, &eval::Arm::name)->outcomes;
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
    Table table{.headings = {"RANK", "MODEL AND AGENT", "PASSED", "RATE", "95 % INTERVAL", "PASS@K",
                             "S/SOLVED", "TOKENS/SOLVED", "J/SOLVED", "FAILURES"},
                .numeric = {false, false, true, true, true, true, true, true, true},
                .rows = {}};
    for (const auto& ranked : ranking.arms) {
        const auto& outcomes = outcomes_of(arms, ranked.name);
        const auto cost = eval::cost_of(ranked.name, attempts);
        const auto seeds = outcomes.empty() ? 0 : outcomes.front().passed.size();
        const auto any = eval::pass_at_k(outcomes, seeds);
        const auto tokens = static_cast<double>((cost.tokens.prompt + cost.tokens.generated).value);
        table.rows.push_back({ranked.best_rank == ranked.worst_rank
                                  ? std::to_string(ranked.best_rank)
                                  : fmt::format("{}-{}", ranked.best_rank, ranked.worst_rank),
                              printable(ranked.name), fmt::format("{} of {}", cost.passed, cost.attempts),
                              percent(ranked.rate.rate), interval_words(ranked.rate.interval),
                              any ? percent(*any) : "-", each_solved(cost.seconds, cost.passed, true),
                              each_solved(tokens, cost.passed, cost.tokens_known),
                              each_solved(cost.joules, cost.passed, cost.joules_known), failure_words(cost)});
    }
    return render_table(table);
}

std::string pair_lines(const std::vector<eval::Arm>& arms, const eval::Ranking& ranking) {
    std::string out;
    for (const auto& pair : ranking.pairs) {
        const auto& first = printable(ranking.arms.at(pair.first).name);
        const auto& second = printable(ranking.arms.at(pair.second).name);
        const auto& comparison = pair.comparison;
        out += fmt::format(
            "  {} less {}: {:+.0f} points (95 % {:+.0f} to {:+.0f}), p {:.3f}, {} tasks better, {} worse: "
            "{}\n",
            first, second, comparison.effect * 100, comparison.interval.low * 100,
            comparison.interval.high * 100, pair.corrected_p, comparison.better, comparison.worse,
            pair.separated ? "they differ" : "they cannot be told apart");
    }
    return arms.size() < 2 ? std::string() : "\nPaired by task\n" + out;
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

std::string kept_text(const std::filesystem::path& file) {
    const auto text = os::read_file(file);
    return text ? *text : std::string();
}

std::string trajectory_of(const eval::AttemptOutcome& outcome) {
    std::string text;
    for (std::size_t i = 1; i <= outcome.tries.size(); ++i) {
        const auto place = std::filesystem::path(outcome.folder) / fmt::format("try-{}", i);
        for (const auto* name : {"prompt.md", "stdout.txt", "stderr.txt", "tests.txt"})
            text += fmt::format("--- try {}: {}\n{}\n", i, name, kept_text(place / name));
    }
    return text;
}

eval::ReportData report_data(const eval::RunRecord& run, const std::vector<eval::AttemptRecord>& attempts) {
    eval::ReportData data{.title = fmt::format("Run {}", run.id),
                          .suite = run.plan.suite,
                          .when = iso_time(run.created_ms).substr(0, 10),
                          .arms = {},
                          .versions = {}};
    for (const auto& attempt : attempts) {
        if (!attempt.finished) continue;
        // Variants are an arm of their own, so that the page pairs them with their originals.
        const auto variant = eval::parse_variant_name(attempt.cell.task);
        const bool is_variant = !variant.variation.empty();
        const auto name = eval::contender(attempt.cell) + (is_variant ? ", " + variant.variation : "");
        auto arm = std::ranges::find(data.arms, name, &eval::ReportArm::name);
        if (arm == data.arms.end()) arm = data.arms.insert(arm, eval::ReportArm{name, {}});
        auto task = std::ranges::find(arm->tasks, variant.original, &eval::ReportTask::name);
        if (task == arm->tasks.end()) task = arm->tasks.insert(task, eval::ReportTask{variant.original, {}});
        const auto& outcome = attempt.outcome;
        task->attempts.push_back(
            {.passed = outcome.passed,
             .seconds = outcome.seconds,
             .prompt_tokens = outcome.tokens ? outcome.tokens->prompt.value : 0,
             .generated_tokens = outcome.tokens ? outcome.tokens->generated.value : 0,
             .label = is_variant ? fmt::format("variant {}, seed {}", variant.seed, attempt.cell.seed)
                                 : fmt::format("seed {}", attempt.cell.seed),
             .failure = std::string(eval::failure_name(outcome.failure)),
             .trajectory = trajectory_of(outcome),
             .diff = kept_text(std::filesystem::path(outcome.folder) / "changes.diff")});
    }
    return data;
}

Status show(const std::vector<std::string>& numbers, const std::string& file, const std::string& page,
            bool with_attempts, bool as_json) {
    auto store = TRY(eval::ResultStore::open_to_read(results_file(file)));
    const auto runs = TRY(chosen_runs(store, numbers));
    for (const auto& run : runs) {
        const auto attempts = TRY(store.attempts(run.id));
        if (!page.empty()) {
            TRY(os::write_file_atomic(page, eval::report_html(report_data(run, attempts))));
            fmt::print("{}\n", page);
            return {};
        }
        fmt::print("{}", as_json ? report_json(run, attempts) : render_report(run, attempts));
        if (with_attempts && !as_json) fmt::print("\n{}", attempt_table(attempts));
    }
    return {};
}

}  // namespace

std::string render_report(const eval::RunRecord& run, const std::vector<eval::AttemptRecord>& all) {
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
    const auto all_arms = eval::arms_of(all);
    out += render_probes(eval::contamination_probes(all_arms)) + "\n";
    return out + task_table(all_arms);
}

std::string report_json(const eval::RunRecord& run, const std::vector<eval::AttemptRecord>& all) {
    const auto attempts = eval::without_variants(all);
    const auto arms = eval::arms_of(attempts);
    const auto ranking = eval::rank(arms);
    json::array contenders;
    for (const auto& ranked : ranking.arms) {
        const auto& outcomes = outcomes_of(arms, ranked.name);
        const auto variance = eval::run_variance(outcomes);
        const auto cost = eval::cost_of(ranked.name, attempts);
        contenders.push_back(json::object{{"name", ranked.name},
                                          {"best_rank", ranked.best_rank},
                                          {"worst_rank", ranked.worst_rank},
                                          {"attempts", cost.attempts},
                                          {"passed", cost.passed},
                                          {"rate", ranked.rate.rate},
                                          {"low", ranked.rate.interval.low},
                                          {"high", ranked.rate.interval.high},
                                          {"flip_rate", variance.flip_rate},
                                          {"seconds", cost.seconds},
                                          {"failures", json::value_from(cost.failures)}});
    }
    json::array pairs;
    for (const auto& pair : ranking.pairs) {
        pairs.push_back(json::object{{"first", ranking.arms.at(pair.first).name},
                                     {"second", ranking.arms.at(pair.second).name},
                                     {"effect", pair.comparison.effect},
                                     {"low", pair.comparison.interval.low},
                                     {"high", pair.comparison.interval.high},
                                     {"p", pair.corrected_p},
                                     {"separated", pair.separated}});
    }
    json::array list;
    for (const auto& attempt : all)
        list.push_back(attempt_json(attempt));
    json::object report{{"run", run.id},
                        {"suite", run.plan.suite},
                        {"protocol", eval::protocol_name(run.plan.protocol)},
                        {"attempts_planned", run.attempts},
                        {"attempts_finished", run.finished},
                        {"contenders", std::move(contenders)},
                        {"pairs", std::move(pairs)},
                        {"probes", probes_json(eval::contamination_probes(eval::arms_of(all)))},
                        {"attempts", std::move(list)}};
    if (auto settings = parse_json(run.plan.settings)) report["settings"] = *std::move(settings);
    return json::serialize(report) + "\n";
}

int eval_report(Arguments arguments) {
    std::vector<std::string> numbers;
    std::string file;
    std::string page;
    bool with_attempts = false;
    bool as_json = false;
    Options options("eval report",
                    "Shows what runs came to: chance first, then rates with intervals, then tasks.");
    options.rest("RUN", numbers, "numbers of runs (without: the newest)");
    options.option("--out", file, "file of the results");
    options.flag("--attempts", with_attempts, "also a line for every attempt");
    options.flag("--json", as_json, "print JSON, a line for each run");
    options.option("--html", page, "write one page of the (first) run into this file");
    if (const auto status = options.parse(arguments)) return *status;
    const auto status = show(numbers, file, page, with_attempts, as_json);
    return status ? 0 : report(status.error());
}

}  // namespace hearth::app
