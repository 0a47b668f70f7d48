#include "agent/model_directory.h"

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"

namespace hearth::agent {

std::string model_json(const ModelInfo& model) {
    return json::serialize(
        json::object{{"id", to_valid_utf8(model.id)},
                     {"name", to_valid_utf8(model.id)},
                     {"api", "openai-completions"},
                     {"provider", to_valid_utf8(model.provider)},
                     {"baseUrl", to_valid_utf8(model.base_url)},
                     {"reasoning", false},
                     {"input", json::array{"text"}},
                     {"cost", json::object{{"input", 0}, {"output", 0}, {"cacheRead", 0}, {"cacheWrite", 0}}},
                     {"contextWindow", model.context_window.value},
                     {"maxTokens", model.most_answer.value}});
}

}  // namespace hearth::agent
