#include "serve/vector_routes.h"

#include <fmt/format.h>
#include <utility>

#include <boost/json.hpp>

#include "core/json.h"
#include "serve/detail/elsewhere.h"
#include "serve/embedding_call.h"
#include "serve/errand.h"
#include "serve/rerank_call.h"

namespace hearth::serve {
namespace {

constexpr double kBytesPerToken = 4;
constexpr std::size_t kMostSpecial = 2;  // tokens that a tokenizer puts around a text

// --- Embeddings ---

double predicted_tokens(const std::vector<EmbeddingInput>& inputs) {
    double sum = 1;
    for (const auto& input : inputs)
        sum += static_cast<double>(input.text.size()) / kBytesPerToken +
               static_cast<double>(input.tokens.size());
    return sum;
}

net::Task<std::vector<std::int64_t>> tokens_of(Errand& errand, std::string text) {
    std::string body = json::serialize(json::object{{"content", text}, {"add_special", true}});
    CO_TRY(const std::string answer, co_await errand.ask("/tokenize", std::move(body)));
    CO_TRY(const json::value value, parse_json(answer));
    const auto* tokens = array_member(value, "tokens");
    if (tokens == nullptr) co_return Error(Code::kCorrupt, "the engine did not split the text into tokens");
    std::vector<std::int64_t> out;
    for (const auto& token : *tokens)
        out.push_back(token.is_int64() ? token.get_int64() : 0);
    co_return out;
}

// What fits into the window of the front of a text, with the mark at its end where its model has one.
net::Task<std::vector<std::int64_t>> cut(Errand& errand, std::vector<std::int64_t> tokens,
                                         std::size_t window) {
    CO_TRY(const std::vector<std::int64_t> around_nothing, co_await tokens_of(errand, ""));
    const bool has_end = !around_nothing.empty() && around_nothing.back() == tokens.back();
    const std::int64_t end = tokens.back();
    tokens.resize(has_end ? window - 1 : window);
    if (has_end) tokens.push_back(end);
    co_return tokens;
}

// Inputs that are longer than the window are cut or refused, as the call has it. A token is at least one byte, so short texts need no
// counting.
net::Task<std::vector<EmbeddingInput>> fitted(Errand& errand, const EmbeddingCall& call) {
    const auto window = static_cast<std::size_t>(errand.engine().window.value);
    std::vector<EmbeddingInput> inputs = call.inputs;
    for (std::size_t index = 0; index < inputs.size(); ++index) {
        EmbeddingInput& input = inputs[index];
        if (input.text.size() + kMostSpecial <= window && input.tokens.size() <= window) continue;
        std::vector<std::int64_t> tokens = input.tokens;
        if (tokens.empty()) {
            CO_TRY(tokens, co_await tokens_of(errand, input.text));
        }
        if (tokens.size() <= window) continue;
        if (!call.truncate)
            co_return Error(
                Code::kInvalidInput,
                fmt::format(
                    "input[{}] has {} tokens and the context window holds {}: shorten it, or ask in parts",
                    index, tokens.size(), window));
        CO_TRY(input.tokens, co_await cut(errand, std::move(tokens), window));
        input.text.clear();
    }
    co_return inputs;
}

struct Vectors {
    std::string answer;
    Tokens prompt{0};
};

net::Task<Vectors> embed_once(const Visit& visit, Errand& errand, const EmbeddingCall& call) {
    SeatWish wish;
    wish.purpose = engine::ServePurpose::kEmbeddings;
    wish.waiting.tokens = predicted_tokens(call.inputs);
    wish.context = call.context;
    wish.keep_alive = call.keep_alive;
    CO_CHECK(co_await errand.enter(call.model, std::move(wish)));
    std::string text;
    if (!call.inputs.empty()) {
        // A server elsewhere that cannot count tokens, or of which the window is not known, refuses what is too long itself.
        std::vector<EmbeddingInput> inputs = call.inputs;
        if (errand.engine().counts_tokens() && errand.engine().window.value > 0) {
            CO_TRY(inputs, co_await fitted(errand, call));
        }
        std::string body = embedding_body(inputs);
        CO_TRY(text, co_await errand.ask("/v1/embeddings", std::move(body)));
    }
    // Many vectors are megabytes of numbers.
    const Timing timing = errand.timing();
    auto read = [text = std::move(text), call, timing]() -> Result<Vectors> {
        Embeddings found;
        if (!call.inputs.empty()) found = TRY(read_embeddings(text, call.inputs.size(), call.dimensions));
        return Vectors{.answer = embedding_answer(call, found, timing), .prompt = found.prompt};
    };
    Result<Vectors> vectors = co_await detail::elsewhere(visit.desk.files, std::move(read));
    co_return vectors;
}

Answer embed(const Visit& visit, EmbeddingForm form) {
    CO_TRY(const EmbeddingCall call, embedding_call(visit.request.body, form));
    Errand errand(visit, form == EmbeddingForm::kOpenAi ? "openai" : "ollama", guard::Route::kEmbeddings);
    Result<Vectors> vectors = co_await embed_once(visit, errand, call);
    while (errand.may_try_again())
        vectors = co_await embed_once(visit, errand, call);
    const Status status = vectors ? Status() : Status(Error(vectors.error()));
    const Tokens prompt = vectors ? vectors->prompt : Tokens();
    CO_CHECK(co_await errand.end(status, prompt));
    co_return json_response(std::move(vectors->answer));
}

Answer openai_embed(const Visit& visit) { return embed(visit, EmbeddingForm::kOpenAi); }

Answer ollama_embed(const Visit& visit) { return embed(visit, EmbeddingForm::kOllama); }

Answer ollama_embed_one(const Visit& visit) { return embed(visit, EmbeddingForm::kOllamaOne); }

// --- Ranking ---

net::Task<Ranking> rank_once(Errand& errand, const RerankCall& call) {
    SeatWish wish;
    wish.purpose = engine::ServePurpose::kRanking;
    // The question is read beside each document.
    std::size_t bytes = call.query.size() * call.documents.size();
    for (const auto& document : call.documents)
        bytes += document.size();
    wish.waiting.tokens = 1 + static_cast<double>(bytes) / kBytesPerToken;
    CO_CHECK(co_await errand.enter(call.model, std::move(wish)));
    std::string body = rerank_body(call);
    CO_TRY(const std::string answer, co_await errand.ask("/v1/rerank", std::move(body)));
    co_return read_ranking(call, answer);
}

Answer rerank(const Visit& visit) {
    CO_TRY(const RerankCall call, rerank_call(visit.request.body));
    Errand errand(visit, "openai", guard::Route::kEmbeddings);
    Result<Ranking> ranking = co_await rank_once(errand, call);
    while (errand.may_try_again())
        ranking = co_await rank_once(errand, call);
    const Status status = ranking ? Status() : Status(Error(ranking.error()));
    const Tokens prompt = ranking ? ranking->prompt : Tokens();
    CO_CHECK(co_await errand.end(status, prompt));
    co_return json_response(std::move(ranking->answer));
}

constexpr Route kRoutes[] = {
    {.method = "POST", .path = "/v1/embeddings", .whole = openai_embed},
    {.method = "POST", .path = "/api/embed", .whole = ollama_embed},
    {.method = "POST", .path = "/api/embeddings", .whole = ollama_embed_one},
    {.method = "POST", .path = "/v1/rerank", .whole = rerank},
    {.method = "POST", .path = "/v1/reranking", .whole = rerank},
    {.method = "POST", .path = "/rerank", .whole = rerank},
    {.method = "POST", .path = "/reranking", .whole = rerank},
};

}  // namespace

std::span<const Route> vector_routes() { return kRoutes; }

}  // namespace hearth::serve
