#include "chat/cloud_endpoint.h"

#include <algorithm>
#include <array>

#include "core/text.h"

namespace hearth::chat {
namespace {

struct Row {
    Dialect dialect;
    const char* name;
};

constexpr std::array kRows = {Row{Dialect::kOpenAiChat, "openai-completions"},
                              Row{Dialect::kOpenAiResponses, "openai-responses"},
                              Row{Dialect::kAzureResponses, "azure-openai-responses"},
                              Row{Dialect::kAnthropic, "anthropic-messages"},
                              Row{Dialect::kGoogle, "google-generative-ai"},
                              Row{Dialect::kMistral, "mistral-conversations"},
                              Row{Dialect::kBedrock, "bedrock-converse-stream"},
                              Row{Dialect::kVertex, "google-vertex"}};

}  // namespace

const char* dialect_name(Dialect dialect) { return std::ranges::find(kRows, dialect, &Row::dialect)->name; }

std::optional<Dialect> parse_dialect(std::string_view name) {
    const auto row = std::ranges::find_if(kRows, [&](const Row& each) { return name == each.name; });
    if (row == kRows.end()) return std::nullopt;
    return row->dialect;
}

std::string dialect_names() {
    std::vector<std::string> names;
    for (const auto& row : kRows)
        names.emplace_back(row.name);
    return join(names, ", ");
}

Cost cost_of(const Usage& usage, const TokenPrices& prices) {
    constexpr double kMillion = 1e6;
    const auto part = [](Tokens tokens, double price) {
        return static_cast<double>(tokens.value) * price / kMillion;
    };
    const Tokens plain = usage.prompt_tokens - usage.cached_tokens - usage.written_tokens;
    return {.input = part(plain, prices.input),
            .output = part(usage.generated_tokens, prices.output),
            .cache_read = part(usage.cached_tokens, prices.cache_read),
            .cache_write = part(usage.written_tokens, prices.cache_write)};
}

}  // namespace hearth::chat
