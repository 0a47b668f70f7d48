#include <algorithm>
#include <fmt/format.h>
#include <map>

#include "model/ggml_type.h"
#include "model/gguf.h"

namespace hearth::model {
namespace {

constexpr std::int64_t kMostPlausible = std::int64_t{1} << 40;

// A number of the architecture, or the largest of an array that has one a layer; `fallback` when it is
// absent.
Result<std::int64_t> architecture_number(const GgufHeader& header, const std::string& architecture,
                                         std::string_view name, std::int64_t fallback) {
    const auto key = fmt::format("{}.{}", architecture, name);
    const auto found = header.metadata.find(key);
    if (found == header.metadata.end()) return fallback;
    std::optional<std::int64_t> number = header.integer(key);
    if (const auto* array = std::get_if<GgufArray>(&found->second);
        array != nullptr && !array->integers.empty())
        number = *std::max_element(array->integers.begin(), array->integers.end());
    if (!number || *number < 0 || *number > kMostPlausible)
        return Error(Code::kCorrupt, fmt::format("GGUF metadata: {} is not a plausible number", key));
    return *number;
}

std::string quantisation_of(const GgufHeader& header) {
    if (const auto type = header.integer("general.file_type")) {
        // The flag "guessed" says that a converter did not know it.
        if (const auto name = file_type_name(*type); !name.empty()) return std::string(name);
    }
    std::map<std::uint32_t, std::uint64_t> bytes_by_type;
    for (const auto& tensor : header.tensors)
        bytes_by_type[tensor.type] += tensor.bytes;
    const auto most = std::max_element(bytes_by_type.begin(), bytes_by_type.end(),
                                       [](const auto& a, const auto& b) { return a.second < b.second; });
    const auto type = most == bytes_by_type.end() ? std::nullopt : ggml_type(most->first);
    return type ? std::string(type->name) : std::string();
}

std::int64_t parameters_of(const GgufHeader& header) {
    std::uint64_t total = 0;
    for (const auto& tensor : header.tensors) {
        std::uint64_t elements = 1;
        for (const auto extent : tensor.shape) {
            // Every tensor lies inside the file, so only a file of exabytes could come near this.
            if (__builtin_mul_overflow(elements, extent, &elements)) return 0;
        }
        if (__builtin_add_overflow(total, elements, &total)) return 0;
    }
    return total > static_cast<std::uint64_t>(INT64_MAX) ? 0 : static_cast<std::int64_t>(total);
}

std::int64_t vocabulary_of(const GgufHeader& header) {
    const auto tokens = header.metadata.find("tokenizer.ggml.tokens");
    if (tokens == header.metadata.end()) return 0;
    const auto* array = std::get_if<GgufArray>(&tokens->second);
    return array == nullptr ? 0 : static_cast<std::int64_t>(array->count);
}

}  // namespace

Result<ModelFacts> model_facts(const GgufHeader& header, Bytes file_size) {
    ModelFacts facts;
    facts.architecture = std::string(header.string("general.architecture").value_or(""));
    if (facts.architecture.empty() || facts.architecture.size() > 64)
        return Error(Code::kCorrupt, "GGUF metadata: general.architecture is missing or not a short text");
    if (header.tensors.empty()) {
        return Error(Code::kUnsupported,
                     "this GGUF file holds no tensors: it is a vocabulary or a fragment, not a model");
    }
    const auto number = [&](std::string_view name, std::int64_t fallback) {
        return architecture_number(header, facts.architecture, name, fallback);
    };
    facts.name = std::string(header.string("general.name").value_or(""));
    facts.licence = std::string(header.string("general.license").value_or(""));
    facts.quantisation = quantisation_of(header);
    facts.parameters = parameters_of(header);
    facts.vocabulary = vocabulary_of(header);
    facts.context_length = Tokens{TRY(number("context_length", 0))};
    facts.layers = TRY(number("block_count", 0));
    facts.embedding = TRY(number("embedding_length", 0));
    facts.heads = TRY(number("attention.head_count", 0));
    facts.kv_heads = TRY(number("attention.head_count_kv", facts.heads));
    const auto per_head = facts.heads > 0 ? facts.embedding / facts.heads : 0;
    facts.key_length = TRY(number("attention.key_length", per_head));
    facts.value_length = TRY(number("attention.value_length", per_head));
    facts.file_size = file_size;
    facts.has_chat_template = header.string("tokenizer.chat_template").has_value();
    return facts;
}

}  // namespace hearth::model
