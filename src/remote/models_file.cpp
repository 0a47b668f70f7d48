#include "remote/models_file.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <span>
#include <utility>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/json_by_hand.h"
#include "core/text.h"
#include "os/files.h"
#include "remote/base_url.h"

namespace hearth::remote {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMostFileBytes = std::size_t{1} << 20U;
constexpr std::size_t kMostText = 8192;  // bytes of a value
constexpr std::size_t kMostName = 200;
constexpr std::size_t kMostProviders = 200;
constexpr std::size_t kMostModels = 2000;  // of a provider
constexpr std::int64_t kMostTokens = 1'000'000'000;
constexpr double kMostPrice = 1e6;

using Names = std::span<const std::string_view>;

// What pi reads as well, and does here what it does there or nothing.
constexpr auto kProviderKeys =
    std::to_array<std::string_view>({"name", "baseUrl", "apiKey", "api", "headers", "authHeader", "models",
                                     "modelOverrides", "compat", "oauth"});
constexpr auto kModelKeys =
    std::to_array<std::string_view>({"id", "name", "api", "baseUrl", "reasoning", "thinkingLevelMap", "input",
                                     "inputLimits", "cost", "promptCache", "contextWindow", "maxTokens",
                                     "samplingParams", "samplingParamsByThinkingLevel", "headers", "compat"});

struct FormName {
    std::string_view name;
    chat::ThinkingForm form;
};

constexpr std::array kForms = {FormName{"openai", chat::ThinkingForm::kReasoningEffort},
                               FormName{"openrouter", chat::ThinkingForm::kOpenRouter},
                               FormName{"deepseek", chat::ThinkingForm::kThinkingType},
                               FormName{"zai", chat::ThinkingForm::kThinkingType},
                               FormName{"qwen", chat::ThinkingForm::kEnableThinking},
                               FormName{"qwen-chat-template", chat::ThinkingForm::kTemplate},
                               FormName{"chat-template", chat::ThinkingForm::kTemplate}};

// What may stand in a header, and cannot end its line.
bool is_header_name(std::string_view name) {
    return !name.empty() && name.size() <= kMostName && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
               c == '_';
    });
}

// Reads values and says by their path where one is wrong.
class Reader {
public:
    explicit Reader(const fs::path& file) : file_(file) {}

    [[nodiscard]] Error wrong(std::string_view path, std::string_view what) const {
        return {Code::kInvalidInput,
                fmt::format("{}: {}{}{}", file_.string(), printable(path), path.empty() ? "" : ": ", what)};
    }

    Result<ModelsFile> read(const json::value& root) {
        ModelsFile out;
        if (!root.is_object()) return wrong("", "it has to be an object with \"providers\"");
        const auto* providers = member(root, "providers");
        if (providers == nullptr) return out;
        if (!providers->is_object())
            return wrong("providers", "it has to be an object with the providers by their ids");
        if (providers->get_object().size() > kMostProviders)
            return wrong("providers", fmt::format("there are more than {}", kMostProviders));
        for (const auto& [id, value] : providers->get_object()) {
            // As `hearth launch pi` writes it for pi; here it would lead back to this machine.
            if (id == "hearth" || id == "server") {
                notices_.push_back(fmt::format("{}: providers.{} is passed over: hearth has this name itself",
                                               file_.string(), std::string_view(id)));
                continue;
            }
            out.providers.push_back(TRY(provider(std::string(id), value)));
        }
        out.notices = std::move(notices_);
        return out;
    }

private:
    template <typename Value>
    using Wanted = Result<std::optional<Value>>;

    static std::string below(std::string_view path, std::string_view key) {
        return fmt::format("{}.{}", path, key);
    }

    // Null is as good as nothing.
    static const json::value* given(const json::value& holder, std::string_view key) {
        const auto* value = member(holder, key);
        return value == nullptr || value->is_null() ? nullptr : value;
    }

