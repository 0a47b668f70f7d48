#include "eval/report_html.h"

#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <string_view>

#include "eval/detail/html.h"
#include "eval/detail/plots.h"
#include "eval/detail/report_changes.h"
#include "eval/detail/report_tasks.h"
#include "eval/difficulty.h"
#include "eval/outlook.h"
#include "eval/pass_rate.h"
#include "eval/ranking.h"
#include "eval/variance.h"

namespace hearth::eval {
namespace {

using detail::escaped;
using detail::percent;

Arm arm_of(const ReportArm& report) {
    Arm arm{report.name, {}};
    for (const auto& task : report.tasks) {
        TaskOutcomes outcomes{task.name, {}};
        for (const auto& attempt : task.attempts)
            outcomes.passed.push_back(attempt.passed);
        arm.outcomes.push_back(std::move(outcomes));
    }
    return arm;
}

struct Costs {
    std::size_t attempts = 0;
    std::size_t solved = 0;
    double seconds = 0;
    std::int64_t prompt_tokens = 0;
    std::int64_t generated_tokens = 0;
    double joules = 0;
    bool joules_known = true;  // of every attempt

    [[nodiscard]] std::string per_solved(double sum) const {
        return solved == 0 ? "–" : fmt::format("{:.0f}", sum / static_cast<double>(solved));
    }
};

Costs costs_of(const ReportArm& arm) {
    Costs costs;
    for (const auto& task : arm.tasks) {
        for (const auto& attempt : task.attempts) {
            ++costs.attempts;
            costs.solved += attempt.passed ? 1 : 0;
            costs.seconds += attempt.seconds;
            costs.prompt_tokens += attempt.prompt_tokens;
            costs.generated_tokens += attempt.generated_tokens;
            costs.joules += attempt.joules.value_or(0);
            costs.joules_known = costs.joules_known && attempt.joules.has_value();
        }
    }
    return costs;
}

// The arms of one run, ranked among themselves.
struct Group {
    std::vector<Arm> arms;
    std::vector<std::size_t> order;  // places in the report's arms, in the order of the ranking
    Ranking ranking;
};

std::vector<Group> groups_of(const ReportData& data, const std::vector<Arm>& arms) {
    std::vector<Group> groups;
    std::vector<std::vector<std::size_t>> members;
    for (std::size_t i = 0; i < arms.size(); ++i) {
        const auto run = data.arms[i].run;
        if (run >= groups.size()) {
            groups.resize(run + 1);
            members.resize(run + 1);
        }
        groups[run].arms.push_back(arms[i]);
        members[run].push_back(i);
    }
    for (std::size_t i = 0; i < groups.size(); ++i) {
        groups[i].ranking = rank(groups[i].arms);
        for (const auto& ranked : groups[i].ranking.arms)
            groups[i].order.push_back(members[i][ranked.arm]);
    }
    return groups;
}

// pass@k and pass^k for as many runs as every task has.
std::string any_and_all(const Outcomes& outcomes) {
    const auto runs = fewest_runs(outcomes);
    if (runs < 2) return "–";
    return fmt::format("{}, {}", percent(pass_at_k(outcomes, runs).value_or(0)),
                       percent(pass_hat_k(outcomes, runs).value_or(0)));
}

class Page {
public:
    explicit Page(const ReportData& data) : data_(data) {
        for (const auto& arm : data.arms) {
            arms_.push_back(arm_of(arm));
            costs_.push_back(costs_of(arm));
        }
        groups_ = groups_of(data, arms_);
    }

    std::string html() const {
        std::string page =
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";
        page += fmt::format("<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n", escaped(data_.title),
                            detail::report_style());
        page += fmt::format("<h1>{}</h1>\n<p class=\"soft\">Suite {}, {}</p>\n", escaped(data_.title),
                            escaped(data_.suite), escaped(data_.when));
        page += data_.arms.empty()
                    ? "<p>No runs yet.</p>\n"
                    : variance() + rates() + comparisons() + detail::run_changes(data_.comparisons) +
                          plots() + detail::task_sections(data_, tasks_that_differ()) + calibration();
        return page + "</body>\n</html>\n";
    }

private:
    [[nodiscard]] std::string arm_cell(std::size_t arm) const {
        return fmt::format("<td class=\"arm\">{}{}</td>", detail::arm_dot(arm),
                           escaped(data_.arms[arm].name));
    }

