#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chat/cloud_endpoint.h"
#include "chat/provider.h"
#include "chat/thinking.h"
#include "core/result.h"
#include "core/units.h"

namespace hearth::agent {

// A model that a session can use.
struct ModelInfo {
    std::string provider;  // who serves it: "hearth" for an engine of ours
    std::string id;
    std::string base_url;
    Tokens context_window;
    Tokens most_answer;
    std::string name = {};                   // for people; empty: its id
    std::string api = "openai-completions";  // that it is asked by
    chat::ThinkingMap thinking = {};
    chat::TokenPrices prices = {};
    bool sees = false;  // it takes images
};

// As it is written down beside an answer: "PROVIDER/ID".
[[nodiscard]] std::string author_of(const ModelInfo& model);

// The models at hand, and ways to them.
// Threads: one owner.
class ModelDirectory {
public:
    virtual ~ModelDirectory() = default;

    // In the order in which they are cycled through.
    virtual Result<std::vector<ModelInfo>> list() = 0;

    // One of them, or another that the provider may have. Errors: kNotFound "Model not found: PROVIDER/ID".
    virtual Result<ModelInfo> find(std::string_view provider, std::string_view id);

    // A way to the model, which lives as long as this object; the engine is started by the first request. What was open before is
    // ended when it is asked for its first request.
    virtual Result<chat::Provider*> open(const ModelInfo& model) = 0;
};

// The model as {"id", "name", "api", "provider", …} of pi's protocol.
[[nodiscard]] std::string model_json(const ModelInfo& model);

}  // namespace hearth::agent
