#pragma once
#include <memory>
#include <string_view>

#include "serve/chat_call.h"
#include "serve/reply_encoder.h"

namespace hearth::serve {

// Anthropic's POST /v1/messages, translated to the chat API and back: blocks to messages, results of tools to turns of their own,
// `input_schema` to `parameters`, tool_choice "any" and "tool" to a forced call. What runs at Anthropic (web search and its like) is
// left out of the tools. Text of documents is passed as text; other documents and images are refused.
[[nodiscard]] Result<ChatCall> anthropic_call(std::string_view body);

[[nodiscard]] std::unique_ptr<ReplyEncoder> anthropic_encoder(const ChatCall& call);

// {"type": "error", "error": {"type", "message"}} with the status that fits.
[[nodiscard]] net::WholeResponse anthropic_error_response(const Error& error);

}  // namespace hearth::serve
