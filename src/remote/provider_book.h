#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "chat/cloud_endpoint.h"
#include "core/result.h"
#include "remote/models_file.h"

namespace hearth::remote {

struct BuiltInProvider;

// A model elsewhere, with all that models.json and hearth's own table say of it and its provider. Its key and headers are still as they are
// written.
struct ModelOffer {
    std::string provider;
    std::string id;
    std::string name;
    chat::Dialect dialect = chat::Dialect::kOpenAiChat;
    std::string base_url;
    std::string api_version;  // of Azure's; usually empty
    std::string region;       // of Bedrock's, for which requests are signed; usually empty
    std::string key_url;  // of Vertex', in place of base_url where a key is sent and no token; usually empty
    Tokens context_window{0};
    Tokens most_answer{0};
    bool sees = false;  // it takes images
    chat::ThinkingMap thinking;
    chat::ThinkingLevel usual_thinking = chat::ThinkingLevel::kOff;  // where nobody says a level
    chat::TokenPrices prices;
    chat::ChatVariant variant;
    std::optional<double> temperature;
    std::optional<double> top_p;
    std::optional<ValueText> key;            // of models.json
    std::vector<std::string> key_variables;  // that are usual for the provider
    HeaderTexts headers;
    bool bearer = false;
};

struct ProviderSummary {
    std::string id;
    std::string name;
    std::string base_url;          // empty where only its models have one, or the environment lacks it
    std::optional<ValueText> key;  // of models.json
    std::vector<std::string> key_variables;  // that are usual for the provider
    HeaderTexts headers;                     // of models.json
    bool built_in = false;
    std::optional<chat::Dialect> dialect;  // that its models have in common
};

// A variable of the environment; empty when it is not set.
using Environment = std::function<std::string(const char* name)>;

// The providers that hearth knows and those of models.json. Threads: a plain value.
class ProviderBook {
public:
    // `file` may be empty. The environment is asked for the address of providers that have none in common: Azure, Bedrock (AWS_REGION;
    // us-east-1 without it), Vertex (GOOGLE_CLOUD_PROJECT and GOOGLE_CLOUD_LOCATION; "global" without the second).
    explicit ProviderBook(ModelsFile file, const Environment& environment);

    // In the order of models.json, then hearth's own.
    [[nodiscard]] std::vector<ProviderSummary> providers() const;
    [[nodiscard]] bool has(std::string_view provider) const;

    // The models that models.json names, in its order. Models of providers without an address or an API are left out; find() says why.
    [[nodiscard]] std::vector<ModelOffer> listed() const;

    // Any model of a provider that hearth knows; of others, those that models.json names, or any where it names none.
    // Errors: kNotFound, kInvalidInput when models.json leaves out what is needed.
    [[nodiscard]] Result<ModelOffer> find(std::string_view provider, std::string_view model) const;

    [[nodiscard]] const std::vector<std::string>& notices() const { return file_.notices; }

private:
    [[nodiscard]] const ProviderTerms* terms_of(std::string_view provider) const;
    // Fills in what the environment says of a provider's address; it stays empty where that says nothing.
    void add_place(const BuiltInProvider& provider, std::string_view model, ModelOffer& offer) const;
    // Empty where the environment would say it and does not.
    [[nodiscard]] std::string base_url_of(const BuiltInProvider& provider) const;
    [[nodiscard]] Result<ModelOffer> offer(std::string_view provider, std::string_view model) const;

    ModelsFile file_;
    std::string azure_url_;
    std::string azure_version_;
    std::string bedrock_url_;  // of the environment; usually that of the region counts
    std::string region_;
    std::string vertex_url_;
};

// The context window and the longest answer of a model of which nothing is said, as pi takes them.
inline constexpr std::int64_t kUsualWindow = 128'000;
inline constexpr std::int64_t kUsualAnswer = 16'384;

}  // namespace hearth::remote
