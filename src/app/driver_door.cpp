#include "app/driver_door.h"

#include <fmt/format.h>

#include "core/json.h"
#include "core/text.h"

namespace hearth::app {

std::optional<std::string> DriverDoor::next_prompt() {
    const std::scoped_lock lock(mutex_);
    if (prompts_.empty()) return std::nullopt;
    auto next = std::move(prompts_.front());
    prompts_.erase(prompts_.begin());
    return next;
}

void DriverDoor::set_busy(bool busy) {
    const std::scoped_lock lock(mutex_);
    busy_ = busy;
}

bool DriverDoor::busy() {
    const std::scoped_lock lock(mutex_);
    return busy_;
}

void DriverDoor::look(const Look& look) {
    session_.look([&](const std::vector<agent::Entry>& entries, const std::string& leaf) {
        look(session_, entries, leaf);
    });
}

void DriverDoor::command(agent::RpcCommand command) {
    const auto done = carry_out(command);
    if (command.reply)
        command.reply(done ? agent::rpc_success(command, *done)
                           : agent::rpc_failure(command, done.error().message()));
}

Result<std::string> DriverDoor::carry_out(const agent::RpcCommand& command) {
    const auto& type = command.type;
    if (type == "prompt" || type == "steer" || type == "follow_up") {
        if (!command.message) return Error(Code::kInvalidInput, type + " needs \"message\"");
        const std::scoped_lock lock(mutex_);
        if (busy_ && type == "prompt") return Error(Code::kConflict, "a run goes on: say steer or follow_up");
        if (!busy_) {
            prompts_.push_back(*command.message);
            return std::string(R"({"disposition":"started"})");
        }
        if (type == "steer") {
            queue_.steer(*command.message);
        } else {
            queue_.follow_up(*command.message);
        }
        return std::string(R"({"disposition":"queued"})");
    }
    if (type == "abort") {
        stop_.request_stop();
        return std::string("{}");
    }
    if (type == "set_session_name") {
        const std::string name(trim(command.name.value_or("")));
        if (name.empty()) return Error(Code::kInvalidInput, "Session name cannot be empty");
        TRY(session_.append_entry("session_info", fmt::format(R"({{"name":{}}})", json_quote(name))));
        return std::string("{}");
    }
    return Error(Code::kUnsupported,
                 fmt::format("{} is for a session at a terminal or --mode rpc", printable(type)));
}

}  // namespace hearth::app
