#include "probe/edit_probe.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <set>
#include <utility>

#include "agent/file_change.h"
#include "agent/tool.h"
#include "chat/text_calls.h"
#include "core/text.h"
#include "scaffold/code_blocks.h"
#include "scaffold/file_edits.h"
#include "scaffold/form_request.h"
#include "scaffold/project.h"
#include "scaffold/prompt_pack.h"

namespace hearth::probe {
namespace {

constexpr unsigned kSeed = 7;
constexpr double kTemperature = 0.4;  // between the first answer of the harness and its samples
constexpr Tokens kWholeTokens{500};
constexpr Tokens kFunctionTokens{240};
constexpr Tokens kCallTokens{300};
constexpr std::array kTemperatures = {0.2, 0.5, 0.8, 1.1};
constexpr std::string_view kToolWords =
    "You are a coding agent. You change files by calling the tool that you are given.";

scaffold::Project project_of(const EditTask& task) {
    scaffold::Project project;
    project.files.push_back(
        {.path = task.file, .role = scaffold::FileRole::kSource, .content = task.content});
    return project;
}

scaffold::Target target_of(const EditTask& task) {
    scaffold::Target target;
    target.file = task.file;
    target.definition = task.function;
    target.certain = true;
    return target;
}

scaffold::AnswerForm form_of(EditFormat format) {
    return format == EditFormat::kWholeFile ? scaffold::AnswerForm::kWholeFile
                                            : scaffold::AnswerForm::kDefinition;
}

Tokens limit_of(EditFormat format) {
    switch (format) {
        case EditFormat::kWholeFile: return kWholeTokens;
        case EditFormat::kFunction: return kFunctionTokens;
        case EditFormat::kReplace: return kCallTokens;
    }
    return kWholeTokens;
}

Result<std::string> after_blocks(const EditTask& task, EditFormat format, const chat::Answer& answer) {
    const auto project = project_of(task);
    const auto target = target_of(task);
    const auto form = scaffold::form_text(form_of(format), target, project);
    const auto text = scaffold::answer_text(form.opening, answer.message.text);
    auto edits = TRY(scaffold::edits_from_answer(text, project, target));
    const auto own = std::ranges::find(edits, task.file, &scaffold::FileEdit::path);
    if (own == edits.end())
        return Error(Code::kInvalidInput, fmt::format("the answer does not change {}", task.file));
    return std::move(own->content);
}

Result<std::string> after_calls(const EditTask& task, const chat::Answer& answer) {
    auto calls = answer.message.tool_calls;
    if (calls.empty()) {
        const bool cut = answer.reason == chat::StopReason::kLength;
        calls = chat::find_text_calls(answer.message.text, {agent::edit_description()}, cut).calls;
    }
    std::string content = task.content;
    bool changed = false;
    for (const auto& call : calls) {
        if (call.name != "edit") continue;
        const auto path = agent::path_argument(call.arguments);
        if (scaffold::file_name(path) != task.file)
            return Error(Code::kInvalidInput, fmt::format("the call edits '{}'", printable(path)));
        content = TRY(agent::edited_text(content, call.arguments));
        changed = true;
    }
    if (!changed) return Error(Code::kInvalidInput, "the answer calls no tool");
    return content;
}

void count(const EditTask& task, const Samples& samples, EditShare& share) {
    for (const auto& answer : samples.answers) {
        const auto file = edited(task, share.format, answer);
        ++share.usable.asked;
        ++share.right.asked;
        if (!file) continue;
        ++share.usable.right;
        if (same_code(*file, task.expected)) ++share.right.right;
    }
}

}  // namespace

Result<chat::Request> edit_request(const EditTask& task, EditFormat format, double temperature) {
    const auto project = project_of(task);
    auto request = question(
        fmt::format("{}\n\nHere is the file {}:\n```python\n{}```\n", task.words, task.file, task.content),
        limit_of(format), temperature);
    const bool calls = format == EditFormat::kReplace;
    const auto system = calls ? kToolWords : scaffold::text_system_prompt();
    request.messages.insert(request.messages.begin(),
                            {.role = chat::Role::kSystem, .text = std::string(system)});
    if (calls) {
        request.tools.push_back(agent::edit_description());
        return request;
    }
    const auto form = scaffold::form_text(form_of(format), target_of(task), project);
    return scaffold::form_request(std::move(request), form, 1, temperature, limit_of(format));
}

Result<std::string> edited(const EditTask& task, EditFormat format, const chat::Answer& answer) {
    return format == EditFormat::kReplace ? after_calls(task, answer) : after_blocks(task, format, answer);
}

Result<std::vector<EditShare>> probe_edits(const Desk& desk) {
    std::vector<EditShare> shares;
    for (const auto format : kEditFormats)
        shares.push_back({.format = format});
    const auto tasks = edit_tasks(kSeed);
    const auto most =
        std::min<std::size_t>(tasks.size(), static_cast<std::size_t>(std::max(desk.effort.tasks, 1)));
    std::array<std::int64_t, std::size(kEditFormats)> tokens{};
    for (std::size_t i = 0; i < most && (i == 0 || !desk.out_of_time()); ++i) {
        for (std::size_t k = 0; k < shares.size(); ++k) {
            desk.tell(static_cast<double>(i * shares.size() + k) / static_cast<double>(most * shares.size()),
                      fmt::format("edits as {}, task {} of {}", format_words(shares[k].format), i + 1, most));
            auto request = TRY(edit_request(tasks[i], shares[k].format, kTemperature));
            const auto samples = TRY(ask(desk, std::move(request), desk.effort.samples));
            count(tasks[i], samples, shares[k]);
            tokens[k] += samples.usage.generated_tokens.value;
        }
    }
    for (std::size_t k = 0; k < shares.size(); ++k)
        if (shares[k].usable.asked > 0)
            shares[k].tokens = static_cast<double>(tokens[k]) / shares[k].usable.asked;
    return shares;
}

Result<std::vector<SpreadStep>> probe_spread(const Desk& desk) {
    const auto task = edit_tasks(kSeed).front();
    const int answers = std::max(desk.effort.samples, 4);
    std::vector<SpreadStep> steps;
    for (const double temperature : kTemperatures) {
        if (!steps.empty() && desk.out_of_time()) break;
        desk.tell(static_cast<double>(steps.size()) / kTemperatures.size(),
                  fmt::format("answers at temperature {}", temperature));
        auto request = TRY(edit_request(task, EditFormat::kFunction, temperature));
        const auto samples = TRY(ask(desk, std::move(request), answers));
        EditShare share{.format = EditFormat::kFunction};
        count(task, samples, share);
        std::set<std::string> distinct;
        for (const auto& answer : samples.answers)
            distinct.insert(std::string(trim(answer.message.text)));
        steps.push_back({.temperature = temperature,
                         .distinct = {.right = static_cast<int>(distinct.size()), .asked = share.right.asked},
                         .right = share.right});
    }
    return steps;
}

}  // namespace hearth::probe