    Status object(const json::value& value, std::string_view path, Names known) {
        if (!value.is_object()) return wrong(path, "it has to be an object");
        for (const auto& [key, each] : value.get_object()) {
            if (std::ranges::find(known, std::string_view(key)) == known.end())
                notices_.push_back(fmt::format("{}: {} is no setting that hearth or pi knows", file_.string(),
                                               printable(below(path, key))));
        }
        return {};
    }

    Wanted<std::string> text(const json::value& holder, std::string_view path, std::string_view key,
                             std::size_t most = kMostName) const {
        const auto* value = given(holder, key);
        if (value == nullptr) return std::optional<std::string>();
        if (!value->is_string()) return wrong(below(path, key), "it has to be a text");
        const std::string_view found = value->get_string();
        if (found.empty() || found.size() > most)
            return wrong(below(path, key), fmt::format("it has to have 1 to {} bytes", most));
        return std::optional(std::string(found));
    }

    Wanted<bool> truth(const json::value& holder, std::string_view path, std::string_view key) const {
        const auto* value = given(holder, key);
        if (value == nullptr) return std::optional<bool>();
        if (!value->is_bool()) return wrong(below(path, key), "it has to be true or false");
        return std::optional(value->get_bool());
    }

    Wanted<double> number(const json::value& holder, std::string_view path, std::string_view key,
                          double most) const {
        if (given(holder, key) == nullptr) return std::optional<double>();
        const auto found = number_member(holder, key);
        if (!found || !std::isfinite(*found) || *found < 0 || *found > most)
            return wrong(below(path, key), fmt::format("it has to be a number from 0 to {}", most));
        return found;
    }

    Wanted<std::int64_t> tokens(const json::value& holder, std::string_view path,
                                std::string_view key) const {
        if (given(holder, key) == nullptr) return std::optional<std::int64_t>();
        const auto found = integer_member(holder, key);
        if (!found || *found < 1 || *found > kMostTokens)
            return wrong(below(path, key),
                         fmt::format("it has to be a number of tokens from 1 to {}", kMostTokens));
        return found;
    }

    Wanted<chat::Dialect> dialect(const json::value& holder, std::string_view path) const {
        const auto name = TRY(text(holder, path, "api"));
        if (!name) return std::optional<chat::Dialect>();
        const auto found = chat::parse_dialect(*name);
        if (!found)
            return wrong(below(path, "api"), fmt::format("'{}' is none that hearth speaks: {}",
                                                         printable(*name), chat::dialect_names()));
        return found;
    }

    Wanted<std::string> base_url(const json::value& holder, std::string_view path) const {
        auto url = TRY(text(holder, path, "baseUrl", 1000));
        if (!url) return url;
        if (const auto parsed = parse_base_url(*url); !parsed)
            return wrong(below(path, "baseUrl"), parsed.error().message());
        return url;
    }

    Result<HeaderTexts> headers(const json::value& holder, std::string_view path) const {
        HeaderTexts out;
        const auto* value = given(holder, "headers");
        if (value == nullptr) return out;
        const auto place = below(path, "headers");
        if (!value->is_object()) return wrong(place, "it has to be an object of header names and texts");
        for (const auto& [name, each] : value->get_object()) {
            if (!is_header_name(name))
                return wrong(place, fmt::format("'{}' is no name of a header", printable(name)));
            if (!each.is_string() || !is_header_value(each.get_string()))
                return wrong(below(place, name), "it has to be a text on one line");
            out.emplace_back(std::string(name), std::string(each.get_string()));
        }
        return out;
    }

    Status thinking_map(const json::value& holder, std::string_view path, ModelTerms& terms) const {
        const auto* value = given(holder, "thinkingLevelMap");
        if (value == nullptr) return {};
        const auto place = below(path, "thinkingLevelMap");
        if (!value->is_object()) return wrong(place, "it has to be an object of levels and words");
        auto& words = terms.thinking_words.emplace();
        for (const auto& [name, word] : value->get_object()) {
            const auto level = chat::parse_thinking_level(name);
            if (!level)
                return wrong(place, fmt::format("'{}' is no level: {}", printable(name),
                                                join(chat::thinking_level_names(), ", ")));
            if (word.is_null()) {
                words[*level] = std::nullopt;
            } else if (word.is_string() && word.get_string().size() <= kMostName) {
                words[*level] = std::string(word.get_string());
            } else if (word.is_int64()) {
                words[*level] = std::to_string(word.get_int64());
            } else {
                return wrong(below(place, name), "it has to be the provider's word for the level, or null");
            }
        }
        return {};
    }

