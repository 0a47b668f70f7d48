#include <fmt/format.h>

#include "app/eval_report.h"
#include "app/render.h"
#include "core/text.h"

namespace hearth::app {
namespace {

std::string_view verdict_of(const eval::ContenderChange& change) {
    if (!change.separated) return "no change can be told from chance";
    return change.comparison.effect > 0 ? "it solves more than before" : "it solves less than before";
}

std::string task_line(std::string_view title, const std::vector<eval::TaskChange>& tasks) {
    if (tasks.empty()) return {};
    std::vector<std::string> parts;
    for (const auto& task : tasks)
        parts.push_back(fmt::format("{} ({} of {}, was {} of {})", printable(task.before.task),
                                    task.after.passes(), task.after.passed.size(), task.before.passes(),
                                    task.before.passed.size()));
    return fmt::format("    {}: {}\n", title, join(parts, ", "));
}

std::string contender_lines(const eval::ContenderChange& change) {
    const auto& comparison = change.comparison;
    if (comparison.tasks == 0)
        return fmt::format("  {}: no task in common with the same text\n", printable(change.name));
    auto out = fmt::format(
        "  {}: {:+.0f} points (95 % {:+.0f} to {:+.0f}), {}, {} tasks better, {} worse, {} equal: {}\n",
        printable(change.name), comparison.effect * 100, comparison.interval.low * 100,
        comparison.interval.high * 100, p_words(change.corrected_p), comparison.better, comparison.worse,
        comparison.equal, verdict_of(change));
    if (!change.separated) out += fmt::format("    {}\n", eval::outlook_words(change.outlook));
    return out + task_line("better", change.better) + task_line("worse", change.worse);
}

std::string names_line(const std::string& title, const std::vector<std::string>& names) {
    if (names.empty()) return {};
    return fmt::format("  {}: {}\n", title, printable(join(names, ", ")));
}

std::string settings_lines(const eval::RunComparison& comparison) {
    if (comparison.settings.empty()) return "  no setting differs\n";
    Table table{.headings = {"SETTING", fmt::format("RUN {}", comparison.before),
                             fmt::format("RUN {}", comparison.after)},
                .numeric = {},
                .rows = {}};
    for (const auto& setting : comparison.settings)
        table.rows.push_back({printable(setting.name),
                              setting.before.empty() ? "-" : printable(setting.before),
                              setting.after.empty() ? "-" : printable(setting.after)});
    return "\n" + render_table(table);
}

}  // namespace

std::string p_words(double p) { return p < 0.001 ? "p below 0.001" : fmt::format("p {:.3f}", p); }

std::string render_comparisons(const std::vector<eval::RunComparison>& comparisons) {
    std::string out;
    for (const auto& comparison : comparisons) {
        out += fmt::format("{}From run {} to run {}, paired by task\n", out.empty() ? "" : "\n",
                           comparison.before, comparison.after);
        if (comparison.contenders.empty()) out += "  they have no model with agent in common\n";
        for (const auto& change : comparison.contenders)
            out += contender_lines(change);
        out += names_line("left out, because their text differs", comparison.changed_tasks);
        out += names_line(fmt::format("tasks of run {} alone", comparison.before), comparison.tasks_before);
        out += names_line(fmt::format("tasks of run {} alone", comparison.after), comparison.tasks_after);
        out += names_line(fmt::format("only in run {}", comparison.before), comparison.contenders_before);
        out += names_line(fmt::format("only in run {}", comparison.after), comparison.contenders_after);
        out += settings_lines(comparison);
    }
    return out;
}

}  // namespace hearth::app
