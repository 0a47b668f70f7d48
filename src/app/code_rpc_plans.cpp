#include "app/code_rpc_plans.h"

#include <array>
#include <string_view>
#include <utility>

#include "core/json.h"

namespace hearth::app {
namespace {

constexpr auto kCommands = std::to_array<std::string_view>(
    {"plan", "get_plan", "sign_plan", "change_plan", "allow_in_plan", "drop_plan"});

bool is_one(std::string_view type) {
    for (const auto each : kCommands)
        if (each == type) return true;
    return false;
}

}  // namespace

void RpcPlans::attach(agent::RpcServer& server) { server_ = &server; }

Result<std::optional<std::string>> RpcPlans::take(const agent::RpcCommand& command) {
    if (!is_one(command.type)) return std::optional<std::string>();
    if (server_->busy()) return Error(Code::kConflict, "a run goes on: abort it first, or wait for its end");
    if (command.type == "plan") return std::optional(TRY(begin(command)));
    if (command.type == "sign_plan") return std::optional(TRY(said("sign")));
    if (command.type == "drop_plan") return std::optional(TRY(said("drop")));
    if (command.type == "change_plan") {
        if (!command.message) return agent::lacks(command, "message");
        return std::optional(TRY(said("edit", *command.message)));
    }
    if (command.type == "allow_in_plan") {
        if (!command.path || command.path->empty()) return agent::lacks(command, "path");
        return std::optional(TRY(said("allow " + *command.path)));
    }
    return std::optional(keepers_.plans().json());
}

Result<std::string> RpcPlans::begin(const agent::RpcCommand& command) {
    TRY(keepers_.plans().begin());
    prompt_ = command.message.value_or("");
    return keepers_.plans().json();
}

// As a person at a terminal says it.
Result<std::string> RpcPlans::said(const std::string& words, const std::string& edited) {
    const auto reply =
        TRY(keepers_.plans().say(words, [&](const std::string&) -> Result<std::string> { return edited; }));
    prompt_ = reply.prompt;
    return keepers_.plans().json();
}

void RpcPlans::after_command() {
    if (server_->busy()) return;
    use_session();
    if (prompt_.empty()) return;
    agent::RpcCommand command;
    command.type = "prompt";
    command.message = std::exchange(prompt_, {});
    // The command that led to it has its answer.
    command.reply = [this](std::string_view line) {
        if (line.find(R"("success":false)") != std::string_view::npos) keepers_.warn(line);
    };
    server_->take(command);
}

void RpcPlans::use_session() {
    const auto note = keepers_.use_session(server_->session_id());
    if (!note || !note->empty()) keepers_.warn(note ? *note : note.error().message());
}

}  // namespace hearth::app
