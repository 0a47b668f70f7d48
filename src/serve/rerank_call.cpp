#include "serve/rerank_call.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include <boost/json.hpp>

#include "core/json.h"
#include "serve/chat_call.h"

namespace hearth::serve {
namespace {

constexpr std::size_t kMostDocuments = 2048;

Error wrong(std::string words) { return Error(Code::kInvalidInput, std::move(words)); }

struct Scored {
    std::size_t index = 0;
    double score = 0;
};

}  // namespace

Result<RerankCall> rerank_call(std::string_view body) {
    const json::value given = TRY(parse_body(body));
    RerankCall call;
    call.model = string_member(given, "model").value_or("");
    if (call.model.empty()) return wrong("model is missing: name one of GET /v1/models");
    call.query = string_member(given, "query").value_or("");
    if (call.query.empty()) return wrong("query must be a text");
    const auto* documents = array_member(given, "documents");
    if (documents == nullptr || documents->empty()) return wrong("documents must be a list of texts");
    if (documents->size() > kMostDocuments)
        return wrong(
            fmt::format("{} documents are more than {}: ask in parts", documents->size(), kMostDocuments));
    for (const auto& each : *documents) {
        const auto text = each.is_string() ? std::optional(std::string_view(each.get_string()))
                                           : string_member(each, "text");
        if (!text)
            return wrong(
                fmt::format("documents[{}] must be a text, or an object with one", call.documents.size()));
        call.documents.emplace_back(*text);
    }
    const auto most =
        integer_member(given, "top_n").value_or(static_cast<std::int64_t>(call.documents.size()));
    call.most = static_cast<std::size_t>(std::max<std::int64_t>(most, 0));
    call.with_documents = bool_member(given, "return_documents").value_or(false);
    return call;
}

std::string rerank_body(const RerankCall& call) {
    return json::serialize(json::object{
        {"query", call.query}, {"documents", json::array(call.documents.begin(), call.documents.end())}});
}

Result<Ranking> read_ranking(const RerankCall& call, std::string_view answer) {
    const json::value value = TRY(parse_json(answer));
    const auto* results = array_member(value, "results");
    if (results == nullptr) return Error(Code::kCorrupt, "the engine gave no ranking");
    std::vector<Scored> order;
    for (const auto& each : *results) {
        const auto index = integer_member(each, "index").value_or(-1);
        const auto score = number_member(each, "relevance_score");
        if (index < 0 || std::cmp_greater_equal(index, call.documents.size()) || !score)
            return Error(Code::kCorrupt, "the engine ranked something else than the documents");
        order.push_back({.index = static_cast<std::size_t>(index), .score = *score});
    }
    std::ranges::sort(order, [](const Scored& a, const Scored& b) {
        return a.score != b.score ? a.score > b.score : a.index < b.index;
    });
    order.resize(std::min(order.size(), call.most));
    json::array list;
    for (const Scored& each : order) {
        json::object item{{"index", each.index}, {"relevance_score", each.score}};
        if (call.with_documents) item["document"] = json::object{{"text", call.documents[each.index]}};
        list.push_back(std::move(item));
    }
    Ranking ranking;
    if (const auto* usage = member(value, "usage"))
        ranking.prompt = {integer_member(*usage, "prompt_tokens").value_or(0)};
    ranking.answer =
        json::serialize(json::object{{"object", "list"},
                                     {"model", call.model},
                                     {"results", std::move(list)},
                                     {"usage", json::object{{"prompt_tokens", ranking.prompt.value},
                                                            {"total_tokens", ranking.prompt.value}}}});
    return ranking;
}

}  // namespace hearth::serve
