// Requests of every dialect from any bytes: no crash, and what is accepted is a body that the engine can read, with a model and at
// least one message.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <boost/json.hpp>

#include "core/json.h"
#include "serve/anthropic_messages.h"
#include "serve/ollama_chat.h"
#include "serve/openai_chat.h"

namespace {

using namespace hearth;

void require(bool condition) {
    if (!condition) std::abort();
}

void check(const Result<serve::ChatCall>& call, bool may_be_empty) {
    if (!call) return;
    require(!call->model.empty());
    require(call->predicted_tokens >= 0 && call->candidates >= 1);
    if (may_be_empty && call->body.empty()) return;
    const auto body = parse_json(call->body, {.max_bytes = std::size_t{1} << 26U, .max_depth = 200});
    require(body.has_value());
    const auto* messages = array_member(*body, "messages");
    require(messages != nullptr && !messages->empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    check(serve::openai_chat_call(bytes), false);
    check(serve::ollama_call(bytes, serve::OllamaForm::kChat), true);
    check(serve::ollama_call(bytes, serve::OllamaForm::kGenerate), true);
    check(serve::anthropic_call(bytes), false);
    return 0;
}
