#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <utility>

#include "agent/detail/rpc_state.h"
#include "agent/export_html.h"
#include "core/json.h"
#include "core/text.h"
#include "os/files.h"

namespace hearth::agent {
namespace {

constexpr std::string_view kDone = R"({"cancelled":false})";  // extensions are told, and cannot refuse

bool was_said(const std::vector<Entry>& path) {
    return std::any_of(path.begin(), path.end(),
                       [](const Entry& entry) { return entry.role == "user" || entry.role == "assistant"; });
}

}  // namespace

std::vector<Entry> RpcServer::State::path_copy() const {
    std::vector<Entry> copy;
    look([&](const auto& /*entries*/, const auto& /*leaf*/, const auto& path) {
        for (const auto* entry : path)
            copy.push_back(*entry);
    });
    return copy;
}

std::vector<Entry> RpcServer::State::entries_copy() const {
    std::vector<Entry> copy;
    session_->look([&](const std::vector<Entry>& entries, const std::string& /*leaf*/) { copy = entries; });
    return copy;
}

// What was queued was meant for the session that is left.
Status RpcServer::State::put_session(Session session, SessionChange change) {
    queue_.clear();
    auto next = std::make_unique<Session>(std::move(session));
    {
        const std::scoped_lock lock(session_mutex_);
        session_.swap(next);
    }
    recover_files();
    TRY(note_model(*session_, model_.provider, model_.id, thinking_));
    if (parts_.add_ons != nullptr) parts_.add_ons->session_changed(change);
    return {};
}

RpcServer::State::Answer RpcServer::State::new_session(const RpcCommand& command) {
    stop_run();
    TRY(put_session(TRY(agent::new_session(parts_.place, command.parent_session.value_or(""))),
                    SessionChange::kNew));
    return std::optional<std::string>(kDone);
}

RpcServer::State::Answer RpcServer::State::switch_session(const RpcCommand& command) {
    if (!command.session_path) return lacks(command, "sessionPath");
    const auto file = TRY(find_session(parts_.place, *command.session_path));
    std::error_code error;
    if (!session_->file().empty() && std::filesystem::equivalent(file, session_->file(), error))
        return std::optional<std::string>(kDone);
    stop_run();
    auto session = TRY(Session::open(file));
    session.keep_out(parts_.place.secrets);
    if (session.header().workspace != parts_.place.workspace.string()) {
        return Error(Code::kConflict,
                     fmt::format("this session works in {}: start hearth code there, or fork it with --fork",
                                 session.header().workspace));
    }
    TRY(put_session(std::move(session), SessionChange::kResume));
    return std::optional<std::string>(kDone);
}

RpcServer::State::Answer RpcServer::State::fork(const RpcCommand& command) {
    if (!command.entry_id) return lacks(command, "entryId");
    stop_run();
    const auto path = path_copy();
    const auto chosen = std::find_if(path.begin(), path.end(), [&](const Entry& entry) {
        return entry.id == *command.entry_id && entry.role == "user";
    });
    if (chosen == path.end() || !chosen->message) {
        return Error(Code::kNotFound,
                     "Invalid entry ID for forking: get_fork_messages has those of the user's messages");
    }
    const auto before = chosen == path.begin() ? std::string() : std::prev(chosen)->id;
    TRY(put_session(TRY(fork_session(parts_.place, entries_copy(), before, session_->file())),
                    SessionChange::kFork));
    return std::optional(
        fmt::format(R"({{"text":{},"cancelled":false}})", json_quote(chosen->message->text)));
}

RpcServer::State::Answer RpcServer::State::clone(const RpcCommand& /*command*/) {
    const auto path = path_copy();
    if (!was_said(path))
        return Error(Code::kConflict,
                     "nothing was said in this session yet: send a message before it is copied");
    stop_run();
    TRY(put_session(TRY(fork_session(parts_.place, entries_copy(), path.back().id, session_->file())),
                    SessionChange::kFork));
    return std::optional<std::string>(kDone);
}

RpcServer::State::Answer RpcServer::State::set_session_name(const RpcCommand& command) {
    const std::string name(trim(command.name.value_or("")));
    if (name.empty()) return Error(Code::kInvalidInput, "Session name cannot be empty");
    TRY(session_->append_entry("session_info", fmt::format(R"({{"name":{}}})", json_quote(name))));
    record(NameChanged{name});
    return std::optional<std::string>("");
}

RpcServer::State::Answer RpcServer::State::export_html(const RpcCommand& command) {
    auto path = std::filesystem::path(
        command.output_path.value_or(fmt::format("hearth-session-{}.html", session_->header().id)));
    if (path.is_relative()) path = parts_.place.workspace / path;
    std::string page;
    look([&](const auto& entries, const auto& leaf, const auto& /*path*/) {
        page = session_page(session_->header(), entries, leaf);
    });
    TRY(os::write_file_atomic(path, page));
    return std::optional(fmt::format(R"({{"path":{}}})", json_quote(path.string())));
}

}  // namespace hearth::agent
