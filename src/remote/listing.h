#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/units.h"

namespace hearth::remote {

// What a server elsewhere is, as far as it matters for what it is sent.
enum class Kind : std::uint8_t {
    kOpenAi,       // only what the OpenAI API says
    kVllm,         // vLLM, SGLang: more sampling parameters, /tokenize and /detokenize
    kLlamaServer,  // all that an engine of ours has
    kHearth,       // takes what we take
};

// "OpenAI API", "vLLM or SGLang", "llama-server", "hearth".
[[nodiscard]] std::string_view kind_words(Kind kind);

struct ListedModel {
    std::string name;
    Tokens context{0};  // its window; 0: not said
    int hops = 0;       // of a hearth: servers behind it until the one that has the model itself

    bool operator==(const ListedModel&) const = default;
};

// What GET /v1/models says.
struct Listing {
    Kind kind = Kind::kOpenAi;
    std::vector<ListedModel> models;
};

// Models over more servers than this are not offered on: a name that only goes round between servers ends so.
inline constexpr int kMostHops = 3;

// Kinds are told apart by the "owned_by" of the models; windows are read under the names that servers have for them: "max_model_len"
// (vLLM, SGLang, hearth), "context_length" (OpenRouter, Together), "context_window" (Groq), "max_context_length" (Mistral).
// Errors: kCorrupt when it is no such list. Pure.
[[nodiscard]] Result<Listing> parse_listing(std::string_view body);

}  // namespace hearth::remote