    [[nodiscard]] std::string variance() const {
        std::string rows;
        for (std::size_t i = 0; i < arms_.size(); ++i) {
            const auto found = run_variance(arms_[i].outcomes);
            rows += fmt::format("<tr>{}", arm_cell(i));
            if (!found.repeated) {
                rows += "<td colspan=\"4\">one run of each task: nothing is known</td></tr>\n";
                continue;
            }
            std::string runs;
            for (const double rate : found.rate_of_run)
                runs += (runs.empty() ? "" : ", ") + percent(rate);
            rows += fmt::format(
                "<td class=\"n\">{}</td><td class=\"n\">±{:.1f} points</td><td "
                "class=\"n\">{}</td><td>{}</td></tr>\n",
                percent(found.flip_rate), 100 * found.deviation_of_run, found.flaky_tasks.size(), runs);
        }
        return "<h2>How much runs of the same thing differ</h2>\n"
               "<p class=\"soft\">Read this first: a difference between arms that is no larger is none.</p>\n"
               "<div class=\"scroll\"><table><tr><th>Arm</th><th class=\"n\">Flips</th><th class=\"n\">One "
               "run</th>"
               "<th class=\"n\">Undecided tasks</th><th>Pass rate run by run</th></tr>\n" +
               rows +
               "</table></div>\n<p class=\"soft\">Flips: chance that two runs of one task end differently. "
               "One run: standard deviation of "
               "the pass rate of a single run of the suite.</p>\n";
    }

    [[nodiscard]] std::string rate_row(const Group& group, std::size_t i) const {
        const auto& ranked = group.ranking.arms[i];
        const auto& costs = costs_[group.order[i]];
        const auto place = group.order.size() < 2 ? std::string("–")
                           : ranked.best_rank == ranked.worst_rank
                               ? fmt::format("{}", ranked.best_rank)
                               : fmt::format("{}–{}", ranked.best_rank, ranked.worst_rank);
        return fmt::format(
            "<tr><td class=\"n\">{}</td>{}<td class=\"n\">{}</td><td class=\"n\">{}</td><td "
            "class=\"n\">{}</td>"
            "<td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td>"
            "<td class=\"n\">{}</td><td "
            "class=\"n\">{}</td></tr>\n",
            place, arm_cell(group.order[i]), percent(ranked.rate.rate),
            detail::interval_text(ranked.rate.interval), ranked.rate.tasks, ranked.rate.runs,
            any_and_all(arms_[group.order[i]].outcomes), costs.per_solved(costs.seconds),
            costs.per_solved(static_cast<double>(costs.prompt_tokens)),
            costs.per_solved(static_cast<double>(costs.generated_tokens)),
            costs.joules_known && costs.attempts > 0 ? costs.per_solved(costs.joules) : "–");
    }

    [[nodiscard]] std::string rates() const {
        std::string rows;
        bool ranked = false;
        bool total = true;
        for (const auto& group : groups_) {
            for (std::size_t i = 0; i < group.order.size(); ++i)
                rows += rate_row(group, i);
            ranked = ranked || group.order.size() > 1;
            total = total && group.ranking.total;
        }
        std::string text =
            "<h2>Pass rates</h2>\n<div class=\"scroll\"><table><tr><th class=\"n\">Place</th><th>Arm</th>"
            "<th class=\"n\">Pass rate</th><th class=\"n\">95 % interval</th><th class=\"n\">Tasks</th>"
            "<th class=\"n\">Runs</th><th class=\"n\">Any, all</th><th class=\"n\">s / solved</th><th "
            "class=\"n\">Prompt tokens / "
            "solved</th>"
            "<th class=\"n\">Generated / solved</th><th class=\"n\">J / solved</th></tr>\n" +
            rows +
            "</table></div>\n<p class=\"soft\">Any, all: chance that one of a task's runs passes (pass@k), "
            "and "
            "that all do (pass^k).</p>\n";
        if (!ranked) return text;
        if (data_.runs.size() > 1) text += "<p class=\"soft\">Places are those within one run.</p>\n";
        return text + (total ? "<p>The comparisons support this order.</p>\n"
                             : "<p>Arms whose places overlap cannot be told apart; their order here "
                               "means nothing.</p>\n");
    }

    [[nodiscard]] std::string pair_row(const Group& group, const ArmPair& pair) const {
        const auto& found = pair.comparison;
        const auto first = group.order[pair.first];
        const auto second = group.order[pair.second];
        const auto verdict = pair.separated     ? fmt::format("{} solves more", first + 1)
                             : found.tasks == 0 ? std::string("no task in common")
                                                : std::string("cannot be told apart");
        return fmt::format("<tr><td class=\"pair\">{}{}</td>{}<td>{}</td></tr>\n", detail::arm_dot(first),
                           detail::arm_dot(second), detail::comparison_cells(found, pair.corrected_p),
                           verdict);
    }

