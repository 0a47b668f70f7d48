#include "chat/text_calls.h"

#include <algorithm>
#include <array>
#include <optional>

#include <boost/json.hpp>

#include "chat/detail/call_forms.h"
#include "chat/loose_json.h"
#include "core/json.h"
#include "core/text.h"

namespace hearth::chat {

using namespace detail;  // NOLINT(google-build-using-namespace): words of the forms

namespace {

// A stretch of text that holds calls.
struct Found {
    std::vector<ToolCall> calls;
    std::size_t length = 0;
    bool complete = true;
};

// The arguments, which may be a text with JSON in it.
std::optional<std::string> arguments_of(const json::value& value) {
    if (value.is_object()) return json::serialize(value);
    if (value.is_null()) return "{}";
    if (!value.is_string()) return std::nullopt;
    const auto inner = read_loose_json(value.get_string());
    if (!inner || !inner->text.starts_with('{')) return std::nullopt;
    return inner->text;
}

std::optional<ToolCall> call_of(const json::value& value, const std::vector<Tool>& tools);

// {"weather": {"city": …}}: the tool is the key.
std::optional<ToolCall> keyed_call(const json::object& object, const std::vector<Tool>& tools) {
    if (object.size() != 1) return std::nullopt;
    const Tool* tool = tool_named(object.begin()->key(), tools);
    if (tool == nullptr || !object.begin()->value().is_object()) return std::nullopt;
    return ToolCall{.id = {}, .name = tool->name, .arguments = json::serialize(object.begin()->value())};
}

std::optional<ToolCall> named_call(const json::object& object, std::string_view name_key, const Tool& tool) {
    for (const std::string_view key : kArgumentKeys) {
        const auto* given = object.if_contains(key);
        if (given == nullptr) continue;
        const auto arguments = arguments_of(*given);
        if (!arguments) return std::nullopt;
        return ToolCall{.id = {}, .name = tool.name, .arguments = *arguments};
    }
    // The arguments lie beside the name.
    json::object rest;
    for (const auto& entry : object)
        if (entry.key() != name_key && entry.key() != "type" && entry.key() != "id")
            rest[entry.key()] = entry.value();
    return ToolCall{.id = {}, .name = tool.name, .arguments = json::serialize(rest)};
}

std::optional<ToolCall> call_of(const json::value& value, const std::vector<Tool>& tools) {
    const auto* object = value.if_object();
    if (object == nullptr) return std::nullopt;
    for (const std::string_view key : {"function", "function_call"})
        if (const auto* inner = object->if_contains(key); inner != nullptr && inner->is_object())
            return call_of(*inner, tools);
    for (const std::string_view key : kNameKeys) {
        const auto name = string_member(value, key);
        const Tool* tool = name ? tool_named(*name, tools) : nullptr;
        if (tool != nullptr) return named_call(*object, key, *tool);
    }
    return keyed_call(*object, tools);
}

// One value: a call, a list of nothing but calls, or an object that has such a list.
bool add_calls(const json::value& value, const std::vector<Tool>& tools, std::vector<ToolCall>& calls) {
    const json::array* list = value.if_array();
    if (list == nullptr) list = array_member(value, "tool_calls");
    if (list == nullptr) {
        auto call = call_of(value, tools);
        if (!call) return false;
        calls.push_back(*std::move(call));
        return true;
    }
    std::vector<ToolCall> all;
    for (const auto& each : *list) {
        auto call = call_of(each, tools);
        if (!call) return false;
        all.push_back(*std::move(call));
    }
    std::ranges::move(all, std::back_inserter(calls));
    return !list->empty();
}

// Values in a row, as many as are calls.
std::optional<Found> json_calls(std::string_view text, const std::vector<Tool>& tools) {
    Found found;
    while (true) {
        const std::size_t at = skip(text, found.length, " \t\r\n,;");
        if (at == text.size() || (text[at] != '{' && text[at] != '[')) break;
        const auto loose = read_loose_json(text.substr(at));
        // One that breaks off stands for itself.
        if (!loose || (!loose->complete && !found.calls.empty())) break;
        const auto value = parse_json(loose->text);
        if (!value || !add_calls(*value, tools, found.calls)) break;
        found.length = at + loose->length;
        found.complete = found.complete && loose->complete;
    }
    if (found.calls.empty()) return std::nullopt;
    return found;
}

// key=value, … up to and with the ')'.
std::optional<Found> python_arguments(std::string_view text, const Tool& tool) {
    json::object arguments;
    std::size_t at = 0;
    while (true) {
        at = skip(text, at, ", \t\r\n");
        if (at < text.size() && text[at] == ')') break;
        const std::string_view key = name_at(text.substr(at));
        at += key.size();
        at = skip(text, at, kBlank);
        if (key.empty() || at >= text.size() || text[at] != '=') return std::nullopt;
        ++at;
        const auto loose = read_loose_argument(text.substr(at));
        const auto value = loose ? parse_json(loose->text) : Result<json::value>(Error(Code::kCorrupt, ""));
        if (!value || !loose->complete) return std::nullopt;
        arguments[key] = *value;
        at += loose->length;
    }
    return Found{.calls = {{.id = {}, .name = tool.name, .arguments = json::serialize(arguments)}},
                 .length = at + 1};
}

// NAME(…), NAME(…), in brackets or not.
std::optional<Found> python_calls(std::string_view text, const std::vector<Tool>& tools) {
    Found found;
    std::size_t at = skip(text, 0, kBlank);
    const bool bracket = at < text.size() && text[at] == '[';
    if (bracket) ++at;
    while (true) {
        at = skip(text, at, ", \t\r\n;");
        const std::string_view name = name_at(text.substr(at));
        const Tool* tool = name.empty() ? nullptr : tool_named(name, tools);
        if (tool == nullptr || !text.substr(at + name.size()).starts_with('(')) break;
        at += name.size() + 1;
        auto one = python_arguments(text.substr(at), *tool);
        if (!one) break;
        at += one->length;
        found.length = at;
        found.calls.push_back(std::move(one->calls.front()));
    }
    if (found.calls.empty()) return std::nullopt;
    if (bracket) {
        at = skip(text, found.length, kBlank);
        if (at < text.size() && text[at] == ']')
            found.length = at + 1;
        else
            found.complete = false;
    }
    return found;
}

// A value between tags is a text, unless the schema says otherwise.
json::value tagged_value(std::string_view text, const json::value& schema, std::string_view key) {
    const auto* properties = member(schema, "properties");
    const auto* property = properties == nullptr ? nullptr : member(*properties, key);
    const auto type = property == nullptr ? std::nullopt : string_member(*property, "type");
    if (type && *type != "string") {
        const auto loose = read_loose_json(text);
        if (auto value = loose ? parse_json(loose->text) : Result<json::value>(Error(Code::kCorrupt, "")))
            return *std::move(value);
    }
    return json::value(to_valid_utf8(text));
}

// What is behind "<function=": NAME>, then JSON or parameters in tags.
std::optional<Found> tagged_call(std::string_view text, const std::vector<Tool>& tools) {
    const std::size_t close = text.find('>');
    if (close == std::string_view::npos) return std::nullopt;
    const Tool* tool = tool_named(trim(text.substr(0, close)), tools);
    if (tool == nullptr) return std::nullopt;
    Found found{.calls = {{.id = {}, .name = tool->name, .arguments = "{}"}}, .length = close + 1};
    std::size_t at = skip(text, found.length, kBlank);
    if (text.substr(at).starts_with('{')) {
        const auto loose = read_loose_json(text.substr(at));
        if (!loose) return std::nullopt;
        found.calls.front().arguments = loose->text;
        found.complete = loose->complete;
        at += loose->length;
    } else {
        const auto schema = parse_json(tool->parameters);
        json::object arguments;
        while (text.substr(at).starts_with(kParameterTag)) {
            at += kParameterTag.size();
            const std::size_t name_end = text.find('>', at);
            constexpr std::string_view kEnd = "</parameter>";
            const std::size_t end = name_end == std::string_view::npos ? name_end : text.find(kEnd, name_end);
            if (end == std::string_view::npos) {
                found.complete = false;
                break;
            }
            const std::string_view key = trim(text.substr(at, name_end - at));
            std::string_view value = text.substr(name_end + 1, end - name_end - 1);
            if (value.starts_with('\n')) value.remove_prefix(1);
            if (value.ends_with('\n')) value.remove_suffix(1);
            arguments[to_valid_utf8(key)] = tagged_value(value, schema ? *schema : json::value(), key);
            at = skip(text, end + kEnd.size(), kBlank);
        }
        found.calls.front().arguments = json::serialize(arguments);
    }
    constexpr std::string_view kEnd = "</function>";
    const std::size_t end = text.find(kEnd, at);
    found.length = end == std::string_view::npos ? at : end + kEnd.size();
    return found;
}

std::optional<Found> any_calls(std::string_view text, const std::vector<Tool>& tools) {
    if (auto found = json_calls(text, tools)) return found;
    return python_calls(text, tools);
}

std::optional<Found> calls_at(std::string_view text, bool line_begins, const std::vector<Tool>& tools);

std::optional<Found> fenced_calls(std::string_view text, const std::vector<Tool>& tools) {
    const auto name = fence_name(text);
    const auto* known = name ? std::ranges::find(kFenceNames, *name) : kFenceNames.end();
    if (known == kFenceNames.end()) return std::nullopt;
    const std::size_t inner = skip(text, text.find('\n'), kBlank);
    const std::string_view content = text.substr(inner);
    if (content.starts_with(kFence)) return std::nullopt;
    auto found = calls_at(content, true, tools);
    if (!found && known - kFenceNames.begin() >= static_cast<std::ptrdiff_t>(kCallFences))
        found = python_calls(content, tools);
    if (!found) return std::nullopt;
    found->length += inner;
    const std::size_t end = skip(text, found->length, kBlank);
    if (text.substr(end).starts_with(kFence)) found->length = end + kFence.size();
    return found;
}

// Calls whose form begins at the front of the text.
std::optional<Found> calls_at(std::string_view text, bool line_begins, const std::vector<Tool>& tools) {
    if (text.starts_with(kFunctionTag)) {
        auto found = tagged_call(text.substr(kFunctionTag.size()), tools);
        if (found) found->length += kFunctionTag.size();
        return found;
    }
    for (const std::string_view tag : kTags) {
        if (!text.starts_with(tag)) continue;
        const std::size_t inner = skip(text, tag.size(), kBlank);
        auto found = text.substr(inner).starts_with(kFunctionTag) ? calls_at(text.substr(inner), false, tools)
                                                                  : any_calls(text.substr(inner), tools);
        if (found) found->length += inner;
        return found;
    }
    if (!line_begins) return std::nullopt;
    if (text.starts_with(kFence)) return fenced_calls(text, tools);
    if (text.starts_with('{')) return json_calls(text, tools);
    if (text.starts_with('[')) return any_calls(text, tools);
    return std::nullopt;
}

}  // namespace

TextCalls find_text_calls(std::string_view text, const std::vector<Tool>& tools, bool cut) {
    TextCalls all;
    std::optional<std::size_t> first;
    for (std::size_t at = text.find_first_of(kOpeners); at != std::string_view::npos;
         at = text.find_first_of(kOpeners, at)) {
        const std::string_view rest = text.substr(at);
        const bool line_begins = begins_line(text, at);
        // What a stream would have let go as text is none here either.
        auto found =
            may_begin_call(rest, line_begins, tools) ? calls_at(rest, line_begins, tools) : std::nullopt;
        if (!found) {
            ++at;
            continue;
        }
        if (cut && !found->complete && at + found->length >= text.size()) break;
        if (!first) first = at;
        std::ranges::move(found->calls, std::back_inserter(all.calls));
        at += std::max<std::size_t>(found->length, 1);
    }
    all.before = text.substr(0, first.value_or(text.size()));
    if (first) all.before.resize(all.before.find_last_not_of(kBlank) + 1);  // npos + 1 is 0
    return all;
}

}  // namespace hearth::chat
