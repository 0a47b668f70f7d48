#include "agent/detail/loop_json.h"

#include <utility>

#include <boost/json.hpp>

#include "agent/detail/message_json.h"
#include "core/ids.h"
#include "core/json.h"

namespace hearth::agent::detail {

std::string message_json(const chat::Message& message, const MessageFacts& facts) {
    return json::serialize(encode_message(message, facts, unix_ms_now()));
}

std::string pending_json(const MessageFacts& facts) {
    auto object = encode_message({.role = chat::Role::kAssistant}, facts, unix_ms_now());
    object["stopReason"] = "pending";
    object.erase("durationMs");
    return json::serialize(object);
}

std::string declared_tools(const std::vector<chat::Tool>& tools) {
    json::array declared;
    for (const auto& description : tools) {
        auto parameters = parse_json(description.parameters);
        declared.push_back(
            json::object{{"name", description.name},
                         {"description", description.description},
                         {"parameters", parameters ? *std::move(parameters) : json::value(json::object())}});
    }
    return json::serialize(declared);
}

}  // namespace hearth::agent::detail
