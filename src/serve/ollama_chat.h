#pragma once
#include <memory>
#include <string_view>

#include "serve/chat_call.h"
#include "serve/reply_encoder.h"

namespace hearth::serve {

// Ollama's POST /api/chat and /api/generate: lines of JSON, durations in nanoseconds, tool calls whole with arguments as objects.
enum class OllamaForm : std::uint8_t { kChat, kGenerate };

// With "raw" the prompt goes to the model as it is, without a template; with "suffix" the answer is what stands between.
// Also what is no question: a body without messages or prompt loads the model, with keep_alive 0 unloads it (the call then has an
// empty body).
[[nodiscard]] Result<ChatCall> ollama_call(std::string_view body, OllamaForm form);

[[nodiscard]] std::unique_ptr<ReplyEncoder> ollama_encoder(const ChatCall& call, OllamaForm form);

// {"error": "…"} with the status that fits.
[[nodiscard]] net::WholeResponse ollama_error_response(const Error& error);

// "5m", "1h30m", "-1", 300: Go's durations or seconds. Errors: kInvalidInput. Pure.
[[nodiscard]] Result<std::chrono::seconds> parse_keep_alive(std::string_view text);

// "keep_alive" of a request, where it has one. Errors: kInvalidInput. Pure.
[[nodiscard]] Result<std::optional<std::chrono::seconds>> keep_alive_of(const json::value& given);

}  // namespace hearth::serve
