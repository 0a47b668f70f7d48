#include "scaffold/memory_keeper.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "agent/file_change.h"
#include "core/ids.h"
#include "core/text.h"
#include "os/files.h"
#include "scaffold/failure_digest.h"
#include "scaffold/project.h"

namespace hearth::scaffold {
namespace {

constexpr std::string_view kHead =
    "Notes of this project from earlier sessions, for what they are worth (the task above goes first):";

using Hashes = std::map<std::string, std::string, std::less<>>;

Result<Hashes> hashes_of(const sandbox::WorkspaceFiles& files) {
    Hashes out;
    for (const auto& file : TRY(scan_project(files)).files)
        if (file.role != FileRole::kOther) out.emplace(file.path, os::sha256(file.content));
    return out;
}

}  // namespace

void MemoryKeeper::use_session(const std::string& session, std::string task) {
    if (session == now_.session) return;
    now_ = {.session = session, .began_ms = unix_ms_now(), .task = std::move(task), .model = setup_.model};
    before_.clear();
    looked_ = false;
    told_ = was_told_ = false;
    unsaved_ = false;
    signature_.clear();
}

std::string MemoryKeeper::notes() {
    const auto text = setup_.bank.notes(setup_.note_bytes);
    // Work goes on without what cannot be read.
    if (!text) {
        setup_.warn(text.error().message());
        return {};
    }
    for (const auto& notice : setup_.bank.take_notices())
        setup_.warn(notice);
    return text->empty() ? std::string() : fmt::format("{}\n{}", kHead, *text);
}

Status MemoryKeeper::on_prompt(std::string& text, std::stop_token /*stop*/) {
    if (!looked_) {
        before_ = TRY(hashes_of(setup_.files));
        looked_ = true;
    }
    // Behind its first paragraph may stand what others put there.
    if (now_.task.empty()) now_.task = text.substr(0, text.find("\n\n"));
    unsaved_ = true;
    if (!told_) {
        if (const auto notes = this->notes(); !notes.empty()) text += "\n\n" + notes;
    }
    return {};
}

// The request says what the model still sees.
void MemoryKeeper::shape(chat::Request& request) {
    told_ = std::any_of(request.messages.begin(), request.messages.end(), [](const chat::Message& message) {
        return message.role != chat::Role::kAssistant && message.text.find(kHead) != std::string::npos;
    });
    was_told_ = was_told_ || told_;
}

Status MemoryKeeper::after_tool(const chat::ToolCall& call, agent::ToolResult& result,
                                std::stop_token /*stop*/) {
    if (call.name != "write" && call.name != "edit" && call.name != "bash") return {};
    unsaved_ = true;
    const auto command = agent::command_argument(call.arguments);
    if (call.name != "bash" || setup_.test_command.empty() || trim(command) != setup_.test_command) return {};
    if (result.goes_on) return {};
    const auto report = digest_test_run({.output = result.text, .exit_code = result.is_error ? 1 : 0});
    return tests_ran(setup_.test_command, summary(report), report.green);
}

Status MemoryKeeper::tests_ran(const std::string& command, const std::string& outcome, bool green) {
    now_.test_command = command;
    if (now_.tests_before.empty()) now_.tests_before = outcome;
    now_.tests_after = outcome;
    now_.green = green;
    unsaved_ = true;
    return {};
}

// A compaction in the middle of a run: the notes come back behind the last result.
Result<agent::Verdict> MemoryKeeper::after_tools(std::string& feedback, std::stop_token /*stop*/) {
    if (was_told_ && !told_) {
        if (const auto notes = this->notes(); !notes.empty())
            feedback += (feedback.empty() ? "" : "\n\n") + notes;
    }
    TRY(keep());
    return agent::Verdict::kGoOn;
}

Result<std::optional<std::string>> MemoryKeeper::on_end(std::stop_token /*stop*/) {
    TRY(keep());
    return std::optional<std::string>();
}

Status MemoryKeeper::find_changes() {
    const auto here = TRY(hashes_of(setup_.files));
    std::vector<std::string> changed;
    for (const auto& [path, hash] : here) {
        const auto known = before_.find(path);
        if (known == before_.end() || known->second != hash) changed.push_back(path);
    }
    for (const auto& [path, hash] : before_)
        if (here.find(path) == here.end()) changed.push_back(path);
    std::sort(changed.begin(), changed.end());
    now_.files = std::move(changed);
    return {};
}

Status MemoryKeeper::keep() {
    if (now_.session.empty() || !looked_) return {};
    const auto* plan = setup_.plan ? setup_.plan() : nullptr;
    if (plan != nullptr && plan->in_force()) {
        now_.plan_goal = plan->plan.goal;
        now_.plan_steps = static_cast<std::int64_t>(plan->plan.steps.size());
        const auto done = std::count_if(plan->steps_done_ms.begin(), plan->steps_done_ms.end(),
                                        [](std::int64_t at) { return at > 0; });
        unsaved_ = unsaved_ || done != now_.plan_steps_done;
        now_.plan_steps_done = done;
        if (plan->signature->sha256 != signature_) {
            signature_ = plan->signature->sha256;
            std::string why;
            for (const auto& file : plan->plan.files)
                why += fmt::format(" {}: {}", file.path, file.why);
            TRY(setup_.bank.decide(
                fmt::format("{}{} (signed by {})", plan->plan.goal, why, plan->signature->by)));
        }
    }
    if (!std::exchange(unsaved_, false)) return {};
    TRY(find_changes());
    now_.updated_ms = unix_ms_now();
    if (auto kept = setup_.bank.keep(now_); !kept) {
        // What goes on is worth more than the note of it.
        setup_.warn(kept.error().message());
    }
    for (const auto& notice : setup_.bank.take_notices())
        setup_.warn(notice);
    return {};
}

}  // namespace hearth::scaffold
