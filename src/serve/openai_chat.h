#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "serve/chat_call.h"
#include "serve/reply_encoder.h"

namespace hearth::serve {

// OpenAI's chat completions (POST /v1/chat/completions). The engine's own chunks are passed on as they are, less its usage chunks: it
// sends one for each of several answers, of which the client gets the sum.
[[nodiscard]] Result<ChatCall> openai_chat_call(std::string_view body);

// The end of a stream: a last `chunk` without choices that bears the counts, where they are wanted, and the mark. Also of text completions.
[[nodiscard]] std::string openai_stream_end(json::object chunk, const chat::Usage& usage, bool include_usage);

[[nodiscard]] std::unique_ptr<ReplyEncoder> openai_chat_encoder(const ChatCall& call);

// Adds the "usage" of chat and text completions and, where the engine timed its work, llama-server's "timings" (milliseconds,
// tokens a second), for all answers together.
void add_openai_counts(json::object& body, const chat::Usage& usage);

// {"error": {"message", "type", "param", "code"}} with the status that fits. Without a `code`, that of the error: a missing model, an
// overflow of the context window.
[[nodiscard]] net::WholeResponse openai_error_response(const Error& error, std::string_view code = {});

}  // namespace hearth::serve
