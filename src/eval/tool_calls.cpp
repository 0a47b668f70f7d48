#include "eval/tool_calls.h"

#include <algorithm>
#include <fmt/format.h>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"

namespace hearth::eval {
namespace {

// Deeper arguments stay a text: as part of the list they would be over the depth that parse_json() takes.
constexpr JsonLimits kArguments{.max_depth = 32};

// One on each line: diffs and people read it.
std::string lines_of(const json::array& values) {
    if (values.empty()) return "[]\n";
    std::string out = "[";
    for (const auto& value : values)
        out += (out.size() > 1 ? ",\n  " : "\n  ") + json::serialize(value);
    return out + "\n]\n";
}

// An expected value with its choices made.
json::value first_choice(const json::value& value) {
    if (const auto* object = value.if_object()) {
        const auto* any = object->size() == 1 ? array_member(value, "any_of") : nullptr;
        if (any != nullptr && !any->empty()) return first_choice(any->front());
        json::object out;
        for (const auto& entry : *object)
            out[entry.key()] = first_choice(entry.value());
        return out;
    }
    if (const auto* list = value.if_array()) {
        json::array out;
        for (const auto& each : *list)
            out.push_back(first_choice(each));
        return out;
    }
    return value;
}

Result<ToolCallText> read_call(const json::value& value, std::size_t number) {
    ToolCallText call{.name = std::string(string_member(value, "name").value_or("")), .arguments = "{}"};
    if (call.name.empty())
        return Error(Code::kInvalidInput, fmt::format("{}: call {} has no 'name'", kCallsFile, number));
    const auto* arguments = member(value, "arguments");
    if (arguments == nullptr) return call;
    call.arguments = arguments->is_string() ? std::string(std::string_view(arguments->get_string()))
                                            : json::serialize(*arguments);
    return call;
}

}  // namespace

std::string tools_json(const ToolItem& item) {
    json::array tools;
    for (const auto& tool : item.tools) {
        auto parameters = parse_json(tool.parameters);
        tools.push_back(json::object{
            {"type", "function"},
            {"function", json::object{{"name", tool.name},
                                      {"description", tool.description},
                                      {"parameters",
                                       parameters ? *std::move(parameters) : json::value(json::object())}}}});
    }
    return lines_of(tools);
}

std::string calls_json(const std::vector<ToolCallText>& calls) {
    json::array values;
    for (const auto& call : calls) {
        auto arguments =
            parse_json(call.arguments.empty() ? "{}" : std::string_view(call.arguments), kArguments);
        const bool object = arguments && arguments->is_object();
        values.push_back(json::object{
            {"name", to_valid_utf8(call.name)},
            {"arguments", object ? *std::move(arguments) : json::value(to_valid_utf8(call.arguments))}});
    }
    return lines_of(values);
}

Result<std::vector<ToolCallText>> parse_calls(std::string_view text) {
    const auto value = parse_json(text);
    if (!value || !value->is_array())
        return Error(
            Code::kInvalidInput,
            fmt::format("{} is no JSON list of {{\"name\", \"arguments\"}}{}", kCallsFile,
                        value ? std::string() : fmt::format(": {}", printable(value.error().message()))));
    std::vector<ToolCallText> calls;
    for (const auto& each : value->get_array())
        calls.push_back(TRY(read_call(each, calls.size() + 1)));
    return calls;
}

std::vector<ToolCallText> reference_calls(const ToolItem& item) {
    std::vector<ToolCallText> calls;
    for (const auto& call : item.expected) {
        const auto arguments = parse_json(call.arguments);
        calls.push_back(
            {.name = call.name, .arguments = arguments ? json::serialize(first_choice(*arguments)) : "{}"});
    }
    return calls;
}

bool call_in_text(const ToolItem& item, std::string_view text) {
    return text.contains('{') && std::ranges::any_of(item.tools, [&](const ToolDescription& tool) {
               return text.contains(json_quote(tool.name));
           });
}

}  // namespace hearth::eval
