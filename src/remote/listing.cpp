#include "remote/listing.h"

#include <algorithm>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"

namespace hearth::remote {
namespace {

constexpr std::size_t kMostModels = 10'000;
constexpr std::size_t kMostName = 200;

Kind kind_of(std::string_view owner) {
    if (owner == "llamacpp") return Kind::kLlamaServer;
    if (owner == "hearth") return Kind::kHearth;
    if (owner == "vllm" || owner == "sglang") return Kind::kVllm;
    return Kind::kOpenAi;
}

Tokens context_of(const json::value& model) {
    for (const char* name : {"max_model_len", "context_length", "context_window", "max_context_length"})
        if (const auto tokens = integer_member(model, name); tokens && *tokens > 0) return Tokens{*tokens};
    return Tokens{0};
}

}  // namespace

std::string_view kind_words(Kind kind) {
    switch (kind) {
        case Kind::kOpenAi: return "OpenAI API";
        case Kind::kVllm: return "vLLM or SGLang";
        case Kind::kLlamaServer: return "llama-server";
        case Kind::kHearth: return "hearth";
    }
    return "OpenAI API";
}

Result<Listing> parse_listing(std::string_view body) {
    const json::value value = TRY(parse_json(body));
    const auto* data = array_member(value, "data");
    if (data == nullptr || data->size() > kMostModels)
        return Error(Code::kCorrupt, "the answer is no list of models");
    Listing listing;
    bool first = true;
    for (const auto& each : *data) {
        const auto name = string_member(each, "id");
        if (!name || name->empty() || name->size() > kMostName || printable(*name) != *name) continue;
        if (std::exchange(first, false)) listing.kind = kind_of(string_member(each, "owned_by").value_or(""));
        const auto hops = std::clamp<std::int64_t>(integer_member(each, "hops").value_or(0), 0, 100);
        if (hops >= kMostHops) continue;
        listing.models.push_back(
            {.name = std::string(*name), .context = context_of(each), .hops = static_cast<int>(hops)});
    }
    return listing;
}

}  // namespace hearth::remote
