#include <algorithm>
#include <fmt/format.h>
#include <string>
#include <utility>
#include <vector>

#include <boost/json.hpp>

#include "app/code_models.h"
#include "app/code_verbs.h"
#include "app/exit_status.h"
#include "app/guard_files.h"
#include "app/model_access.h"
#include "app/provider_key.h"
#include "app/render.h"
#include "core/json.h"
#include "core/text.h"
#include "os/paths.h"
#include "remote/provider_book.h"

namespace hearth::app {
namespace {

struct Listed {
    std::vector<agent::ModelInfo> models;
    std::vector<std::pair<remote::ProviderSummary, std::string>> providers;  // with the source of their key
    std::vector<std::string> notices;
};

Result<Listed> find_all(const std::string& server, const std::string& search) {
    const auto paths = os::paths_from_environment();
    const auto wanted = to_lower_ascii(search);
    const auto has_it = [&](std::string_view text) { return to_lower_ascii(text).contains(wanted); };
    Listed out;
    CodeModels models(paths, {.server = server, .model = {}, .context = {}}, {});
    for (auto& model : TRY(models.list()))
        if (has_it(agent::author_of(model)) || has_it(model.name)) out.models.push_back(std::move(model));
    const auto* book = TRY(models.book());
    const auto secrets = secret_store();
    for (auto& provider : book->providers()) {
        const bool of_a_model =
            std::ranges::find(out.models, provider.id, &agent::ModelInfo::provider) != out.models.end();
        if (!of_a_model && !has_it(provider.id) && !has_it(provider.name)) continue;
        auto source = key_source(provider, secrets);
        out.providers.emplace_back(std::move(provider), std::move(source));
    }
    out.notices = book->notices();
    return out;
}

std::string levels_words(const chat::ThinkingMap& map) {
    if (!map.reasoning) return "-";
    const auto levels = chat::thinking_levels(map);
    return fmt::format("{} to {}", chat::thinking_level_name(levels.front()),
                       chat::thinking_level_name(levels.back()));
}

std::string price_words(const chat::TokenPrices& prices) {
    if (prices == chat::TokenPrices()) return "-";
    return fmt::format("${:g} / ${:g}", prices.input, prices.output);
}

void print_tables(const Listed& listed) {
    Table models{.headings = {"MODEL", "CONTEXT", "ANSWER", "THINKING", "IN/OUT PER MILLION"},
                 .numeric = {false, true, true},
                 .rows = {}};
    for (const auto& model : listed.models)
        models.rows.push_back({printable(agent::author_of(model)), context_words(model.context_window),
                               context_words(model.most_answer), levels_words(model.thinking),
                               price_words(model.prices)});
    if (models.rows.empty()) {
        fmt::print("No model is listed: `hearth pull` installs some, models.json names others.\n");
    } else {
        fmt::print("{}", render_table(models));
    }
    if (listed.providers.empty()) return;
    Table providers{.headings = {"PROVIDER", "KEY", "AT"}, .numeric = {}, .rows = {}};
    for (const auto& [provider, source] : listed.providers) {
        auto key = source;
        if (key.empty())
            key = provider.key_variables.empty() ? "none" : provider.key_variables.front() + " is not set";
        providers.rows.push_back({printable(provider.id), printable(key), printable(provider.base_url)});
    }
    fmt::print("\nAny model of these can be named, as -m PROVIDER/MODEL:\n{}", render_table(providers));
}

std::string as_json(const Listed& listed) {
    std::vector<std::string> models;
    for (const auto& model : listed.models)
        models.push_back(agent::model_json(model));
    json::array providers;
    for (const auto& [provider, source] : listed.providers) {
        json::object one{{"id", to_valid_utf8(provider.id)},
                         {"name", to_valid_utf8(provider.name)},
                         {"baseUrl", to_valid_utf8(provider.base_url)},
                         {"builtIn", provider.built_in},
                         {"keyVariables", json::value_from(provider.key_variables)},
                         {"key", nullptr}};
        if (!source.empty()) one["key"] = source;
        providers.push_back(std::move(one));
    }
    return fmt::format(R"({{"models":[{}],"providers":{}}})", join(models, ","), json::serialize(providers));
}

}  // namespace

int list_models(const std::string& server, const std::string& search, bool json) {
    const auto listed = find_all(server, search);
    if (!listed) return report(listed.error());
    for (const auto& notice : listed->notices)
        fmt::print(stderr, "hearth: {}\n", printable(notice));
    if (json) {
        fmt::print("{}\n", as_json(*listed));
    } else {
        print_tables(*listed);
    }
    return 0;
}

}  // namespace hearth::app
