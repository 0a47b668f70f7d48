#include "extend/remote.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "agent/branch.h"
#include "core/json.h"
#include "core/text.h"

namespace hearth::extend {
namespace {

constexpr std::chrono::seconds kHandshake(30);  // Node on a busy small machine takes some

// A name as a file has it.
std::string file_name(std::string_view name) {
    std::string out;
    for (const char each : name.substr(0, 64)) {
        const bool plain = (each >= 'a' && each <= 'z') || (each >= 'A' && each <= 'Z') ||
                           (each >= '0' && each <= '9') || each == '-' || each == '_';
        out += plain ? each : '_';
    }
    return out.empty() ? "extension" : out;
}

// Wants records of a run, not only to be asked.
bool wants_records(const Declaration& declaration) {
    constexpr std::array<std::string_view, 6> kAsked = {"tool_call", "tool_result",   "before_agent_start",
                                                        "input",     "session_start", "session_shutdown"};
    return std::any_of(declaration.events.begin(), declaration.events.end(), [&](const std::string& each) {
        return std::find(kAsked.begin(), kAsked.end(), each) == kAsked.end();
    });
}

}  // namespace

Status Remote::start(const std::filesystem::path& logs, Peer::Handlers handlers) {
    peer_ = TRY(Peer::start(source_.command, logs / (file_name(source_.name) + ".log"), std::move(handlers)));
    // Not earlier: what it says at once is answered through this object.
    peer_->begin();
    return {};
}

Status Remote::handshake(std::string_view facts) {
    const auto answer = peer_->call("initialize", facts, {.limit = kHandshake});
    auto declared = answer ? parse_declaration(*answer) : Result<Declaration>(answer.error());
    if (!declared) {
        close(std::chrono::milliseconds(200));
        return declared.error();
    }
    const std::scoped_lock lock(mutex_);
    // What was registered while it answered stays.
    auto early = std::exchange(declaration_, *std::move(declared));
    TRY(add_registration(declaration_, std::move(early)));
    listens_ = wants_records(declaration_);
    ready_ = true;
    return {};
}

// What it was not told yet, as the params of "session"; empty when there is nothing.
std::string Remote::news() {
    std::string out;
    door_.look([&](const agent::Session& session, const std::vector<agent::Entry>& entries,
                   const std::string& leaf) {
        const bool other = session.header().id != session_id_ || entries.size() < told_entries_;
        if (!other && entries.size() == told_entries_ && leaf == told_leaf_) return;
        if (other) told_entries_ = 0;
        std::vector<std::string> fresh;
        for (auto n = told_entries_; n < entries.size(); ++n)
            fresh.push_back(entries[n].json);
        out = fmt::format(R"({{"id":{},"reset":{},"leaf":{},"entries":[{}])", json_quote(session.header().id),
                          other, json_quote(leaf), join(fresh, ","));
        if (!session.file().empty()) out += fmt::format(R"(,"file":{})", json_quote(session.file().string()));
        out += "}";
        session_id_ = session.header().id;
        told_entries_ = entries.size();
        told_leaf_ = leaf;
    });
    return out;
}

// The session first: what is asked or told next is about it as it is now.
void Remote::tell_news() {
    if (!declaration().session) return;
    const std::scoped_lock lock(news_mutex_);
    if (const auto fresh = news(); !fresh.empty()) peer_->notify("session", fresh);
}

Result<std::string> Remote::ask(std::string_view method, std::string_view fields, const Patience& patience,
                                std::stop_token stop) {
    if (!usable()) return Error(Code::kUnavailable, "it has ended");
    tell_news();
    const auto model = door_.model();
    const auto params =
        fmt::format(R"({{{}{}"context":{{"idle":{},"model":{}}}}})", fields, fields.empty() ? "" : ",",
                    !door_.busy(), model.id.empty() ? "null" : agent::model_json(model));
    return peer_->call(method, params, patience, std::move(stop));
}

void Remote::tell(std::string_view event) {
    if (!usable()) return;
    tell_news();
    peer_->notify("event", event);
}

bool Remote::wants(std::string_view event) const {
    const std::scoped_lock lock(mutex_);
    return std::find(declaration_.events.begin(), declaration_.events.end(), event) !=
           declaration_.events.end();
}

Declaration Remote::declaration() const {
    const std::scoped_lock lock(mutex_);
    return declaration_;
}

Status Remote::register_more(std::string_view params) {
    auto later = TRY(parse_registration(params));
    const std::scoped_lock lock(mutex_);
    auto done = add_registration(declaration_, std::move(later));
    listens_ = wants_records(declaration_);
    return done;
}

std::string Remote::name() const {
    const std::scoped_lock lock(mutex_);
    return declaration_.name.empty() ? source_.name : declaration_.name;
}

void Remote::close(std::chrono::milliseconds grace) {
    if (peer_) peer_->close(grace);
}

}  // namespace hearth::extend
