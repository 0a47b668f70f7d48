#pragma once
#include <string>
#include <string_view>

#include "chat/message.h"
#include "net/task.h"
#include "serve/engine.h"
#include "serve/reply_encoder.h"

namespace hearth::serve {

// A tool call that cannot fail to be one: the engine renders the prompt with its own template and the tools, and what it then writes is
// bound by a grammar to {"name", "arguments"} of one of them. The engine's own way ("tool_choice": "required") lets a small model write
// text first and then forbids it to end.
// `body` is that of a ChatCall with forced_tool; the engine is a llama-server. Errors: as net::open_upstream; the engine's refusal; kCorrupt when the answer was cut off
// in the middle of the call (max_tokens).
[[nodiscard]] net::Task<chat::Reply> forced_call(Engine engine, std::string body);

// The schema that holds such a call. Pure; `tools` is the JSON list of the chat API.
[[nodiscard]] Result<std::string> call_schema(std::string_view tools);

// An answer that was made here as pieces of a stream: in the dialect's events, and as chunks for a dialect that passes chunks on.
[[nodiscard]] std::string made_chunks(const chat::Reply& reply, ReplyEncoder& encoder,
                                      const std::string& model);

}  // namespace hearth::serve
