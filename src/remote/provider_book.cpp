#include "remote/provider_book.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <utility>

#include "core/text.h"
#include "remote/aws_profile.h"
#include "remote/base_url.h"
#include "remote/built_in_providers.h"

namespace hearth::remote {
namespace {

// Families of models whose provider wants another word for a level than the rest of its models.
struct FamilyWords {
    std::string_view provider;
    std::string_view family;                // how ids of its models begin
    std::array<std::string_view, 4> words;  // minimal, low, medium, high
};

// Gemini 2.5 takes budgets of tokens, Gemini 3 words.
constexpr std::array kFamilies = {
    FamilyWords{"google", "gemini-2.", {"1024", "2048", "8192", "24576"}},
    FamilyWords{"google-vertex", "gemini-2.", {"1024", "2048", "8192", "24576"}}};

constexpr std::string_view kUsualRegion = "us-east-1";
// Models of Vertex for a key, which belongs to a project by itself.
constexpr std::string_view kVertexKeyUrl = "https://aiplatform.googleapis.com/v1/publishers/google";

void add_family_words(std::string_view provider, std::string_view model, chat::ThinkingMap& map) {
    for (const auto& each : kFamilies) {
        if (each.provider != provider || !model.starts_with(each.family)) continue;
        for (std::size_t i = 0; i < each.words.size(); ++i)
            map.words[chat::kThinkingLevels[i + 1]] = std::string(each.words[i]);
    }
}

template <typename Value, typename Target>
void take(const std::optional<Value>& said, Target& into) {
    if (said) into = *said;
}

void add_variant(const ModelTerms& terms, chat::ChatVariant& variant) {
    take(terms.completion_tokens, variant.completion_tokens);
    take(terms.usage_in_stream, variant.usage_in_stream);
    take(terms.store, variant.store);
    take(terms.developer_role, variant.developer_role);
    take(terms.reasoning_effort, variant.reasoning_effort);
    take(terms.result_name, variant.result_name);
    take(terms.reasoning_back, variant.reasoning_back);
    take(terms.thinking_form, variant.thinking);
}

void add_terms(const ModelTerms& terms, ModelOffer& offer) {
    take(terms.name, offer.name);
    take(terms.base_url, offer.base_url);
    if (terms.base_url) offer.key_url.clear();
    if (terms.reasoning) {
        offer.thinking.reasoning = *terms.reasoning;
        offer.usual_thinking = *terms.reasoning ? chat::ThinkingLevel::kMedium : chat::ThinkingLevel::kOff;
    }
    take(terms.sees, offer.sees);
    if (terms.thinking_words) {
        for (const auto& [level, word] : *terms.thinking_words)
            offer.thinking.words[level] = word;
    }
    if (terms.context_window) offer.context_window = {*terms.context_window};
    if (terms.most_answer) offer.most_answer = {*terms.most_answer};
    take(terms.input_price, offer.prices.input);
    take(terms.output_price, offer.prices.output);
    take(terms.cache_read_price, offer.prices.cache_read);
    take(terms.cache_write_price, offer.prices.cache_write);
    if (terms.temperature) offer.temperature = terms.temperature;
    if (terms.top_p) offer.top_p = terms.top_p;
    for (const auto& header : terms.headers) {
        std::erase_if(offer.headers, [&](const auto& each) { return each.first == header.first; });
        offer.headers.push_back(header);
    }
    add_variant(terms, offer.variant);
}

// Azure's API is below /openai/v1 of a resource.
std::string azure_url(const Environment& environment) {
    auto url = environment("AZURE_OPENAI_BASE_URL");
    if (url.empty()) {
        const auto resource = environment("AZURE_OPENAI_RESOURCE_NAME");
        if (resource.empty()) return {};
        url = fmt::format("https://{}.openai.azure.com", resource);
    }
    while (url.ends_with('/'))
        url.pop_back();
    if (url.ends_with("/openai")) return url + "/v1";
    return url.ends_with("/v1") ? url : url + "/openai/v1";
}

// Vertex' models are below a project and a location. Empty where the environment names no project, or what cannot be one.
std::string vertex_url(const Environment& environment) {
    const auto project = environment("GOOGLE_CLOUD_PROJECT");
    auto location = environment("GOOGLE_CLOUD_LOCATION");
    if (location.empty()) location = "global";
    if (project.empty() || !is_region(location)) return {};
    return fmt::format("https://{}aiplatform.googleapis.com/v1/projects/{}/locations/{}/publishers/google",
                       location == "global" ? "" : location + "-", percent_encoded(project, "-._~:"),
                       location);
}

const NamedTerms* named(const std::vector<NamedTerms>& list, std::string_view id) {
    const auto found = std::ranges::find(list, id, &NamedTerms::id);
    return found == list.end() ? nullptr : &*found;
}

std::vector<std::string> variables_of(const BuiltInProvider& provider) {
    std::vector<std::string> out;
    for (const auto name : provider.key_variables)
        if (!name.empty()) out.emplace_back(name);
    return out;
}

}  // namespace

ProviderBook::ProviderBook(ModelsFile file, const Environment& environment)
    : file_(std::move(file)),
      azure_url_(azure_url(environment)),
      azure_version_(environment("AZURE_OPENAI_API_VERSION")),
      bedrock_url_(environment("AWS_ENDPOINT_URL_BEDROCK_RUNTIME")),
      region_(environment("AWS_REGION")),
      vertex_url_(vertex_url(environment)) {
    if (!is_region(region_)) region_ = kUsualRegion;
}

const ProviderTerms* ProviderBook::terms_of(std::string_view provider) const {
    const auto found = std::ranges::find(file_.providers, provider, &ProviderTerms::id);
    return found == file_.providers.end() ? nullptr : &*found;
}

std::string ProviderBook::base_url_of(const BuiltInProvider& provider) const {
    switch (provider.dialect) {
        case chat::Dialect::kAzureResponses: return azure_url_;
        case chat::Dialect::kBedrock: return bedrock_url_.empty() ? bedrock_url(region_) : bedrock_url_;
        case chat::Dialect::kVertex: return vertex_url_.empty() ? std::string(kVertexKeyUrl) : vertex_url_;
        default: return std::string(provider.base_url);
    }
}

void ProviderBook::add_place(const BuiltInProvider& provider, std::string_view model,
                             ModelOffer& offer) const {
    offer.base_url = base_url_of(provider);
    if (provider.dialect == chat::Dialect::kAzureResponses) offer.api_version = azure_version_;
    if (provider.dialect == chat::Dialect::kVertex) offer.key_url = kVertexKeyUrl;
    // A model that is named with its region is there alone.
    const auto region = region_of_arn(model);
    if (provider.dialect == chat::Dialect::kBedrock && bedrock_url_.empty() && !region.empty())
        offer.base_url = bedrock_url(region);
}

std::vector<ProviderSummary> ProviderBook::providers() const {
    std::vector<ProviderSummary> out;
    for (const auto& terms : file_.providers) {
        ProviderSummary summary{.id = terms.id,
                                .name = terms.name.value_or(terms.id),
                                .base_url = terms.shared.base_url.value_or(""),
                                .key = terms.key,
                                .key_variables = {},
                                .headers = terms.shared.headers};
        if (const auto* own = built_in_provider(terms.id)) {
            summary.built_in = true;
            if (!terms.name) summary.name = own->name;
            if (summary.base_url.empty()) summary.base_url = base_url_of(*own);
            summary.key_variables = variables_of(*own);
            summary.dialect = own->dialect;
        }
        if (terms.shared.dialect) summary.dialect = terms.shared.dialect;
        for (const auto* list : {&terms.models, &terms.overrides})
            for (const auto& each : *list)
                summary.headers.insert(summary.headers.end(), each.terms.headers.begin(),
                                       each.terms.headers.end());
        out.push_back(std::move(summary));
    }
    for (const auto& own : built_in_providers()) {
        if (terms_of(own.id) != nullptr) continue;
        out.push_back({.id = std::string(own.id),
                       .name = std::string(own.name),
                       .base_url = base_url_of(own),
                       .key = {},
                       .key_variables = variables_of(own),
                       .headers = {},
                       .built_in = true,
                       .dialect = own.dialect});
    }
    return out;
}

bool ProviderBook::has(std::string_view provider) const {
    return terms_of(provider) != nullptr || built_in_provider(provider) != nullptr;
}

Result<ModelOffer> ProviderBook::offer(std::string_view provider, std::string_view model) const {
    ModelOffer out;
    out.provider = provider;
    out.id = out.name = model;
    out.context_window = {kUsualWindow};
    out.most_answer = {kUsualAnswer};
    const auto* own = built_in_provider(provider);
    const auto* terms = terms_of(provider);
    std::optional<chat::Dialect> dialect;
    if (own != nullptr) {
        dialect = own->dialect;
        add_place(*own, model, out);
        out.variant = own->variant;
        out.key_variables = variables_of(*own);
        out.thinking.reasoning = true;  // nothing is known of the model: a level that is asked for is sent
        out.sees = own->sees;
        add_family_words(provider, model, out.thinking);
    }
    if (terms != nullptr) {
        out.key = terms->key;
        out.bearer = terms->bearer;
        add_terms(terms->shared, out);
        take(terms->shared.dialect, dialect);
        const auto* said = named(terms->models, model);
        if (said != nullptr) {
            // What models.json lists is what it says, and no more.
            if (!said->terms.reasoning) out.thinking.reasoning = terms->shared.reasoning.value_or(false);
            if (!said->terms.sees) out.sees = terms->shared.sees.value_or(false);
        } else {
            said = named(terms->overrides, model);
        }
        if (said != nullptr) {
            add_terms(said->terms, out);
            take(said->terms.dialect, dialect);
        }
    }
    const auto place = fmt::format("models.json: providers.{}", printable(provider));
    if (out.base_url.empty()) {
        return Error(Code::kInvalidInput,
                     provider == "azure"
                         ? "azure: set AZURE_OPENAI_BASE_URL or AZURE_OPENAI_RESOURCE_NAME, or "
                           "providers.azure.baseUrl in models.json"
                         : place + " has no \"baseUrl\"");
    }
    if (!dialect)
        return Error(Code::kInvalidInput, fmt::format("{} has no \"api\": {}", place, chat::dialect_names()));
    out.dialect = *dialect;
    if (out.dialect == chat::Dialect::kBedrock) {
        const auto url = parse_base_url(out.base_url);
        if (url) out.region = region_of_host(url->host);
        if (out.region.empty()) out.region = region_of_arn(model);
        if (out.region.empty()) out.region = region_;
    }
    out.most_answer = std::min(out.most_answer, out.context_window);
    out.usual_thinking = chat::clamp_thinking(out.usual_thinking, out.thinking);
    return out;
}

std::vector<ModelOffer> ProviderBook::listed() const {
    std::vector<ModelOffer> out;
    for (const auto& provider : file_.providers) {
        for (const auto& model : provider.models)
            if (auto each = offer(provider.id, model.id)) out.push_back(*std::move(each));
    }
    return out;
}

Result<ModelOffer> ProviderBook::find(std::string_view provider, std::string_view model) const {
    if (!has(provider)) {
        std::vector<std::string> ids;
        for (const auto& each : providers())
            ids.push_back(each.id);
        return Error(Code::kNotFound,
                     fmt::format("there is no provider '{}': there are {}; others are made in "
                                 "models.json",
                                 printable(provider), join(ids, ", ")));
    }
    const auto* terms = terms_of(provider);
    const bool any = built_in_provider(provider) != nullptr || terms->models.empty();
    if (!any && named(terms->models, model) == nullptr) {
        std::vector<std::string> ids;
        for (const auto& each : terms->models)
            ids.push_back(each.id);
        return Error(Code::kNotFound, fmt::format("{} has no model '{}': models.json names {}",
                                                  printable(provider), printable(model), join(ids, ", ")));
    }
    if (model.empty())
        return Error(Code::kInvalidInput, fmt::format("name a model: {}/MODEL", printable(provider)));
    return offer(provider, model);
}

}  // namespace hearth::remote
