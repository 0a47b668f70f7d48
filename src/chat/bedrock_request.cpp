#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <utility>

#include <boost/json.hpp>

#include "chat/anthropic_messages.h"
#include "chat/bedrock_converse.h"
#include "chat/detail/claude_thinking.h"
#include "chat/detail/request_parts.h"
#include "chat/hand_off.h"
#include "core/json.h"
#include "core/text.h"

namespace hearth::chat {
namespace {

using detail::text_value;

json::object cache_point() { return {{"cachePoint", json::object{{"type", "default"}}}}; }

json::object text_block(std::string_view text) { return {{"text", text_value(text)}}; }

// The format is the last part of the type: "image/png".
json::object image_block(const Image& image) {
    return {
        {"image", json::object{{"format", text_value(image.mime_type.substr(image.mime_type.find('/') + 1))},
                               {"source", json::object{{"bytes", text_value(image.data)}}}}}};
}

// Without a signature a thought would be refused. Bytes that the provider keeps to itself stay in base64, as they came.
json::array thought_blocks(const Message& message) {
    json::array blocks;
    for (const auto& thought : message.thoughts) {
        if (thought.signature.empty()) continue;
        json::object content;
        if (thought.redacted) {
            content["redactedContent"] = text_value(thought.signature);
        } else {
            content["reasoningText"] = json::object{{"text", text_value(thought.text)},
                                                    {"signature", text_value(thought.signature)}};
        }
        blocks.push_back(json::object{{"reasoningContent", std::move(content)}});
    }
    return blocks;
}

json::array assistant_blocks(const Message& message) {
    json::array blocks = thought_blocks(message);
    if (!trim(message.text).empty()) blocks.push_back(text_block(message.text));
    for (const auto& call : message.tool_calls)
        blocks.push_back(
            json::object{{"toolUse", json::object{{"toolUseId", text_value(call.id)},
                                                  {"name", text_value(call.name)},
                                                  {"input", detail::arguments_value(call.arguments)}}}});
    return blocks;
}

json::array blocks_of(const Message& message) {
    if (message.role == Role::kAssistant) return assistant_blocks(message);
    auto said = detail::said_parts(message, text_block, image_block);
    if (message.role != Role::kTool) return said;
    // A result has to have some content.
    if (said.empty()) said.push_back(text_block("(empty)"));
    return {json::object{{"toolResult", json::object{{"toolUseId", text_value(message.tool_call_id)},
                                                     {"content", std::move(said)}}}}};
}

json::array messages_value(std::vector<Message> messages, const CachePoints& points) {
    put_call_ids_right(messages, {.most = 64});
    json::array out;
    for (const auto& message : messages) {
        if (message.role == Role::kSystem) continue;
        detail::add_turn(out, message.role == Role::kAssistant ? "assistant" : "user", "content",
                         blocks_of(message));
    }
    if (points.prompt && !out.empty() && out.back().at("role") == "user")
        out.back().get_object().at("content").get_array().push_back(cache_point());
    return out;
}

json::object tool_value(std::string_view name, std::string_view description, json::value schema) {
    json::object tool{{"name", text_value(name)}, {"inputSchema", json::object{{"json", std::move(schema)}}}};
    if (!trim(description).empty()) tool["description"] = text_value(description);
    return {{"toolSpec", std::move(tool)}};
}

// Each once, by name.
json::array tools_of_earlier(const std::vector<Message>& messages) {
    std::set<std::string> names;
    for (const auto& message : messages)
        for (const auto& call : message.tool_calls)
            names.insert(call.name);
    json::array tools;
    for (const auto& name : names)
        tools.push_back(tool_value(name, "Was there earlier.", json::object{{"type", "object"}}));
    return tools;
}

void add_tools(json::object& body, const Request& request, const CachePoints& points) {
    json::array tools;
    for (const auto& tool : request.tools)
        tools.push_back(tool_value(tool.name, tool.description, detail::schema_value(tool.parameters)));
    if (tools.empty()) tools = tools_of_earlier(request.messages);
    if (!tools.empty() && points.tools) tools.push_back(cache_point());
    json::object config;
    if (!request.answer_schema.empty()) {
        tools.push_back(tool_value(kAnswerTool, "The answer, in the form that is wanted.",
                                   detail::schema_value(request.answer_schema)));
        config["toolChoice"] = json::object{{"tool", json::object{{"name", kAnswerTool}}}};
    }
    if (tools.empty()) return;
    config["tools"] = std::move(tools);
    body["toolConfig"] = std::move(config);
}

// What the API passes on to the model as it is.
json::object fields_of_model(const Request& request, const CloudEndpoint& endpoint,
                             const detail::ClaudeThinking& claude) {
    json::object fields;
    detail::add_claude_thinking(fields, claude);
    if (!claude.thinks() && endpoint.thinking.reasoning && endpoint.model.contains("openai.gpt-oss")) {
        if (const auto word = detail::level_word(request, endpoint); !word.empty())
            fields["reasoning_effort"] = text_value(word);
    }
    return fields;
}

}  // namespace

CachePoints cache_points_of(std::string_view model) {
    if (model.contains("amazon.nova-")) return {.prompt = true, .tools = false};
    if (!model.contains("anthropic.claude-")) return {};
    constexpr auto kWithout =
        std::to_array<std::string_view>({"claude-v2", "claude-instant", "claude-3-opus", "claude-3-sonnet",
                                         "claude-3-haiku", "claude-3-5-sonnet"});
    const bool without =
        std::ranges::any_of(kWithout, [&](std::string_view each) { return model.contains(each); });
    return {.prompt = !without, .tools = !without};
}

std::string encode_bedrock_request(const Request& request, const CloudEndpoint& endpoint) {
    const auto points = cache_points_of(endpoint.model);
    json::object body;
    if (const auto system = detail::system_text(request); !trim(system).empty()) {
        json::array blocks{text_block(system)};
        if (points.prompt) blocks.push_back(cache_point());
        body["system"] = std::move(blocks);
    }
    body["messages"] = messages_value(request.messages, points);
    add_tools(body, request, points);

    detail::ClaudeThinking claude{
        .effort = {}, .budget = 0, .limit = detail::answer_limit(request, endpoint)};
    if (endpoint.model.contains("claude")) claude = detail::claude_thinking(request, endpoint);
    json::object config;
    if (claude.limit > 0) config["maxTokens"] = claude.limit;
    // A model that thinks takes neither.
    if (endpoint.temperature && !claude.thinks()) config["temperature"] = *endpoint.temperature;
    if (endpoint.top_p && !claude.thinks()) config["topP"] = *endpoint.top_p;
    if (!request.stop.empty()) config["stopSequences"] = detail::text_list(request.stop);
    if (!config.empty()) body["inferenceConfig"] = std::move(config);
    if (auto fields = fields_of_model(request, endpoint, claude); !fields.empty())
        body["additionalModelRequestFields"] = std::move(fields);
    return json::serialize(body);
}

}  // namespace hearth::chat
