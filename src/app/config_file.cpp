#include "app/config_file.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <optional>

#include "core/text.h"
#include "core/toml.h"
#include "core/toml_text.h"
#include "model/model_name.h"
#include "os/files.h"

namespace hearth::app {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostFileBytes = std::size_t{1} << 20U;
constexpr std::size_t kMostTextBytes = 4096;
constexpr std::array<std::string_view, 4> kTables = {"catalogue", "code", "egress", "serve"};

class Reader {
public:
    explicit Reader(const fs::path& file) : file_(file) {}

    [[nodiscard]] std::string place(const toml::source_position& at) const {
        return fmt::format("{}:{}:{}", file_.string(), at.line, at.column);
    }

    [[nodiscard]] Error wrong(const toml::source_position& at, std::string_view what) const {
        return {Code::kInvalidInput, fmt::format("{}: {}", place(at), what)};
    }

    [[nodiscard]] Error unknown(const toml::key& key, std::span<const std::string> known) const {
        return wrong(key.source().begin, fmt::format("there is no setting '{}'.{}", printable(key.str()),
                                                     model::did_you_mean(key.str(), known)));
    }

    [[nodiscard]] Result<ConfigValue> value(const ConfigKey& key, const toml::node& node) const;

private:
    [[nodiscard]] std::optional<std::string> text(const toml::node& node) const;
    [[nodiscard]] std::optional<std::vector<std::string>> texts(ConfigKind kind,
                                                                const toml::node& node) const;

    const fs::path& file_;
};

// A NUL would end a path or an address where nobody sees it.
std::optional<std::string> Reader::text(const toml::node& node) const {
    const auto* found = node.as_string();
    if (found == nullptr || found->get().empty() || found->get().size() > kMostTextBytes) return std::nullopt;
    if (found->get().find('\0') != std::string::npos) return std::nullopt;
    return found->get();
}

std::string_view words_of(ConfigKind kind) {
    switch (kind) {
        case ConfigKind::kText: return "a text, as \"...\"";
        case ConfigKind::kTexts: return "a text or a list of texts, as [\"...\", \"...\"]";
        case ConfigKind::kNumber: return "a whole number";
        case ConfigKind::kTime: return "a length of time, as \"5m\"";
        case ConfigKind::kSwitch: return "true or false";
        case ConfigKind::kPath: return "a path, as \"...\"";
    }
    return "something else";
}

// Nothing when it is of another kind.
std::optional<std::vector<std::string>> Reader::texts(ConfigKind kind, const toml::node& node) const {
    const auto one = [](std::optional<std::string> given) -> std::optional<std::vector<std::string>> {
        if (!given) return std::nullopt;
        return std::vector{*std::move(given)};
    };
    switch (kind) {
        case ConfigKind::kNumber:
            if (const auto* number = node.as_integer()) return one(std::to_string(number->get()));
            return std::nullopt;
        case ConfigKind::kSwitch:
            if (const auto* flag = node.as_boolean()) return one(flag->get() ? "true" : "false");
            return std::nullopt;
        case ConfigKind::kTime:
            if (const auto* number = node.as_integer()) return one(std::to_string(number->get()));
            return one(text(node));
        case ConfigKind::kTexts:
            if (const auto* list = node.as_array()) {
                std::vector<std::string> all;
                for (const toml::node& each : *list) {
                    auto piece = text(each);
                    if (!piece) return std::nullopt;
                    all.push_back(*std::move(piece));
                }
                return all;
            }
            return one(text(node));
        case ConfigKind::kText:
        case ConfigKind::kPath: return one(text(node));
    }
    return std::nullopt;
}

Result<ConfigValue> Reader::value(const ConfigKey& key, const toml::node& node) const {
    const auto at = node.source().begin;
    auto found = texts(key.kind, node);
    if (!found) return wrong(at, fmt::format("'{}' has to be {}", key.name, words_of(key.kind)));
    if (key.kind == ConfigKind::kPath && found->front() != "none")
        found->front() = (file_.parent_path() / found->front()).lexically_normal().string();
    return ConfigValue{.texts = *std::move(found), .place = place(at)};
}

Result<ConfigTable> read_table(const Reader& reader, const toml::table& table,
                               std::span<const ConfigKey> keys) {
    std::vector<std::string> known;
    for (const ConfigKey& key : keys)
        known.emplace_back(key.name);
    ConfigTable found;
    for (const auto& [name, node] : table) {
        const auto key = std::ranges::find(keys, name.str(), &ConfigKey::name);
        if (key == keys.end()) return reader.unknown(name, known);
        found.emplace(key->name, TRY(reader.value(*key, node)));
    }
    return found;
}

}  // namespace

Result<ConfigTable> parse_config(std::string_view text, const fs::path& file, std::string_view table,
                                 std::span<const ConfigKey> keys) {
    const Reader reader(file);
    if (const auto mistake = toml_mistake(text))
        return reader.wrong({.line = mistake->line, .column = mistake->column}, mistake->what);
    ConfigTable all;
    try {
        const toml::table root = toml::parse(text, file.string());
        for (const auto& [name, node] : root) {
            if (name.str() != table) {
                if (std::ranges::find(kTables, name.str()) != kTables.end()) continue;
                const std::vector<std::string> known(kTables.begin(), kTables.end());
                const bool setting =
                    std::ranges::any_of(keys, [&](const ConfigKey& key) { return key.name == name.str(); });
                if (setting)
                    return reader.wrong(name.source().begin,
                                        fmt::format("'{}' belongs below a line [{}]", name.str(), table));
                return reader.unknown(name, known);
            }
            const toml::table* found = node.as_table();
            if (found == nullptr)
                return reader.wrong(node.source().begin,
                                    fmt::format("'{0}' has to be a table: write [{0}]", table));
            all = TRY(read_table(reader, *found, keys));
        }
    } catch (const toml::parse_error& error) {
        return reader.wrong(error.source().begin, error.description());
    } catch (const std::logic_error& error) {
        return Error(Code::kInvalidInput, fmt::format("{}: {}", file.string(), error.what()));
    }
    return all;
}

Result<ConfigTable> read_config(const fs::path& file, std::string_view table,
                                std::span<const ConfigKey> keys) {
    const auto text = os::read_file(file, kMostFileBytes);
    if (text) return parse_config(*text, file, table, keys);
    if (text.error().code() == Code::kNotFound) return ConfigTable();
    return Error(text.error());
}

}  // namespace hearth::app