    // What it would take to tell a pair apart, where that is open.
    [[nodiscard]] std::string outlook_line(const Group& group, const ArmPair& pair) const {
        if (pair.separated || pair.comparison.tasks == 0) return "";
        const auto alpha = 0.05 / static_cast<double>(group.ranking.pairs.size());
        const auto first = group.order[pair.first];
        const auto second = group.order[pair.second];
        return fmt::format(
            "<p class=\"soft\">{}{} {}.</p>\n", detail::arm_dot(first), detail::arm_dot(second),
            escaped(outlook_words(outlook(arms_[second].outcomes, arms_[first].outcomes, alpha))));
    }

    [[nodiscard]] std::string comparisons() const {
        std::string rows;
        std::string outlooks;
        for (const auto& group : groups_) {
            for (const auto& pair : group.ranking.pairs) {
                rows += pair_row(group, pair);
                outlooks += outlook_line(group, pair);
            }
        }
        if (rows.empty()) return "";
        return "<h2>Comparisons on the same tasks</h2>\n<div class=\"scroll\"><table><tr><th>Arms</th>" +
               std::string(detail::comparison_headings()) + "<th>Verdict</th></tr>\n" + rows +
               "</table></div>\n" + outlooks;
    }

    [[nodiscard]] std::string plots() const {
        std::vector<detail::RatePoint> rates;
        std::vector<detail::CostPoint> costs;
        std::vector<detail::SolvedTime> times;
        for (const auto& group : groups_) {
            for (std::size_t i = 0; i < group.order.size(); ++i) {
                const auto arm = group.order[i];
                const auto& cost = costs_[arm];
                rates.push_back({arm, data_.arms[arm].name, group.ranking.arms[i].rate});
                if (cost.attempts > 0)
                    costs.push_back({rates.back(), cost.seconds / static_cast<double>(cost.attempts)});
                times.push_back({arm, data_.arms[arm].name, std::nullopt});
                if (cost.solved > 0) times.back().seconds = cost.seconds / static_cast<double>(cost.solved);
            }
        }
        auto text = fmt::format(
            "<h2>Plots</h2>\n<div class=\"plots\">\n<figure><figcaption>Pass rate</figcaption>{}</figure>\n"
            "<figure><figcaption>Cost against quality, with 95 % intervals</figcaption>{}{}</figure>\n"
            "<figure><figcaption>Time per solved task</figcaption>{}</figure>\n",
            detail::rate_plot(rates), detail::cost_plot(costs), detail::arm_legend(data_),
            detail::time_plot(times));
        if (!data_.versions.empty()) {
            std::string items;
            for (const auto& line : data_.versions)
                items += fmt::format("<li>{}{}</li>", detail::arm_dot(line.arm), escaped(line.name));
            text += fmt::format(
                "<figure><figcaption>Learning over versions, with 95 % intervals</figcaption>{}<ul "
                "class=\"legend\">{}</ul></figure>\n",
                detail::version_plot(data_.versions), items);
        }
        return text + "</div>\n";
    }

    [[nodiscard]] std::vector<std::pair<std::size_t, std::size_t>> tasks_that_differ() const {
        std::vector<std::pair<std::size_t, std::size_t>> pairs;
        for (const auto& group : groups_) {
            for (const auto& pair : group.ranking.pairs)
                pairs.emplace_back(group.order[pair.first], group.order[pair.second]);
        }
        return pairs;
    }

    [[nodiscard]] std::string calibration() const {
        std::vector<Arm> measured;
        for (std::size_t i = 0; i < arms_.size(); ++i)
            if (!data_.arms[i].yardstick) measured.push_back(arms_[i]);
        const auto found = calibrate(measured);
        std::string lists;
        for (const auto verdict : {Verdict::kSaturated, Verdict::kHopeless}) {
            std::string names;
            for (const auto& task : found.tasks)
                if (task.verdict == verdict) names += (names.empty() ? "" : ", ") + escaped(task.task);
            if (names.empty()) continue;
            lists += fmt::format("<p>{} (a proposal; nothing is removed): {}.</p>\n",
                                 verdict == Verdict::kSaturated ? "Always passed, for the regression set"
                                                                : "Never passed, for the stretch set",
                                 names);
        }
        if (lists.empty() && !found.needs_harder_tasks) return "";
        auto text = "<h2>Tasks that tell little</h2>\n" + lists;
        if (found.needs_harder_tasks)
            text += fmt::format("<p>The best arm passes {}{}: the suite needs harder tasks.</p>\n",
                                percent(found.rate_after), lists.empty() ? "" : " of the others");
        return text;
    }

    const ReportData& data_;
    std::vector<Arm> arms_;
    std::vector<Costs> costs_;
    std::vector<Group> groups_;  // one a run
};

}  // namespace

std::string report_html(const ReportData& data) { return Page(data).html(); }

}  // namespace hearth::eval
