#include <algorithm>
#include <fmt/format.h>
#include <string>
#include <vector>

#include "agent/detail/rpc_state.h"
#include "chat/thinking.h"
#include "core/text.h"

namespace hearth::agent {

RpcServer::State::Answer RpcServer::State::get_available_models(const RpcCommand& /*command*/) {
    std::vector<std::string> models;
    for (const auto& model : TRY(parts_.models.list()))
        models.push_back(model_json(model));
    return std::optional(fmt::format(R"({{"models":[{}]}})", join(models, ",")));
}

// The next prompt goes to it; a run that goes on ends with the model it began with.
Result<ModelInfo> RpcServer::State::use_model(const ModelInfo& model) {
    TRY(append_model_change(*session_, model.provider, model.id));
    {
        const std::scoped_lock lock(session_mutex_);
        model_ = model;
    }
    TRY(use_thinking(wished_thinking_));
    return model;
}

RpcServer::State::Answer RpcServer::State::set_model(const RpcCommand& command) {
    if (!command.provider) return lacks(command, "provider");
    if (!command.model_id) return lacks(command, "modelId");
    const auto model = TRY(parts_.models.find(*command.provider, *command.model_id));
    return std::optional(model_json(TRY(use_model(model))));
}

RpcServer::State::Answer RpcServer::State::cycle_model(const RpcCommand& /*command*/) {
    const auto models = TRY(parts_.models.list());
    if (models.size() < 2) return std::optional<std::string>("null");
    const auto now = std::find_if(models.begin(), models.end(), [&](const ModelInfo& each) {
        return each.provider == model_.provider && each.id == model_.id;
    });
    const auto next = now == models.end() || std::next(now) == models.end() ? models.begin() : std::next(now);
    const auto json = model_json(TRY(use_model(*next)));
    return std::optional(fmt::format(R"({{"model":{},"thinkingLevel":"{}","isScoped":false}})", json,
                                     chat::thinking_level_name(thinking_)));
}

// As the model has it. What was wished for stays, for a model that has it.
Status RpcServer::State::use_thinking(chat::ThinkingLevel wished) {
    const auto level = chat::clamp_thinking(wished, model_.thinking);
    wished_thinking_ = wished;
    if (level == thinking_) return {};
    {
        const std::scoped_lock lock(session_mutex_);
        thinking_ = level;
    }
    TRY(append_thinking_change(*session_, level));
    record(ThinkingChanged{chat::thinking_level_name(level)});
    return {};
}

RpcServer::State::Answer RpcServer::State::set_thinking_level(const RpcCommand& command) {
    if (!command.level) return lacks(command, "level");
    const auto level = chat::parse_thinking_level(*command.level);
    if (!level)
        return Error(Code::kInvalidInput, fmt::format("'{}' is no level: {}", printable(*command.level),
                                                      join(chat::thinking_level_names(), ", ")));
    TRY(use_thinking(*level));
    return std::optional<std::string>("");
}

RpcServer::State::Answer RpcServer::State::cycle_thinking_level(const RpcCommand& /*command*/) {
    const auto levels = chat::thinking_levels(model_.thinking);
    if (levels.size() < 2) return std::optional<std::string>("null");
    const auto now = std::ranges::find(levels, thinking_);
    const auto next = now == levels.end() || std::next(now) == levels.end() ? levels.begin() : std::next(now);
    TRY(use_thinking(*next));
    return std::optional(fmt::format(R"({{"level":"{}"}})", chat::thinking_level_name(thinking_)));
}

RpcServer::State::Answer RpcServer::State::get_available_thinking_levels(const RpcCommand& /*command*/) {
    std::vector<std::string> names;
    for (const auto level : chat::thinking_levels(model_.thinking))
        names.push_back(fmt::format("\"{}\"", chat::thinking_level_name(level)));
    return std::optional(fmt::format(R"({{"levels":[{}]}})", join(names, ",")));
}

}  // namespace hearth::agent
