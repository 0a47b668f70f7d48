#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include <boost/json/fwd.hpp>

#include "chat/cloud_endpoint.h"
#include "chat/message.h"
#include "core/json.h"

namespace hearth::chat::detail {

// How a model of Anthropic's is told to think, whoever serves it.
struct ClaudeThinking {
    std::optional<std::string> effort;  // with which it decides by itself how long
    std::int64_t budget = 0;            // tokens; 0: none
    std::int64_t limit = 0;             // of the answer, thoughts included

    [[nodiscard]] bool thinks() const { return effort.has_value() || budget > 0; }
};

// As anthropic_messages.h has it. An answer in a form is a call that has to be made, and a model that has to call does not think. Pure.
[[nodiscard]] ClaudeThinking claude_thinking(const Request& request, const CloudEndpoint& endpoint);

// Says it in the fields of Anthropic's API; nothing where it does not think. The limit has another place in each API.
void add_claude_thinking(json::object& fields, const ClaudeThinking& thinking);

}  // namespace hearth::chat::detail
