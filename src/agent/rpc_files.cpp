// Commands that hearth adds to the protocol: files through the turns of a session, and going through its tree.
#include <fmt/format.h>
#include <utility>

#include "agent/branch.h"
#include "agent/detail/rpc_state.h"
#include "agent/file_report.h"
#include "core/json.h"
#include "core/text.h"

namespace hearth::agent {
namespace {

FileMove move_of(const RpcCommand& command) {
    return {.look_only = command.look_only.value_or(false),
            .overwrite =
                command.force.value_or(false) ? history::Overwrite::kOfOthers : history::Overwrite::kNothing};
}

}  // namespace

// A turn that a kill interrupted, or files that were being taken back.
void RpcServer::State::recover_files() const {
    if (parts_.files == nullptr) return;
    if (const auto recovered = parts_.files->recover(*session_); !recovered) warn(recovered.error());
}

Result<FileHistory*> RpcServer::State::idle_files() const {
    if (parts_.files == nullptr) return Error(Code::kUnsupported, "changes of files are not kept here");
    if (busy()) return Error(Code::kConflict, "a run goes on: abort it first, or wait for its end");
    return parts_.files;
}

RpcServer::State::Answer RpcServer::State::undo(const RpcCommand& command) {
    auto* files = TRY(idle_files());
    return std::optional(moved_json(FileEvent::Kind::kUndo, TRY(files->undo(*session_, move_of(command)))));
}

RpcServer::State::Answer RpcServer::State::redo(const RpcCommand& command) {
    auto* files = TRY(idle_files());
    return std::optional(moved_json(FileEvent::Kind::kRedo, TRY(files->redo(*session_, move_of(command)))));
}

RpcServer::State::Answer RpcServer::State::restore_files(const RpcCommand& command) {
    if (!command.entry_id) return lacks(command, "entryId");
    auto* files = TRY(idle_files());
    return std::optional(moved_json(FileEvent::Kind::kRestore,
                                    TRY(files->restore(*session_, *command.entry_id, move_of(command)))));
}

RpcServer::State::Answer RpcServer::State::get_turns(const RpcCommand& /*command*/) {
    if (parts_.files == nullptr) return std::optional(turns_json({}));
    return std::optional(turns_json(TRY(parts_.files->turns(entries_copy()))));
}

RpcServer::State::Answer RpcServer::State::diff(const RpcCommand& command) {
    if (parts_.files == nullptr) return Error(Code::kUnsupported, "changes of files are not kept here");
    const auto text = TRY(parts_.files->diff(entries_copy(), command.from, command.to));
    return std::optional(fmt::format(R"({{"diff":{}}})", json_quote(text)));
}

RpcServer::State::Answer RpcServer::State::set_label(const RpcCommand& command) {
    if (!command.entry_id) return lacks(command, "entryId");
    bool known = false;
    look([&](const auto& entries, const auto& /*leaf*/, const auto& /*path*/) {
        known = tree_target(entries, *command.entry_id).has_value();
    });
    if (!known) return Error(Code::kNotFound, "Entry not found: " + *command.entry_id);
    const std::string label(trim(command.label.value_or("")));
    auto fields = fmt::format(R"({{"targetId":{})", json_quote(*command.entry_id));
    if (!label.empty()) fields += fmt::format(R"(,"label":{})", json_quote(label));
    TRY(session_->append_entry("label", fields + "}"));
    return std::optional<std::string>("");
}

// With a summary the model is asked, on the thread of a run; else it is done at once.
RpcServer::State::Answer RpcServer::State::navigate_tree(const RpcCommand& command) {
    if (!command.entry_id) return lacks(command, "entryId");
    if (!command.summarize.value_or(false)) {
        stop_run();
        return std::optional(TRY(navigate(command, nullptr, {})));
    }
    if (busy()) return Error(Code::kConflict, "a run goes on: abort it first, or wait for its end");
    TRY(start_run(true, [this, command](Driver& driver, const std::stop_token& stop, const std::stop_token&) {
        const auto gone = navigate(command, &driver, stop);
        answer(command, gone ? rpc_success(command, *gone) : rpc_failure(command, gone.error().message()));
    }));
    return std::optional<std::string>();
}

Result<std::string> RpcServer::State::navigate(const RpcCommand& command, Driver* driver,
                                               const std::stop_token& stop) {
    std::optional<TreeTarget> target;
    look([&](const auto& entries, const auto& /*leaf*/, const auto& /*path*/) {
        target = tree_target(entries, *command.entry_id);
    });
    if (!target) return Error(Code::kNotFound, "Entry not found: " + *command.entry_id);
    std::optional<std::string> summary;
    if (driver != nullptr) {
        auto written =
            driver->summarise_branch(target->entry_id, command.custom_instructions.value_or(""), stop);
        if (stop.stop_requested()) return std::string(R"({"cancelled":true})");
        summary = TRY(std::move(written));
    }
    std::string files;
    if (command.restore_files.value_or(false)) {
        if (parts_.files == nullptr) return Error(Code::kUnsupported, "changes of files are not kept here");
        auto move = move_of(command);
        move.look_only = false;
        move.tell_model = false;  // there it knows the files as they are then
        files = moved_json(FileEvent::Kind::kRestore,
                           TRY(parts_.files->restore(*session_, target->entry_id, move)));
    }
    TRY(session_->branch_from(target->entry_id));
    std::string out = R"({"cancelled":false)";
    if (summary) {
        const auto id = TRY(session_->append_entry("branch_summary", *summary));
        out += fmt::format(R"(,"summaryEntryId":{})", json_quote(id));
    }
    if (!target->text.empty()) out += fmt::format(R"(,"editorText":{})", json_quote(target->text));
    if (!files.empty()) out += fmt::format(R"(,"files":{})", files);
    if (parts_.add_ons != nullptr) parts_.add_ons->session_changed(SessionChange::kTree);
    return out + "}";
}

}  // namespace hearth::agent
