#include "agent/model_directory.h"

#include <cstdint>
#include <fmt/format.h>
#include <utility>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"

namespace hearth::agent {
namespace {

// 3 and not 3E0, as other programs write it.
json::value plain_number(double number) {
    const auto whole = static_cast<std::int64_t>(number);
    if (static_cast<double>(whole) == number) return whole;
    return number;
}

}  // namespace

Result<ModelInfo> ModelDirectory::find(std::string_view provider, std::string_view id) {
    for (auto& model : TRY(list())) {
        if (model.provider == provider && model.id == id) return std::move(model);
    }
    return Error(Code::kNotFound, fmt::format("Model not found: {}/{}", provider, id));
}

std::string author_of(const ModelInfo& model) { return model.provider + "/" + model.id; }

std::string model_json(const ModelInfo& model) {
    const auto& prices = model.prices;
    json::object out{{"id", to_valid_utf8(model.id)},
                     {"name", to_valid_utf8(model.name.empty() ? model.id : model.name)},
                     {"api", model.api},
                     {"provider", to_valid_utf8(model.provider)},
                     {"baseUrl", to_valid_utf8(model.base_url)},
                     {"reasoning", model.thinking.reasoning},
                     {"input", model.sees ? json::array{"text", "image"} : json::array{"text"}},
                     {"cost", json::object{{"input", plain_number(prices.input)},
                                           {"output", plain_number(prices.output)},
                                           {"cacheRead", plain_number(prices.cache_read)},
                                           {"cacheWrite", plain_number(prices.cache_write)}}},
                     {"contextWindow", model.context_window.value},
                     {"maxTokens", model.most_answer.value}};
    if (!model.thinking.words.empty()) {
        json::object words;
        for (const auto& [level, word] : model.thinking.words)
            words[chat::thinking_level_name(level)] =
                word ? json::value(to_valid_utf8(*word)) : json::value();
        out["thinkingLevelMap"] = std::move(words);
    }
    return json::serialize(out);
}

}  // namespace hearth::agent