    Wanted<bool> sees(const json::value& holder, std::string_view path) const {
        const auto* value = given(holder, "input");
        if (value == nullptr) return std::optional<bool>();
        const auto* list = value->if_array();
        const auto is_kind = [](const json::value& each) { return each == "text" || each == "image"; };
        if (list == nullptr || !std::ranges::all_of(*list, is_kind))
            return wrong(below(path, "input"), R"(it has to be a list of "text" and "image")");
        return std::optional(std::ranges::find(*list, json::value("image")) != list->end());
    }

    Status prices(const json::value& holder, std::string_view path, ModelTerms& terms) const {
        const auto* value = given(holder, "cost");
        if (value == nullptr) return {};
        const auto place = below(path, "cost");
        if (!value->is_object())
            return wrong(place, "it has to be an object: input, output, cacheRead, cacheWrite");
        terms.input_price = TRY(number(*value, place, "input", kMostPrice));
        terms.output_price = TRY(number(*value, place, "output", kMostPrice));
        terms.cache_read_price = TRY(number(*value, place, "cacheRead", kMostPrice));
        terms.cache_write_price = TRY(number(*value, place, "cacheWrite", kMostPrice));
        return {};
    }

    // Servers have more differences than matter here: what is not read does nothing.
    Status compat(const json::value& holder, std::string_view path, ModelTerms& terms) const {
        const auto* value = given(holder, "compat");
        if (value == nullptr) return {};
        const auto place = below(path, "compat");
        if (!value->is_object()) return wrong(place, "it has to be an object");
        if (const auto field = TRY(text(*value, place, "maxTokensField"))) {
            if (*field != "max_tokens" && *field != "max_completion_tokens")
                return wrong(below(place, "maxTokensField"),
                             "it has to be max_tokens or max_completion_tokens");
            terms.completion_tokens = *field == "max_completion_tokens";
        }
        terms.usage_in_stream = TRY(truth(*value, place, "supportsUsageInStreaming"));
        terms.store = TRY(truth(*value, place, "supportsStore"));
        terms.developer_role = TRY(truth(*value, place, "supportsDeveloperRole"));
        terms.reasoning_effort = TRY(truth(*value, place, "supportsReasoningEffort"));
        terms.result_name = TRY(truth(*value, place, "requiresToolResultName"));
        terms.reasoning_back = TRY(truth(*value, place, "requiresReasoningContentOnAssistantMessages"));
        const auto form = TRY(text(*value, place, "thinkingFormat"));
        if (!form) return {};
        const auto* known = std::ranges::find(kForms, *form, &FormName::name);
        if (known == kForms.end()) {
            std::vector<std::string> names;
            for (const auto& each : kForms)
                names.emplace_back(each.name);
            return wrong(below(place, "thinkingFormat"), fmt::format("'{}' is none that hearth knows: {}",
                                                                     printable(*form), join(names, ", ")));
        }
        terms.thinking_form = known->form;
        return {};
    }

    Status sampling(const json::value& holder, std::string_view path, ModelTerms& terms) const {
        const auto* value = given(holder, "samplingParams");
        if (value == nullptr) return {};
        const auto place = below(path, "samplingParams");
        if (!value->is_object()) return wrong(place, "it has to be an object");
        terms.temperature = TRY(number(*value, place, "temperature", 2));
        terms.top_p = TRY(number(*value, place, given(*value, "topP") != nullptr ? "topP" : "top_p", 1));
        return {};
    }

