#include <utility>

#include <boost/json.hpp>

#include "chat/anthropic_messages.h"
#include "chat/detail/claude_thinking.h"
#include "chat/detail/request_parts.h"
#include "chat/hand_off.h"
#include "core/json.h"
#include "core/text.h"

namespace hearth::chat {
namespace {

using detail::text_value;

json::object cache_point() { return {{"type", "ephemeral"}}; }

json::object text_block(std::string_view text) { return {{"type", "text"}, {"text", text_value(text)}}; }

json::object image_block(const Image& image) {
    return {{"type", "image"},
            {"source", json::object{{"type", "base64"},
                                    {"media_type", text_value(image.mime_type)},
                                    {"data", text_value(image.data)}}}};
}

// Without a signature a thought would be refused.
json::array thought_blocks(const Message& message) {
    json::array blocks;
    for (const auto& thought : message.thoughts) {
        if (thought.signature.empty()) continue;
        if (thought.redacted) {
            blocks.push_back(
                json::object{{"type", "redacted_thinking"}, {"data", text_value(thought.signature)}});
        } else {
            blocks.push_back(json::object{{"type", "thinking"},
                                          {"thinking", text_value(thought.text)},
                                          {"signature", text_value(thought.signature)}});
        }
    }
    return blocks;
}

json::array assistant_blocks(const Message& message) {
    json::array blocks = thought_blocks(message);
    if (!trim(message.text).empty()) blocks.push_back(text_block(message.text));
    for (const auto& call : message.tool_calls)
        blocks.push_back(json::object{{"type", "tool_use"},
                                      {"id", call.id},
                                      {"name", text_value(call.name)},
                                      {"input", detail::arguments_value(call.arguments)}});
    return blocks;
}

json::array blocks_of(const Message& message) {
    if (message.role == Role::kAssistant) return assistant_blocks(message);
    auto said = detail::said_parts(message, text_block, image_block);
    if (message.role != Role::kTool) return said;
    json::object result{{"type", "tool_result"}, {"tool_use_id", message.tool_call_id}};
    if (!said.empty()) result["content"] = std::move(said);
    return {std::move(result)};
}

json::array messages_value(std::vector<Message> messages) {
    put_call_ids_right(messages, {.most = 64});
    json::array out;
    for (const auto& message : messages) {
        if (message.role == Role::kSystem) continue;
        detail::add_turn(out, message.role == Role::kAssistant ? "assistant" : "user", "content",
                         blocks_of(message));
    }
    if (!out.empty() && out.back().at("role") == "user")
        out.back().get_object().at("content").get_array().back().get_object()["cache_control"] =
            cache_point();
    return out;
}

void add_tools(json::object& body, const Request& request) {
    json::array tools;
    for (const auto& tool : request.tools)
        tools.push_back(json::object{{"name", text_value(tool.name)},
                                     {"description", text_value(tool.description)},
                                     {"input_schema", detail::schema_value(tool.parameters)}});
    if (!tools.empty()) tools.back().get_object()["cache_control"] = cache_point();
    if (!request.answer_schema.empty()) {
        tools.push_back(json::object{{"name", kAnswerTool},
                                     {"description", "The answer, in the form that is wanted."},
                                     {"input_schema", detail::schema_value(request.answer_schema)}});
        body["tool_choice"] = json::object{{"type", "tool"}, {"name", kAnswerTool}};
    }
    if (!tools.empty()) body["tools"] = std::move(tools);
}

// True when the model thinks.
bool add_thinking(json::object& body, const Request& request, const CloudEndpoint& endpoint) {
    const auto thinking = detail::claude_thinking(request, endpoint);
    body["max_tokens"] = thinking.limit;
    detail::add_claude_thinking(body, thinking);
    return thinking.thinks();
}

}  // namespace

std::string encode_anthropic_request(const Request& request, const CloudEndpoint& endpoint) {
    json::object body{{"model", text_value(endpoint.model)}};
    if (const auto system = detail::system_text(request); !trim(system).empty()) {
        auto block = text_block(system);
        block["cache_control"] = cache_point();
        body["system"] = json::array{std::move(block)};
    }
    body["messages"] = messages_value(request.messages);
    add_tools(body, request);
    const bool thinks = add_thinking(body, request, endpoint);
    // A model that thinks takes neither.
    if (endpoint.temperature && !thinks) body["temperature"] = *endpoint.temperature;
    if (endpoint.top_p && !thinks) body["top_p"] = *endpoint.top_p;
    if (!request.stop.empty()) body["stop_sequences"] = detail::text_list(request.stop);
    body["stream"] = true;
    return json::serialize(body);
}

}  // namespace hearth::chat
