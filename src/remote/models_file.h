#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "chat/cloud_endpoint.h"
#include "chat/thinking.h"
#include "core/result.h"

namespace hearth::remote {

// A value of models.json that may be a secret, as it is written there:
//     "!COMMAND"               what the command prints, run by the shell when the model is first asked
//     "secret:NAME"            a secret of `hearth secret`
//     "$NAME", "${NAME}"       a variable of the environment
//     "NAME"                   likewise, where that is the form of a name and the variable is set
//     anything else            itself
using ValueText = std::string;
using HeaderTexts = std::vector<std::pair<std::string, ValueText>>;

// What is said of a model, or of all models of a provider; what is not said is left to others.
struct ModelTerms {
    std::optional<std::string> name;
    std::optional<chat::Dialect> dialect;
    std::optional<std::string> base_url;
    std::optional<bool> reasoning;
    std::optional<bool> sees;  // "input" has "image"
    std::optional<std::map<chat::ThinkingLevel, std::optional<std::string>>> thinking_words;
    std::optional<std::int64_t> context_window;  // tokens
    std::optional<std::int64_t> most_answer;     // tokens
    std::optional<double> input_price;           // US dollars for a million tokens
    std::optional<double> output_price;
    std::optional<double> cache_read_price;
    std::optional<double> cache_write_price;
    std::optional<double> temperature;
    std::optional<double> top_p;
    HeaderTexts headers;
    // Of servers of the OpenAI chat API ("compat").
    std::optional<bool> completion_tokens;
    std::optional<bool> usage_in_stream;
    std::optional<bool> store;
    std::optional<bool> developer_role;
    std::optional<bool> reasoning_effort;
    std::optional<bool> result_name;
    std::optional<bool> reasoning_back;
    std::optional<chat::ThinkingForm> thinking_form;
};

struct NamedTerms {
    std::string id;
    ModelTerms terms;
};

struct ProviderTerms {
    std::string id;
    std::optional<std::string> name;
    std::optional<ValueText> key;
    bool bearer = false;  // "authHeader"
    ModelTerms shared;    // of all its models
    std::vector<NamedTerms> models;
    std::vector<NamedTerms> overrides;
};

struct ModelsFile {
    std::vector<ProviderTerms> providers;
    std::vector<std::string> notices;  // names in it that neither hearth nor pi knows, which do nothing
};

// What a header can hold: a text that cannot end its line, of at most 8 KiB. Pure.
[[nodiscard]] bool is_header_value(std::string_view value);

// The text of a models.json as pi has it (docs/code.md, "Models elsewhere"). Comments are allowed, and a comma behind the last member.
// Errors: kInvalidInput with the file and the line, or the path of what is wrong: "models.json: providers.desk.models[1].contextWindow: …".
// Values that may be secrets are in no error. Pure.
[[nodiscard]] Result<ModelsFile> parse_models_file(std::string_view text, const std::filesystem::path& file);

// All of the file; nothing in it when there is no file. Errors: as parse_models_file(), and of reading.
[[nodiscard]] Result<ModelsFile> load_models_file(const std::filesystem::path& file);

}  // namespace hearth::remote