    Result<ModelTerms> terms(const json::value& value, std::string_view path) const {
        ModelTerms out;
        out.name = TRY(text(value, path, "name"));
        out.dialect = TRY(dialect(value, path));
        out.base_url = TRY(base_url(value, path));
        out.reasoning = TRY(truth(value, path, "reasoning"));
        out.sees = TRY(sees(value, path));
        TRY(thinking_map(value, path, out));
        out.context_window = TRY(tokens(value, path, "contextWindow"));
        out.most_answer = TRY(tokens(value, path, "maxTokens"));
        TRY(prices(value, path, out));
        TRY(sampling(value, path, out));
        out.headers = TRY(headers(value, path));
        TRY(compat(value, path, out));
        return out;
    }

    Result<std::vector<NamedTerms>> models(const json::value& holder, std::string_view path) {
        std::vector<NamedTerms> out;
        const auto* list = given(holder, "models");
        if (list == nullptr) return out;
        const auto place = below(path, "models");
        if (!list->is_array()) return wrong(place, "it has to be a list of models");
        if (list->get_array().size() > kMostModels)
            return wrong(place, fmt::format("there are more than {}", kMostModels));
        for (std::size_t i = 0; i < list->get_array().size(); ++i) {
            const auto& model = list->get_array()[i];
            const auto here = fmt::format("{}[{}]", place, i);
            TRY(object(model, here, kModelKeys));
            auto id = TRY(text(model, here, "id"));
            if (!id) return wrong(here, "it has no \"id\"");
            if (std::ranges::find(out, *id, &NamedTerms::id) != out.end())
                return wrong(here, fmt::format("there are two models '{}'", printable(*id)));
            out.push_back({*std::move(id), TRY(terms(model, here))});
        }
        return out;
    }

    Result<std::vector<NamedTerms>> overrides(const json::value& holder, std::string_view path) {
        std::vector<NamedTerms> out;
        const auto* table = given(holder, "modelOverrides");
        if (table == nullptr) return out;
        const auto place = below(path, "modelOverrides");
        if (!table->is_object()) return wrong(place, "it has to be an object with models by their ids");
        if (table->get_object().size() > kMostModels)
            return wrong(place, fmt::format("there are more than {}", kMostModels));
        for (const auto& [id, value] : table->get_object()) {
            const auto here = below(place, id);
            TRY(object(value, here, kModelKeys));
            out.push_back({std::string(id), TRY(terms(value, here))});
        }
        return out;
    }

    Result<ProviderTerms> provider(const std::string& id, const json::value& value) {
        const auto path = below("providers", id);
        const bool is_name = !id.empty() && id.size() <= kMostName && std::ranges::none_of(id, [](char c) {
            return static_cast<unsigned char>(c) <= 0x20U || c == '/' || c == 0x7F;
        });
        if (!is_name) return wrong(path, "an id has no blanks and no '/'");
        TRY(object(value, path, kProviderKeys));
        ProviderTerms out;
        out.id = id;
        out.shared = TRY(terms(value, path));
        out.name = std::exchange(out.shared.name, std::nullopt);
        out.key = TRY(text(value, path, "apiKey", kMostText));
        out.bearer = TRY(truth(value, path, "authHeader")).value_or(false);
        out.models = TRY(models(value, path));
        out.overrides = TRY(overrides(value, path));
        return out;
    }

    const fs::path& file_;
    std::vector<std::string> notices_;
};

}  // namespace

bool is_header_value(std::string_view value) {
    return value.size() <= kMostText && std::ranges::none_of(value, [](char c) {
               return static_cast<unsigned char>(c) < 0x20U || c == 0x7F;
           });
}

Result<ModelsFile> parse_models_file(std::string_view text, const fs::path& file) {
    const auto value = parse_json_by_hand(text, {.max_bytes = kMostFileBytes});
    if (!value)
        return Error(Code::kInvalidInput, fmt::format("{}: {}", file.string(), value.error().message()));
    return Reader(file).read(*value);
}

Result<ModelsFile> load_models_file(const fs::path& file) {
    const auto text = os::read_file(file, kMostFileBytes);
    if (!text && text.error().code() == Code::kNotFound) return ModelsFile();
    if (!text) return text.error();
    return parse_models_file(*text, file);
}

}  // namespace hearth::remote
