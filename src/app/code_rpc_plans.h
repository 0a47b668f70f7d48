#pragma once
#include <optional>
#include <string>

#include "agent/rpc.h"
#include "agent/rpc_command.h"
#include "app/code_keepers.h"
#include "core/result.h"

namespace hearth::app {

// Plans over the protocol, by commands of hearth's own: plan, get_plan, sign_plan, change_plan, allow_in_plan, drop_plan. None of them while a run
// goes on.
// Threads: one owner, that of the server.
class RpcPlans {
public:
    // `keepers` outlives it.
    explicit RpcPlans(CodeKeepers& keepers) : keepers_(keepers) {}

    // Commands come from there. The server outlives this object's use.
    void attach(agent::RpcServer& server);

    // The data of the answer; nothing for a command that is none of these.
    [[nodiscard]] Result<std::optional<std::string>> take(const agent::RpcCommand& command);

    // A command was answered: what it has the model told begins now, and the session that the server uses now has its own plan, memory and rules.
    void after_command();

private:
    [[nodiscard]] Result<std::string> begin(const agent::RpcCommand& command);
    [[nodiscard]] Result<std::string> said(const std::string& words, const std::string& edited = {});
    void use_session();

    CodeKeepers& keepers_;
    agent::RpcServer* server_ = nullptr;
    std::string prompt_;  // to be told behind the answer
};

}  // namespace hearth::app
