#include "scaffold/rule_keeper.h"

#include <algorithm>
#include <fmt/format.h>
#include <functional>

#include "agent/file_change.h"
#include "core/text.h"
#include "scaffold/project.h"
#include "scaffold/work_plan.h"

namespace hearth::scaffold {
namespace {

constexpr int kMostReminders = 3;
constexpr std::size_t kMostFiles = 5000;
constexpr std::size_t kMostBytes = std::size_t{1} << 20U;  // of a file that is looked into

bool writes(const chat::ToolCall& call) { return call.name == "write" || call.name == "edit"; }

}  // namespace

Status RuleKeeper::on_prompt(std::string& text, std::stop_token /*stop*/) {
    reminders_ = 0;
    const auto words = rule_words(setup_.rules);
    if (!told_ && !words.empty()) text += "\n\n" + words;
    return {};
}

void RuleKeeper::shape(chat::Request& request) {
    const auto words = rule_words(setup_.rules);
    told_ = std::any_of(request.messages.begin(), request.messages.end(), [&](const chat::Message& message) {
        return message.role != chat::Role::kAssistant && message.text.find(words) != std::string::npos;
    });
}

Status RuleKeeper::on_answer(chat::Message& answer) {
    said_ = prose_of(answer.text);
    return {};
}

std::vector<std::string> RuleKeeper::planned(const std::string& path) const {
    std::vector<std::string> names;
    const auto* plan = setup_.plan ? setup_.plan() : nullptr;
    if (plan == nullptr || !plan->in_force()) return names;
    if (const auto* file = plan->plan.find(path)) {
        names = file->functions;
        names.insert(names.end(), file->new_functions.begin(), file->new_functions.end());
        names.push_back(path);  // that the file changes is explained in any case
    }
    return names;
}

bool RuleKeeper::is_test_run(const chat::ToolCall& call) const {
    if (call.name != "bash" || setup_.rules.tests.empty()) return false;
    const auto command = agent::command_argument(call.arguments);
    const auto text = trim(command);
    return text == setup_.rules.tests || text.ends_with("&& " + setup_.rules.tests);
}

Result<RuleKeeper::Files> RuleKeeper::look() const {
    Files out;
    for (const auto& path : TRY(setup_.files.list(kMostFiles))) {
        const auto content = setup_.files.read(path, kMostBytes);
        out.emplace(
            path, content ? Seen{split_lines(*content).size(), std::hash<std::string>()(*content)} : Seen());
    }
    return out;
}

Result<std::optional<agent::ToolResult>> RuleKeeper::before_tool(chat::ToolCall& call,
                                                                 std::stop_token /*stop*/) {
    if (call.name == "bash") before_ = TRY(look());
    if (!writes(call)) return std::optional<agent::ToolResult>();
    auto change = call.name == "write" ? agent::change_of_write(setup_.files, call.arguments)
                                       : agent::change_of_edit(setup_.files, call.arguments);
    if (!change) return std::optional<agent::ToolResult>();  // the tool says what is wrong with it
    change->path = agent::path_below(setup_.files.root(), change->path);
    const auto project = TRY(scan_project(setup_.files));
    const auto planned = this->planned(change->path);
    auto looked_for = looked_for_;
    looked_for.insert(looked_for.end(), planned.begin(), planned.end());
    const auto fault = rule_fault(
        setup_.rules, *change,
        {.project = project, .said = said_, .looked_for = looked_for, .planned = planned}, looked_for_);
    if (!fault) return std::optional<agent::ToolResult>();
    return std::optional(agent::ToolResult{"Not written yet: " + *fault, true});
}

// What is there now and was not, or was shorter, before the command.
std::string RuleKeeper::faults_of_command(const Files& now) const {
    std::string out;
    for (const auto& [path, seen] : now) {
        const auto known = before_.find(path);
        const bool is_new = known == before_.end();
        const auto lines = seen.lines;
        if (is_new && is_forbidden(setup_.rules, path)) {
            out += fmt::format("\n[{} is in a place that stays as it is: remove it]", path);
        } else if (setup_.rules.max_lines && lines > *setup_.rules.max_lines &&
                   (is_new || lines > known->second.lines) && role_of(path) != FileRole::kOther) {
            out += fmt::format(
                "\n[{} has {} lines now, and a file here has at most {}: put a part of it into a "
                "file of its own]",
                path, lines, *setup_.rules.max_lines);
        }
    }
    return out;
}

Status RuleKeeper::after_tool(const chat::ToolCall& call, agent::ToolResult& result,
                              std::stop_token /*stop*/) {
    if (writes(call) && !result.is_error) untested_ = true;
    if (call.name != "bash") return {};
    const auto now = TRY(look());
    result.text += faults_of_command(now);
    if (is_test_run(call) && !result.goes_on) {
        untested_ = untested_ && result.is_error;
    } else if (now != before_) {
        untested_ = true;
    }
    return {};
}

Result<std::optional<std::string>> RuleKeeper::on_end(std::stop_token /*stop*/) {
    if (!untested_ || setup_.rules.tests.empty()) return std::optional<std::string>();
    if (reminders_++ < kMostReminders)
        return std::optional(fmt::format(
            "Files have changed since `{0}` passed. Run exactly `{0}` with bash now, and mend what fails.",
            setup_.rules.tests));
    setup_.warn(
        fmt::format("the rules want `{}` to pass after the last change, and it did not", setup_.rules.tests));
    return std::optional<std::string>();
}

}  // namespace hearth::scaffold
