#include "eval/tool_item.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <fmt/format.h>
#include <optional>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"
#include "eval/detail/toml_tree.h"
#include "eval/rational.h"

namespace hearth::eval {
namespace {

using detail::TomlNode;
using detail::TomlReader;

json::value to_json(const TomlNode& node) {
    if (const auto* text = std::get_if<std::string>(&node.value)) return json::value(*text);
    if (const auto* whole = std::get_if<std::int64_t>(&node.value)) return json::value(*whole);
    if (const auto* number = std::get_if<double>(&node.value)) return json::value(*number);
    if (const auto* truth = std::get_if<bool>(&node.value)) return json::value(*truth);
    if (const auto* list = std::get_if<TomlNode::List>(&node.value)) {
        json::array array;
        for (const auto& each : *list)
            array.push_back(to_json(each));
        return array;
    }
    json::object object;
    for (const auto& [key, value] : std::get<TomlNode::Table>(node.value))
        object[key] = to_json(value);
    return object;
}

const json::array* alternatives(const json::value& expected) {
    const auto* object = expected.if_object();
    return object != nullptr && object->size() == 1 ? array_member(expected, "any_of") : nullptr;
}

std::optional<double> number_in(const json::value& value) {
    if (value.is_number()) return value.to_number<double>();
    if (const auto* text = value.if_string()) {
        const auto parsed = Rational::parse(trim(std::string_view(*text)));
        if (parsed)
            return static_cast<double>(parsed->numerator()) / static_cast<double>(parsed->denominator());
    }
    return std::nullopt;
}

bool same(const json::value& expected, const json::value& given);

bool same_objects(const json::object& expected, const json::object& given) {
    if (expected.size() != given.size()) return false;
    return std::ranges::all_of(expected, [&given](const auto& entry) {
        const auto* found = given.if_contains(entry.key());
        return found != nullptr && same(entry.value(), *found);
    });
}

bool same(const json::value& expected, const json::value& given) {
    if (const auto* any = alternatives(expected))
        return std::ranges::any_of(*any, [&given](const json::value& each) { return same(each, given); });
    if (expected.is_number()) {
        const auto number = number_in(given);
        const auto wanted = expected.to_number<double>();
        return number && std::abs(*number - wanted) <= 1e-9 * std::max(1.0, std::abs(wanted));
    }
    if (expected.is_string() && given.is_string())
        return trim(std::string_view(expected.get_string())) == trim(std::string_view(given.get_string()));
    if (expected.is_object() && given.is_object())
        return same_objects(expected.get_object(), given.get_object());
    if (expected.is_array() && given.is_array()) {
        return std::ranges::equal(expected.get_array(), given.get_array(),
                                  [](const json::value& a, const json::value& b) { return same(a, b); });
    }
    return expected == given;
}

// A call whose arguments could be read.
struct GivenCall {
    std::string_view name;
    json::object arguments;
};

// What is wrong with a given call; nothing when it is the expected one.
std::optional<std::string> fault(const ToolCallText& expected, const GivenCall& given) {
    if (expected.name != given.name)
        return fmt::format("'{}' was called instead of '{}'", printable(given.name), expected.name);
    const auto wanted = parse_json(expected.arguments);
    for (const auto& entry : wanted->get_object()) {
        const auto* found = given.arguments.if_contains(entry.key());
        const std::string key(entry.key());
        if (found == nullptr) return fmt::format("'{}' lacks the argument '{}'", expected.name, key);
        if (!same(entry.value(), *found))
            return fmt::format("the argument '{}' of '{}' is {}", key, expected.name,
                               printable(json::serialize(*found)));
    }
    for (const auto& entry : given.arguments) {
        if (wanted->get_object().if_contains(entry.key()) == nullptr)
            return fmt::format("'{}' has an argument '{}' that nobody asked for", expected.name,
                               printable(std::string(entry.key())));
    }
    return std::nullopt;
}

Result<ToolDescription> read_tool(const TomlReader& reader, const TomlNode& node) {
    TRY(reader.only_keys(node, {"name", "description", "parameters"}));
    ToolDescription tool{.name = TRY(reader.text(node, "name")),
                         .description = TRY(reader.text(node, "description")),
                         .parameters = TRY(reader.text(node, "parameters"))};
    const auto schema = parse_json(tool.parameters);
    if (!schema) return reader.wrong(*node.find("parameters"), schema.error().message());
    if (string_member(*schema, "type") != "object")
        return reader.wrong(*node.find("parameters"), "the schema must describe an object");
    tool.parameters = json::serialize(*schema);
    return tool;
}

Result<ToolCallText> read_call(const TomlReader& reader, const TomlNode& node, const ToolItem& item) {
    TRY(reader.only_keys(node, {"name", "arguments"}));
    ToolCallText call{.name = TRY(reader.text(node, "name")), .arguments = "{}"};
    const auto tool = std::ranges::find(item.tools, call.name, &ToolDescription::name);
    if (tool == item.tools.end())
        return reader.wrong(node, fmt::format("there is no tool '{}'", printable(call.name)));
    json::value arguments = json::object();
    if (const auto* given = node.find("arguments"); given != nullptr) {
        if (!std::holds_alternative<TomlNode::Table>(given->value))
            return reader.wrong(*given, "'arguments' must be a table");
        arguments = to_json(*given);
    }
    const auto schema = TRY(parse_json(tool->parameters));
    const auto* properties = member(schema, "properties");
    for (const auto& entry : arguments.get_object()) {
        if (properties == nullptr || member(*properties, entry.key()) == nullptr)
            return reader.wrong(node, fmt::format("the schema of '{}' has no '{}'", printable(call.name),
                                                  printable(std::string(entry.key()))));
    }
    if (const auto* required = array_member(schema, "required")) {
        for (const auto& name : *required) {
            if (name.is_string() && arguments.get_object().if_contains(name.get_string()) == nullptr)
                return reader.wrong(node, fmt::format("'{}' requires '{}'", printable(call.name),
                                                      printable(std::string(name.get_string()))));
        }
    }
    call.arguments = json::serialize(arguments);
    return call;
}

Result<TomlNode::List> tables(const TomlReader& reader, const TomlNode& root, std::string_view key) {
    const auto* node = root.find(key);
    if (node == nullptr) return TomlNode::List{};
    const auto* list = std::get_if<TomlNode::List>(&node->value);
    if (list == nullptr) return reader.wrong(*node, fmt::format("write [[{}]] for each", key));
    return *list;
}

}  // namespace

Result<ToolItem> parse_tool_item(std::string_view text, const std::filesystem::path& file) {
    const TomlReader reader(file);
    const auto root = TRY(reader.parse(text));
    TRY(reader.only_keys(root, {"title", "prompt", "tags", "tool", "expect", "order"}));
    ToolItem item;
    item.title = TRY(reader.text(root, "title"));
    item.prompt = TRY(reader.text(root, "prompt"));
    item.tags = TRY(reader.texts(root, "tags"));
    const auto order = TRY(reader.optional_text(root, "order"));
    if (!order.empty() && order != "any" && order != "given")
        return reader.wrong(*root.find("order"), "'order' must be \"any\" or \"given\"");
    item.in_order = order == "given";
    const auto tools = TRY(tables(reader, root, "tool"));
    for (const auto& each : tools)
        item.tools.push_back(TRY(read_tool(reader, each)));
    if (item.tools.empty()) return reader.wrong(root, "no [[tool]] is offered");
    const auto calls = TRY(tables(reader, root, "expect"));
    for (const auto& each : calls)
        item.expected.push_back(TRY(read_call(reader, each, item)));
    return item;
}

ToolScore score_calls(const ToolItem& item, const std::vector<ToolCallText>& calls) {
    std::vector<GivenCall> given;
    for (const auto& call : calls) {
        auto arguments = parse_json(call.arguments.empty() ? "{}" : std::string_view(call.arguments));
        if (!arguments || !arguments->is_object())
            return {.malformed = true,
                    .reason = fmt::format("the arguments of '{}' are no JSON object", printable(call.name))};
        given.push_back({call.name, std::move(arguments->get_object())});
    }
    if (given.size() != item.expected.size())
        return {.reason = fmt::format("{} tool calls instead of {}", given.size(), item.expected.size())};
    std::vector<bool> used(given.size());
    for (std::size_t i = 0; i < item.expected.size(); ++i) {
        std::string reason;
        bool found = false;
        for (std::size_t j = 0; j < given.size() && !found; ++j) {
            if (used[j] || (item.in_order && j != i)) continue;
            const auto wrong = fault(item.expected[i], given[j]);
            found = !wrong;
            if (found) used[j] = true;
            if (wrong && (reason.empty() || given[j].name == item.expected[i].name)) reason = *wrong;
        }
        if (!found) return {.reason = reason};
    }
    return {.passed = true};
}

}  // namespace hearth::eval
