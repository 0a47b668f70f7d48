#include "eval/detail/report_tasks.h"

#include <algorithm>
#include <fmt/format.h>
#include <set>
#include <string_view>

#include "core/text.h"
#include "core/units.h"
#include "eval/detail/html.h"

namespace hearth::eval::detail {
namespace {

constexpr std::size_t kLongestText = 16'000;  // of a trajectory or diff
constexpr std::size_t kMostSides = 12;        // attempts of one task that are shown with their texts

// A unified diff with its added and removed lines marked.
std::string marked_diff(std::string_view diff) {
    const auto shown = head_and_tail(diff, kLongestText / 2, kLongestText / 2);
    const auto lines = split_lines(shown);
    std::string result;
    for (const auto line : lines) {
        const bool header = line.starts_with("+++") || line.starts_with("---");
        const auto* tag = header ? "" : line.starts_with('+') ? "ins" : line.starts_with('-') ? "del" : "";
        result += *tag == '\0' ? escaped(line) : fmt::format("<{}>{}</{}>", tag, escaped(line), tag);
        result += '\n';
    }
    return result;
}

std::vector<std::string> task_names(const ReportData& data) {
    std::vector<std::string> names;
    std::set<std::string_view> seen;
    for (const auto& arm : data.arms) {
        for (const auto& task : arm.tasks)
            if (seen.insert(task.name).second) names.push_back(task.name);
    }
    return names;
}

const ReportTask* find(const ReportArm& arm, std::string_view name) {
    const auto found = std::ranges::find(arm.tasks, name, &ReportTask::name);
    return found == arm.tasks.end() || found->attempts.empty() ? nullptr : &*found;
}

std::string outcome_cell(const ReportTask* task) {
    if (task == nullptr) return "<td class=\"n\">–</td>";
    const auto passed = std::ranges::count(task->attempts, true, &ReportAttempt::passed);
    const auto runs = static_cast<std::ptrdiff_t>(task->attempts.size());
    return fmt::format("<td class=\"n {}\">{}/{}</td>",
                       passed == runs ? "all"
                       : passed == 0  ? "none"
                                      : "some",
                       passed, runs);
}

std::string attempt_text(const ReportAttempt& attempt) {
    auto text = fmt::format("<p class=\"result {}\">{}: {}{}, {}; {} prompt and {} generated tokens</p>",
                            attempt.passed ? "all" : "none", escaped(attempt.label),
                            attempt.passed ? "passed" : "failed",
                            attempt.failure.empty() ? std::string() : ": " + escaped(attempt.failure),
                            human_seconds(attempt.seconds), attempt.prompt_tokens, attempt.generated_tokens);
    if (!attempt.diff.empty())
        text += fmt::format("<h4>What it changed</h4><pre>{}</pre>", marked_diff(attempt.diff));
    if (!attempt.trajectory.empty()) {
        text += fmt::format("<h4>What happened</h4><pre>{}</pre>",
                            escaped(head_and_tail(attempt.trajectory, kLongestText / 2, kLongestText / 2)));
    }
    return text;
}

// A column for each arm, its attempts below each other; each arm shows as many as the others may.
std::string side_by_side(const ReportData& data, const std::string& name) {
    const auto have = static_cast<std::size_t>(std::ranges::count_if(
        data.arms, [&name](const ReportArm& arm) { return find(arm, name) != nullptr; }));
    const auto most = std::max<std::size_t>(1, kMostSides / std::max<std::size_t>(1, have));
    std::string columns;
    std::string summary;
    for (std::size_t i = 0; i < data.arms.size(); ++i) {
        const auto* task = find(data.arms[i], name);
        if (task == nullptr) continue;
        summary += arm_dot(i);
        std::string column;
        for (std::size_t k = 0; k < task->attempts.size(); ++k) {
            const auto& attempt = task->attempts[k];
            summary += attempt.passed ? "✓" : "✗";
            if (k < most) column += attempt_text(attempt);
        }
        summary += ' ';
        if (task->attempts.size() > most)
            column += fmt::format("<p class=\"soft\">{} more attempts are not shown.</p>",
                                  task->attempts.size() - most);
        columns += fmt::format("<div class=\"side\"><h3>{}{}</h3>{}</div>", arm_dot(i),
                               escaped(data.arms[i].name), column);
    }
    return fmt::format(
        "<details><summary>{} <span>{}</span></summary><div class=\"sides\">{}</div></details>\n",
        escaped(name), summary, columns);
}

// Passed runs of all runs, as a number to compare.
double rate_of(const ReportTask& task) {
    return static_cast<double>(std::ranges::count(task.attempts, true, &ReportAttempt::passed)) /
           static_cast<double>(task.attempts.size());
}

std::string differences(const ReportData& data,
                        const std::vector<std::pair<std::size_t, std::size_t>>& pairs) {
    std::string result;
    const auto names = task_names(data);
    for (const auto& [first, second] : pairs) {
        std::string rows;
        std::size_t count = 0;
        for (const auto& name : names) {
            const auto* one = find(data.arms[first], name);
            const auto* other = find(data.arms[second], name);
            if (one == nullptr || other == nullptr || rate_of(*one) == rate_of(*other)) continue;
            ++count;
            rows += fmt::format("<tr><td>{}</td>{}{}</tr>\n", escaped(name), outcome_cell(one),
                                outcome_cell(other));
        }
        if (count == 0) continue;
        result += fmt::format(
            "<details><summary>{}{} differ on {} tasks</summary><div "
            "class=\"scroll\"><table><tr><th>Task</th>"
            "<th class=\"n\">{}</th><th class=\"n\">{}</th></tr>\n{}</table></div></details>\n",
            arm_dot(first), arm_dot(second), count, arm_dot(first), arm_dot(second), rows);
    }
    return result.empty() ? result : "<h2>Differences task by task</h2>\n" + result;
}

}  // namespace

std::string arm_dot(std::size_t arm) {
    return fmt::format(R"(<span class="dot {}"><b>{}</b></span>)", colour_class(arm), arm + 1);
}

std::string arm_legend(const ReportData& data) {
    std::string items;
    for (std::size_t i = 0; i < data.arms.size(); ++i)
        items += fmt::format("<li>{}{}</li>", arm_dot(i), escaped(data.arms[i].name));
    return fmt::format("<ul class=\"legend\">{}</ul>", items);
}

std::string task_sections(const ReportData& data,
                          const std::vector<std::pair<std::size_t, std::size_t>>& pairs) {
    const auto names = task_names(data);
    std::string head;
    for (std::size_t i = 0; i < data.arms.size(); ++i)
        head += fmt::format("<th class=\"n\">{}</th>", arm_dot(i));
    std::string rows;
    std::string sides;
    for (const auto& name : names) {
        rows += fmt::format("<tr><td>{}</td>", escaped(name));
        for (const auto& arm : data.arms)
            rows += outcome_cell(find(arm, name));
        rows += "</tr>\n";
        sides += side_by_side(data, name);
    }
    return fmt::format(
        "<h2>Tasks</h2>\n<p class=\"soft\">Passed runs of all runs.</p>\n<div "
        "class=\"scroll\"><table><tr><th>Task</th>{}"
        "</tr>\n{}</table></div>\n{}\n{}<h2>Attempts side by side</h2>\n{}",
        head, rows, arm_legend(data), differences(data, pairs), sides);
}

}  // namespace hearth::eval::detail
