// Requests of every dialect from any bytes: no crash, and what is accepted is a body that the engine can read, with a model and at
// least one message or a prompt.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <boost/json.hpp>

#include "core/json.h"
#include "serve/anthropic_messages.h"
#include "serve/ollama_chat.h"
#include "serve/openai_chat.h"
#include "serve/openai_responses.h"
#include "serve/text_completion.h"

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
    if (call->api == serve::EngineApi::kText) {
        require(member(*body, "prompt") != nullptr);
        return;
    }
    const auto* messages = array_member(*body, "messages");
    require(messages != nullptr && !messages->empty());
}

void check_text(std::string_view bytes) {
    const auto text = serve::openai_text_call(bytes);
    if (!text) return;
    check(text->call, false);
    const auto prompts = text->call.more_prompts.size() + 1;
    require(prompts * static_cast<std::size_t>(text->call.candidates) <= 128);
    require(text->echo.empty() || text->echo.size() == prompts);
    require(!text->call.suffix || prompts == 1);
}

// Also as what an earlier response was asked: its items are read again from the store.
void check_responses(std::string_view bytes) {
    const auto references = serve::responses_references(bytes);
    const auto call = serve::responses_call(bytes, {});
    if (!call) return;
    require(references.has_value());
    check(call->chat, false);
    require(parse_json(call->echo).has_value());
    const auto again =
        serve::responses_call(R"({"model":"m","input":"q"})", {.earlier = {call->input}, .items = {}});
    require(again.has_value());
    const auto encoder = serve::responses_encoder(*call);
    chat::Reply reply;
    reply.answers.emplace_back();
    for (const auto& tool : call->tools)
        reply.answers.front().message.tool_calls.push_back(
            {.id = "c", .name = tool.first, .arguments = "{}"});
    require(parse_json(encoder->response(reply)).has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    check(serve::openai_chat_call(bytes), false);
    check(serve::ollama_call(bytes, serve::OllamaForm::kChat), true);
    check(serve::ollama_call(bytes, serve::OllamaForm::kGenerate), true);
    check(serve::anthropic_call(bytes), false);
    check_text(bytes);
    check_responses(bytes);
    return 0;
}
