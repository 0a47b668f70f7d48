#include "agent/detail/session_json.h"

#include <utility>

#include <boost/json.hpp>

#include "core/ids.h"
#include "core/json.h"
#include "core/text.h"

namespace hearth::agent::detail {
namespace {

json::string text_of(std::string_view text) { return json::string(to_valid_utf8(text)); }

json::object text_block(std::string_view text) { return {{"type", "text"}, {"text", text_of(text)}}; }

// Arguments as the object they should be; malformed ones are kept as the text that the model wrote.
json::value arguments_value(const std::string& text) {
    auto parsed = parse_json(text);
    if (parsed && parsed->is_object()) return *std::move(parsed);
    return json::object{{"_raw", text_of(text)}};
}

const char* stop_name(chat::StopReason reason) {
    switch (reason) {
        case chat::StopReason::kStop: return "stop";
        case chat::StopReason::kLength: return "length";
        case chat::StopReason::kToolCalls: return "toolUse";
        case chat::StopReason::kError: return "error";
    }
    return "error";
}

json::object usage_object(const chat::Usage& usage) {
    return {{"input", usage.prompt_tokens.value - usage.cached_tokens.value},
            {"output", usage.generated_tokens.value},
            {"cacheRead", usage.cached_tokens.value},
            {"cacheWrite", 0},
            {"totalTokens", usage.prompt_tokens.value + usage.generated_tokens.value},
            {"promptSeconds", usage.prompt_seconds},
            {"decodeSeconds", usage.decode_seconds}};
}

json::object assistant_object(const chat::Message& message, const MessageFacts& facts) {
    json::array content;
    if (!message.reasoning.empty())
        content.push_back(json::object{{"type", "thinking"}, {"thinking", text_of(message.reasoning)}});
    if (!message.text.empty()) content.push_back(text_block(message.text));
    for (const auto& call : message.tool_calls) {
        content.push_back(json::object{{"type", "toolCall"},
                                       {"id", text_of(call.id)},
                                       {"name", text_of(call.name)},
                                       {"arguments", arguments_value(call.arguments)}});
    }
    return {{"role", "assistant"},
            {"content", std::move(content)},
            {"api", "openai-completions"},
            {"provider", "hearth"},
            {"model", text_of(facts.model)},
            {"usage", usage_object(facts.usage)},
            {"stopReason", stop_name(facts.reason)}};
}

json::object message_object(const Entry& entry) {
    const auto& message = *entry.message;
    switch (message.role) {
        case chat::Role::kSystem: return {{"role", "system"}, {"content", text_of(message.text)}};
        case chat::Role::kUser: return {{"role", "user"}, {"content", json::array{text_block(message.text)}}};
        case chat::Role::kAssistant: return assistant_object(message, entry.facts);
        case chat::Role::kTool:
            return {{"role", "toolResult"},
                    {"toolCallId", text_of(message.tool_call_id)},
                    {"toolName", text_of(entry.facts.tool_name)},
                    {"content", json::array{text_block(message.text)}},
                    {"isError", entry.facts.is_error}};
    }
    return {};
}

std::string string_or_empty(const json::value& value, std::string_view key) {
    return std::string(string_member(value, key).value_or(""));
}

std::string arguments_text(const json::value* value) {
    if (value == nullptr) return "{}";
    if (const auto raw = string_member(*value, "_raw"); raw && value->as_object().size() == 1)
        return std::string(*raw);
    return json::serialize(*value);
}

void decode_content(const json::value& value, chat::Message& message) {
    if (const auto text = string_member(value, "content")) {
        message.text = std::string(*text);
        return;
    }
    const auto* blocks = array_member(value, "content");
    if (blocks == nullptr) return;
    for (const auto& block : *blocks) {
        const auto type = string_or_empty(block, "type");
        if (type == "text") {
            message.text += string_or_empty(block, "text");
        } else if (type == "thinking") {
            message.reasoning += string_or_empty(block, "thinking");
        } else if (type == "toolCall") {
            message.tool_calls.push_back({string_or_empty(block, "id"), string_or_empty(block, "name"),
                                          arguments_text(member(block, "arguments"))});
        }
    }
}

void decode_facts(const json::value& value, MessageFacts& facts) {
    facts.model = string_or_empty(value, "model");
    facts.tool_name = string_or_empty(value, "toolName");
    facts.is_error = bool_member(value, "isError").value_or(false);
    const auto reason = string_or_empty(value, "stopReason");
    if (reason == "length") facts.reason = chat::StopReason::kLength;
    if (reason == "toolUse") facts.reason = chat::StopReason::kToolCalls;
    if (reason == "error" || reason == "aborted") facts.reason = chat::StopReason::kError;
    if (const auto* usage = member(value, "usage")) {
        facts.usage.cached_tokens = {integer_member(*usage, "cacheRead").value_or(0)};
        facts.usage.prompt_tokens = {integer_member(*usage, "input").value_or(0) +
                                     facts.usage.cached_tokens.value};
        facts.usage.generated_tokens = {integer_member(*usage, "output").value_or(0)};
        facts.usage.prompt_seconds = number_member(*usage, "promptSeconds").value_or(0);
        facts.usage.decode_seconds = number_member(*usage, "decodeSeconds").value_or(0);
    }
}

std::optional<chat::Role> role_of(std::string_view name) {
    if (name == "system") return chat::Role::kSystem;
    if (name == "user") return chat::Role::kUser;
    if (name == "assistant") return chat::Role::kAssistant;
    if (name == "toolResult") return chat::Role::kTool;
    return std::nullopt;
}

}  // namespace

std::string encode_header(std::string_view id, std::int64_t unix_ms, std::string_view workspace) {
    return json::serialize(json::object{{"type", "session"},
                                        {"version", 3},
                                        {"id", id},
                                        {"timestamp", iso_time(unix_ms)},
                                        {"cwd", text_of(workspace)}});
}

bool is_header(std::string_view line) {
    const auto value = parse_json(line);
    return value && string_member(*value, "type") == "session";
}

std::string encode_entry(const Entry& entry, std::int64_t unix_ms) {
    json::object object{{"type", text_of(entry.type)}, {"id", entry.id}};
    if (entry.parent_id.empty()) {
        object["parentId"] = nullptr;
    } else {
        object["parentId"] = entry.parent_id;
    }
    object["timestamp"] = iso_time(unix_ms);
    if (entry.message) {
        auto message = message_object(entry);
        message["timestamp"] = unix_ms;
        object["message"] = std::move(message);
    } else {
        object["customType"] = text_of(entry.custom_type);
        auto data = parse_json(entry.custom_data);
        object["data"] = data ? *std::move(data) : json::value(text_of(entry.custom_data));
    }
    return json::serialize(object);
}

std::optional<Entry> decode_entry(std::string_view line) {
    const auto value = parse_json(line);
    if (!value) return std::nullopt;
    Entry entry;
    entry.type = string_or_empty(*value, "type");
    entry.id = string_or_empty(*value, "id");
    entry.parent_id = string_or_empty(*value, "parentId");
    if (entry.type.empty() || entry.id.empty()) return std::nullopt;
    if (const auto* body = member(*value, "message"); entry.type == "message" && body != nullptr) {
        if (const auto role = role_of(string_or_empty(*body, "role"))) {
            chat::Message message;
            message.role = *role;
            message.tool_call_id = string_or_empty(*body, "toolCallId");
            decode_content(*body, message);
            decode_facts(*body, entry.facts);
            entry.message = std::move(message);
        }
    }
    if (entry.type == "custom") {
        entry.custom_type = string_or_empty(*value, "customType");
        if (const auto* data = member(*value, "data")) entry.custom_data = json::serialize(*data);
    }
    return entry;
}

}  // namespace hearth::agent::detail
