// Requests of every dialect from any bytes: no crash, and what is accepted is a body that the engine can read, with a model and at
// least one message or a prompt.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include <boost/json.hpp>

#include "core/json.h"
#include "serve/anthropic_messages.h"
#include "serve/embedding_call.h"
#include "serve/ollama_chat.h"
#include "serve/openai_chat.h"
#include "serve/openai_responses.h"
#include "serve/rerank_call.h"
#include "serve/text_completion.h"
#include "serve/token_call.h"

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

// The same bytes as what a client asks and as what the engine answers.
void check_vectors(std::string_view bytes) {
    using serve::EmbeddingForm;
    for (const auto form : {EmbeddingForm::kOpenAi, EmbeddingForm::kOllama, EmbeddingForm::kOllamaOne}) {
        const auto call = serve::embedding_call(bytes, form);
        if (!call) continue;
        require(!call->model.empty() && call->inputs.size() <= 2048);
        require(parse_json(serve::embedding_body(call->inputs)).has_value());
        const serve::Embeddings found{.vectors = {{1.0F, 0.0F}}, .prompt = {1}};
        require(parse_json(serve::embedding_answer(*call, found, {})).has_value());
    }
    if (const auto found = serve::read_embeddings(bytes, 2, 1)) require(found->vectors.size() == 2);
    const auto rerank = serve::rerank_call(bytes);
    if (rerank) require(parse_json(serve::rerank_body(*rerank)).has_value());
    if (const auto ranking = serve::read_ranking(
            {.model = "m", .query = "q", .documents = {"a", "b"}, .most = 2, .with_documents = true}, bytes))
        require(parse_json(ranking->answer).has_value());
    for (const auto form : {serve::TokenForm::kTokenize, serve::TokenForm::kDetokenize}) {
        if (const auto call = serve::token_call(bytes, form)) require(parse_json(call->body).has_value());
        if (const auto answer = serve::token_answer(bytes, form)) require(parse_json(*answer).has_value());
    }
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
    check_vectors(bytes);
    return 0;
}
