#include <utility>

#include <boost/json.hpp>

#include "chat/detail/request_parts.h"
#include "chat/hand_off.h"
#include "chat/openai_responses.h"
#include "chat/tool_arguments.h"
#include "core/json.h"
#include "core/text.h"

namespace hearth::chat {
namespace {

using detail::text_value;

// A thought's signature is the item that it came as.
void add_thoughts(json::array& items, const Message& message) {
    for (const auto& thought : message.thoughts) {
        const auto item = parse_json(thought.signature);
        if (!item || string_member(*item, "type") != "reasoning") continue;
        json::object kept;
        for (const auto* name : {"id", "type", "summary", "content", "encrypted_content"})
            if (const auto* value = member(*item, name); value != nullptr && !value->is_null())
                kept[name] = *value;
        items.push_back(std::move(kept));
    }
}

json::array said_parts(const Message& message) {
    json::array parts;
    if (!message.text.empty() || message.images.empty())
        parts.push_back(json::object{{"type", "input_text"}, {"text", text_value(message.text)}});
    for (const auto& image : message.images)
        parts.push_back(json::object{
            {"type", "input_image"}, {"detail", "auto"}, {"image_url", text_value(data_url(image))}});
    return parts;
}

// A text alone, as long as there is nothing else.
json::value result_value(const Message& message) {
    if (message.images.empty()) return text_value(message.text);
    return said_parts(message);
}

void add_items(json::array& items, const Message& message) {
    switch (message.role) {
        case Role::kSystem: return;  // "instructions"
        case Role::kUser:
            items.push_back(json::object{{"role", "user"}, {"content", said_parts(message)}});
            return;
        case Role::kTool:
            items.push_back(json::object{{"type", "function_call_output"},
                                         {"call_id", message.tool_call_id},
                                         {"output", result_value(message)}});
            return;
        case Role::kAssistant: break;
    }
    add_thoughts(items, message);
    if (!message.text.empty())
        items.push_back(json::object{{"role", "assistant"}, {"content", text_value(message.text)}});
    for (const auto& call : message.tool_calls)
        items.push_back(json::object{{"type", "function_call"},
                                     {"call_id", call.id},
                                     {"name", text_value(call.name)},
                                     {"arguments", object_arguments(call.arguments)}});
}

void add_tools(json::object& body, const Request& request) {
    if (!request.tools.empty()) {
        json::array tools;
        for (const auto& tool : request.tools)
            tools.push_back(json::object{{"type", "function"},
                                         {"name", text_value(tool.name)},
                                         {"description", text_value(tool.description)},
                                         {"parameters", detail::schema_value(tool.parameters)},
                                         {"strict", false}});
        body["tools"] = std::move(tools);
    }
    if (request.answer_schema.empty()) return;
    // Not strict: that takes only a part of JSON schema and refuses the rest.
    body["text"] =
        json::object{{"format", json::object{{"type", "json_schema"},
                                             {"name", "answer"},
                                             {"strict", false},
                                             {"schema", detail::schema_value(request.answer_schema)}}}};
    if (!request.tools.empty()) body["tool_choice"] = "none";
}

}  // namespace

std::string encode_responses_request(const Request& request, const CloudEndpoint& endpoint) {
    json::object body{{"model", text_value(endpoint.model)}};
    if (const auto system = detail::system_text(request); !system.empty())
        body["instructions"] = text_value(system);
    auto messages = request.messages;
    put_call_ids_right(messages, {.most = 64});
    json::array items;
    for (const auto& message : messages)
        add_items(items, message);
    body["input"] = std::move(items);
    add_tools(body, request);
    // Models that do not think refuse both.
    const auto word = detail::level_word(request, endpoint);
    if (endpoint.thinking.reasoning && !word.empty()) {
        body["reasoning"] = json::object{{"effort", text_value(word)}, {"summary", "auto"}};
        body["include"] = json::array{"reasoning.encrypted_content"};
    }
    if (const auto limit = detail::answer_limit(request, endpoint); limit > 0)
        body["max_output_tokens"] = limit;
    if (endpoint.temperature) body["temperature"] = *endpoint.temperature;
    if (endpoint.top_p) body["top_p"] = *endpoint.top_p;
    body["store"] = false;
    body["stream"] = true;
    return json::serialize(body);
}

}  // namespace hearth::chat
