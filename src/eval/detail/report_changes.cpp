#include "eval/detail/report_changes.h"

#include <fmt/format.h>

#include "core/text.h"
#include "eval/detail/html.h"

namespace hearth::eval::detail {
namespace {

std::string_view verdict_of(const ContenderChange& change) {
    if (change.comparison.tasks == 0) return "no task in common";
    if (!change.separated) return "cannot be told apart";
    return change.comparison.effect > 0 ? "solves more than before" : "solves less than before";
}

std::string task_list(std::string_view title, const std::vector<TaskChange>& tasks) {
    if (tasks.empty()) return "";
    std::vector<std::string> items;
    for (const auto& task : tasks)
        items.push_back(fmt::format("{} ({}/{} → {}/{})", escaped(task.before.task), task.before.passes(),
                                    task.before.passed.size(), task.after.passes(),
                                    task.after.passed.size()));
    return fmt::format("<p>{}: {}.</p>\n", title, join(items, ", "));
}

std::string name_list(std::string_view title, const std::vector<std::string>& names) {
    return names.empty() ? "" : fmt::format("<p>{}: {}.</p>\n", title, escaped(join(names, ", ")));
}

std::string settings_table(const RunComparison& comparison) {
    if (comparison.settings.empty()) return "<p>No setting differs.</p>\n";
    std::string rows;
    for (const auto& setting : comparison.settings)
        rows += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td></tr>\n", escaped(setting.name),
                            setting.before.empty() ? "–" : escaped(setting.before),
                            setting.after.empty() ? "–" : escaped(setting.after));
    return fmt::format(
        "<div class=\"scroll\"><table><tr><th>Setting</th><th>Run {}</th><th>Run "
        "{}</th></tr>\n{}</table></div>\n",
        comparison.before, comparison.after, rows);
}

std::string section(const RunComparison& comparison) {
    std::string rows;
    std::string tasks;
    for (const auto& change : comparison.contenders) {
        rows += fmt::format("<tr><td class=\"arm\">{}</td>{}<td>{}</td></tr>\n", escaped(change.name),
                            comparison_cells(change.comparison, change.corrected_p), verdict_of(change));
        auto details = task_list("Better", change.better) + task_list("Worse", change.worse);
        if (!change.separated && change.comparison.tasks > 0)
            details += fmt::format("<p class=\"soft\">{}.</p>\n", escaped(outlook_words(change.outlook)));
        if (!details.empty()) tasks += fmt::format("<h4>{}</h4>\n{}", escaped(change.name), details);
    }
    auto text = fmt::format("<h3>From run {} to run {}</h3>\n", comparison.before, comparison.after);
    text += rows.empty() ? "<p>They have no model with agent in common.</p>\n"
                         : fmt::format(
                               "<div class=\"scroll\"><table><tr><th>Arm</th>{}<th>Verdict</th></tr>\n{}"
                               "</table></div>\n",
                               comparison_headings(), rows);
    text += tasks;
    text += name_list("Left out, because their text differs", comparison.changed_tasks);
    text += name_list(fmt::format("Only in run {}", comparison.before), comparison.tasks_before);
    text += name_list(fmt::format("Only in run {}", comparison.after), comparison.tasks_after);
    text += name_list(fmt::format("Arms of run {} alone", comparison.before), comparison.contenders_before);
    text += name_list(fmt::format("Arms of run {} alone", comparison.after), comparison.contenders_after);
    return text + settings_table(comparison);
}

}  // namespace

std::string run_changes(const std::vector<RunComparison>& comparisons) {
    if (comparisons.empty()) return "";
    std::string text = "<h2>What changed between the runs</h2>\n";
    for (const auto& comparison : comparisons)
        text += section(comparison);
    return text;
}

}  // namespace hearth::eval::detail
