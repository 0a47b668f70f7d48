#include "app/serve_choices.h"

#include <array>
#include <fmt/format.h>

#include <boost/json.hpp>

#include "app/json_text.h"
#include "app/options.h"
#include "app/render.h"
#include "core/text.h"

namespace hearth::app {
namespace {

constexpr std::array kKeys = {
    ServeKey{.key = {"listen", ConfigKind::kTexts},
             .variable = "OLLAMA_HOST",
             .usual = "127.0.0.1:11434",
             .help = "address: HOST:PORT, PORT, https://HOST:PORT or unix:PATH; several may be given "
                     "(without it 127.0.0.1:11434)"},
    ServeKey{.key = {"context", ConfigKind::kNumber},
             .variable = "OLLAMA_CONTEXT_LENGTH",
             .usual = "8192",
             .help = "context window of each answer, in tokens (without it 8192)"},
    ServeKey{.key = {"parallel", ConfigKind::kNumber},
             .variable = "OLLAMA_NUM_PARALLEL",
             .usual = "2",
             .help = "answers of one model at once (without it 2)"},
    ServeKey{.key = {"batch", ConfigKind::kNumber},
             .usual = "128",
             .help =
                 "tokens of a prompt that are read in one step, from 128: more read long prompts faster, and "
                 "other answers stand still longer meanwhile"},
    ServeKey{.key = {"cache-type", ConfigKind::kText},
             .variable = "OLLAMA_KV_CACHE_TYPE",
             .usual = "f16",
             .help = "of the KV cache: f16, q8_0 (half the memory), q4_0 ... (without it f16, or what hearth "
                     "tune found)"},
    ServeKey{.key = {"no-prompt-files", ConfigKind::kSwitch},
             .usual = "false",
             .help =
                 "what an unloaded model had read is not kept in files of the cache folder, and long prompts "
                 "are read again when it is loaded"},
    ServeKey{.key = {"keep-alive", ConfigKind::kTime},
             .variable = "OLLAMA_KEEP_ALIVE",
             .usual = "5m",
             .live = true,
             .help = "how long an unused model stays: 5m, 1h, 0, -1 for ever (without it 5m)"},
    ServeKey{.key = {"queue", ConfigKind::kNumber},
             .variable = "OLLAMA_MAX_QUEUE",
             .usual = "512",
             .live = true,
             .help = "requests of one client that may wait for a model (without it 512)"},
    ServeKey{.key = {"access-log", ConfigKind::kPath},
             .live = true,
             .help = "file for a line a request, or none (without it access.log in the state folder)"},
    ServeKey{.key = {"ledger", ConfigKind::kText},
             .variable = "HEARTH_LEDGER",
             .help = "where it is written down who used what: a file, or postgresql://USER@HOST/DATABASE "
                     "(without it ledger.db in the state folder)"},
    ServeKey{.key = {"keep-ledger", ConfigKind::kNumber},
             .help = "days after which its rows are removed (without it never)"},
    ServeKey{.key = {"otlp", ConfigKind::kText},
             .help = "collector of OpenTelemetry traces, as http://127.0.0.1:4318 (without it "
                     "OTEL_EXPORTER_OTLP_ENDPOINT, else none)"},
    ServeKey{.key = {"origins", ConfigKind::kTexts},
             .variable = "OLLAMA_ORIGINS",
             .live = true,
             .help = "web site whose pages may ask, as https://desk.example; several may be given"},
    ServeKey{.key = {"tls", ConfigKind::kSwitch},
             .usual = "false",
             .help = "encrypt: every TCP address that does not begin with http://"},
    ServeKey{.key = {"tls-certificate", ConfigKind::kPath},
             .live = true,
             .help = "PEM file with the certificate and its chain (without it one that this machine makes "
                     "for itself)"},
    ServeKey{.key = {"tls-key", ConfigKind::kPath}, .live = true, .help = "PEM file with its private key"},
};

ConfigTable defaults(const os::Paths& paths) {
    ConfigTable table;
    for (const ServeKey& each : kKeys) {
        ConfigValue value{.texts = {}, .place = "default"};
        if (!each.usual.empty()) value.texts.emplace_back(each.usual);
        table.emplace(each.key.name, std::move(value));
    }
    table["access-log"].texts = {(paths.state / "access.log").string()};
    return table;
}

}  // namespace

std::span<const ServeKey> serve_keys() { return kKeys; }

ServeOptions::ServeOptions(Options& options) {
    for (const ServeKey& each : kKeys) {
        const std::string_view name = each.key.name;
        std::string names = "--" + std::string(name);
        if (name == "origins") names += ",--origin";
        if (each.key.kind == ConfigKind::kTexts)
            options.repeated(names, texts_[name], each.help);
        else if (each.key.kind == ConfigKind::kSwitch)
            options.flag(names, switches_[name], each.help);
        else
            options.option(names, text_[name], each.help);
    }
}

ConfigTable ServeOptions::given() const {
    ConfigTable table;
    const auto say = [&](std::string_view name, std::vector<std::string> texts) {
        table.emplace(name, ConfigValue{.texts = std::move(texts), .place = fmt::format("--{}", name)});
    };
    for (const auto& [name, texts] : texts_)
        if (!texts.empty()) say(name, texts);
    for (const auto& [name, text] : text_)
        if (!text.empty()) say(name, {text});
    for (const auto& [name, on] : switches_)
        if (on) say(name, {"true"});
    return table;
}

ConfigTable serve_environment() {
    ConfigTable table;
    for (const ServeKey& each : kKeys) {
        if (each.variable == nullptr) continue;
        const std::string said = os::environment(each.variable);
        const std::string text(trim(said));
        if (text.empty()) continue;
        ConfigValue value{.texts = {text}, .place = each.variable};
        if (each.key.name == "origins") {  // Ollama's form of a list
            value.texts.clear();
            for (const std::string_view piece : split(text, ','))
                if (!trim(piece).empty()) value.texts.emplace_back(trim(piece));
        }
        table.emplace(each.key.name, std::move(value));
    }
    return table;
}

std::filesystem::path config_file(const os::Paths& paths) { return paths.config / "config.toml"; }

Result<ServeChoices> choose_settings(const ConfigTable& options, const ConfigTable& environment,
                                     const os::Paths& paths) {
    std::vector<ConfigKey> keys;
    for (const ServeKey& each : kKeys)
        keys.push_back(each.key);
    ServeChoices choices = options;
    choices.insert(environment.begin(), environment.end());  // leaves what is there
    choices.merge(TRY(read_config(config_file(paths), "serve", keys)));
    choices.merge(defaults(paths));
    return choices;
}

std::vector<std::string> needs_restart(const ServeChoices& running, const ServeChoices& now) {
    std::vector<std::string> names;
    for (const ServeKey& each : kKeys)
        if (!each.live && running.find(each.key.name)->second.texts != now.find(each.key.name)->second.texts)
            names.emplace_back(each.key.name);
    return names;
}

std::string choices_table(const ServeChoices& choices) {
    Table table{.headings = {"SETTING", "VALUE", "FROM", "RELOAD"}, .numeric = {}, .rows = {}};
    for (const ServeKey& each : kKeys) {
        const ConfigValue& value = choices.find(each.key.name)->second;
        table.rows.push_back({std::string(each.key.name), printable(join(value.texts, ", ")),
                              printable(value.place), each.live ? "yes" : "restart"});
    }
    return render_table(table);
}

std::string choices_json(const ServeChoices& choices) {
    json::array all;
    for (const ServeKey& each : kKeys) {
        const ConfigValue& found = choices.find(each.key.name)->second;
        json::value value;
        const auto number = found.texts.empty() || each.key.kind != ConfigKind::kNumber
                                ? std::nullopt
                                : parse_number(found.texts.front());
        if (each.key.kind == ConfigKind::kTexts) {
            json::array& list = value.emplace_array();
            for (const std::string& text : found.texts)
                list.emplace_back(to_valid_utf8(text));
        } else if (number) {
            value = *number;
        } else if (each.key.kind == ConfigKind::kSwitch) {
            value = !found.texts.empty() && found.texts.front() == "true";
        } else if (!found.texts.empty()) {
            value = to_valid_utf8(found.texts.front());
        }
        all.push_back(json::object{{"name", each.key.name},
                                   {"value", std::move(value)},
                                   {"from", to_valid_utf8(found.place)},
                                   {"reload", each.live}});
    }
    return pretty_json(all);
}

}  // namespace hearth::app
