#include "eval/detail/toml_tree.h"

#include <algorithm>
#include <fmt/format.h>
#include <optional>

#include "core/text.h"
#include "core/toml.h"
#include "core/toml_text.h"

namespace hearth::eval::detail {
namespace {

constexpr std::size_t kMaxText = 8192;
constexpr std::size_t kMaxList = 2000;

TomlNode node_at(const toml::source_region& place) {
    TomlNode node;
    node.line = std::max<unsigned>(place.begin.line, 1);
    node.column = std::max<unsigned>(place.begin.column, 1);
    return node;
}

// Nothing for dates and times.
std::optional<TomlNode> convert(const toml::node& from) {
    auto node = node_at(from.source());
    if (const auto* text = from.as_string()) {
        node.value = text->get();
    } else if (const auto* whole = from.as_integer()) {
        node.value = whole->get();
    } else if (const auto* number = from.as_floating_point()) {
        node.value = number->get();
    } else if (const auto* truth = from.as_boolean()) {
        node.value = truth->get();
    } else if (const auto* array = from.as_array()) {
        TomlNode::List list;
        for (const auto& each : *array) {
            auto converted = convert(each);
            if (!converted) return std::nullopt;
            list.push_back(std::move(*converted));
        }
        node.value = std::move(list);
    } else if (const auto* table = from.as_table()) {
        TomlNode::Table entries;
        for (const auto& [key, value] : *table) {
            auto converted = convert(value);
            if (!converted) return std::nullopt;
            entries.push_back({std::string(key.str()), std::move(*converted)});
        }
        std::ranges::sort(entries, {}, [](const TomlEntry& entry) {
            return std::tuple(entry.node.line, entry.node.column, entry.key);
        });
        node.value = std::move(entries);
    } else {
        return std::nullopt;
    }
    return node;
}

}  // namespace

const TomlNode* TomlNode::find(std::string_view key) const {
    const auto* table = std::get_if<Table>(&value);
    if (table == nullptr) return nullptr;
    const auto found = std::ranges::find(*table, key, &TomlEntry::key);
    return found == table->end() ? nullptr : &found->node;
}

Error TomlReader::wrong(const TomlNode& node, std::string_view what) const {
    return {Code::kInvalidInput, fmt::format("{}:{}:{}: {}", file_.string(), node.line, node.column, what)};
}

Result<TomlNode> TomlReader::parse(std::string_view text) const {
    if (const auto mistake = toml_mistake(text)) {
        const TomlNode place{.value = {}, .line = mistake->line, .column = mistake->column};
        return wrong(place, mistake->what);
    }
    try {
        const toml::table table = toml::parse(text, file_.string());
        auto root = convert(table);
        if (!root) return wrong({}, "a date or time, which nothing here takes");
        return *std::move(root);
    } catch (const toml::parse_error& error) {
        return wrong(node_at(error.source()), error.description());
    } catch (const std::logic_error&) {
        return wrong({}, "not valid TOML somewhere in this file");
    }
}

Status TomlReader::only_keys(const TomlNode& table, std::initializer_list<std::string_view> known) const {
    const auto* entries_of = std::get_if<TomlNode::Table>(&table.value);
    if (entries_of == nullptr) return wrong(table, "this must be a table");
    for (const auto& [key, node] : *entries_of) {
        if (std::ranges::find(known, key) != known.end()) continue;
        const std::vector<std::string> names(known.begin(), known.end());
        return wrong(node, fmt::format("unknown key '{}' (possible: {})", printable(key), join(names, ", ")));
    }
    return {};
}

Result<std::string> TomlReader::text(const TomlNode& table, std::string_view key) const {
    auto value = TRY(optional_text(table, key));
    if (!value.empty()) return value;
    const auto* node = table.find(key);
    return wrong(node == nullptr ? table : *node, fmt::format("'{}' is missing or empty", key));
}

Result<std::string> TomlReader::optional_text(const TomlNode& table, std::string_view key) const {
    const auto* node = table.find(key);
    if (node == nullptr) return std::string();
    const auto* value = std::get_if<std::string>(&node->value);
    if (value == nullptr) return wrong(*node, fmt::format("'{}' must be a text", key));
    if (value->size() > kMaxText)
        return wrong(*node, fmt::format("'{}' is longer than {} bytes", key, kMaxText));
    return std::string(trim(*value));
}

Result<std::vector<std::string>> TomlReader::texts(const TomlNode& table, std::string_view key) const {
    std::vector<std::string> values;
    const auto* node = table.find(key);
    if (node == nullptr) return values;
    const auto* list = std::get_if<TomlNode::List>(&node->value);
    if (list == nullptr || list->size() > kMaxList)
        return wrong(*node, fmt::format("'{}' must be a list of at most {} texts", key, kMaxList));
    for (const auto& each : *list) {
        const auto* value = std::get_if<std::string>(&each.value);
        if (value == nullptr || trim(*value).empty() || value->size() > kMaxText)
            return wrong(each, fmt::format("'{}' must be a list of texts", key));
        values.emplace_back(trim(*value));
    }
    return values;
}

Result<TomlNode::Table> TomlReader::entries(const TomlNode& table, std::string_view key) const {
    const auto* node = table.find(key);
    if (node == nullptr) return TomlNode::Table{};
    const auto* value = std::get_if<TomlNode::Table>(&node->value);
    if (value == nullptr) return wrong(*node, fmt::format("'{}' must be a table", key));
    return *value;
}

}  // namespace hearth::eval::detail
