#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/units.h"

namespace hearth::serve {

// How well texts fit a question: POST /v1/rerank, as Jina and Cohere have it. All pure.
struct RerankCall {
    std::string model;
    std::string query;
    std::vector<std::string> documents;
    std::size_t most = 0;  // of the best ones that come back ("top_n")
    bool with_documents = false;
};

// Documents are texts, or objects with a "text". Errors: kInvalidInput for what is missing or of another kind, and for more than 2048
// documents.
[[nodiscard]] Result<RerankCall> rerank_call(std::string_view body);

// The engine's request (POST /v1/rerank).
[[nodiscard]] std::string rerank_body(const RerankCall& call);

struct Ranking {
    std::string answer;  // JSON, the best one first
    Tokens prompt{0};
};

// From the engine's answer. Errors: kCorrupt when it is no such answer.
[[nodiscard]] Result<Ranking> read_ranking(const RerankCall& call, std::string_view answer);

}  // namespace hearth::serve
