#pragma once
#include <string>
#include <vector>

#include "agent/entry.h"
#include "agent/extension.h"
#include "chat/message.h"

// What the loop tells of messages, as text.
namespace hearth::agent::detail {

[[nodiscard]] std::string message_json(const chat::Message& message, const MessageFacts& facts);

// An answer that has just begun: no content, stopReason "pending".
[[nodiscard]] std::string pending_json(const MessageFacts& facts);

// [{"name", "description", "parameters"}, …]
[[nodiscard]] std::string declared_tools(const std::vector<chat::Tool>& tools);

// An extension's own message, as a record tells it and as the fields of its entry.
struct ExtraJson {
    std::string message;
    std::string entry;
};

[[nodiscard]] ExtraJson extra_json(const ExtraMessage& extra);

}  // namespace hearth::agent::detail
