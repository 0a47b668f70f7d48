#include "agent/detail/loop_json.h"

#include <utility>

#include <boost/json.hpp>

#include "agent/detail/message_json.h"
#include "core/ids.h"
#include "core/json.h"
#include "core/text.h"

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

ExtraJson extra_json(const ExtraMessage& extra) {
    json::object fields{{"customType", to_valid_utf8(extra.custom_type)},
                        {"content", to_valid_utf8(extra.content)},
                        {"display", extra.display}};
    if (!extra.details.empty()) {
        if (auto details = parse_json(extra.details)) fields["details"] = *std::move(details);
    }
    auto entry = json::serialize(fields);
    json::object message{{"role", "custom"}};
    for (const auto& each : fields)
        message[each.key()] = each.value();
    message["timestamp"] = unix_ms_now();
    return {json::serialize(message), std::move(entry)};
}

}  // namespace hearth::agent::detail
