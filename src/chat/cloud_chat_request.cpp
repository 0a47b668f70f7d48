#include <map>
#include <utility>

#include <boost/json.hpp>

#include "chat/cloud_chat.h"
#include "chat/detail/request_parts.h"
#include "chat/hand_off.h"
#include "core/json.h"
#include "core/text.h"

namespace hearth::chat {
namespace {

using detail::text_value;

constexpr CallIdForm kUsualIds{.most = 40};
constexpr CallIdForm kMistralIds{.most = 9, .exact_alnum = true};

json::object image_part(const Image& image, bool mistral) {
    auto url = text_value(data_url(image));
    if (mistral) return {{"type", "image_url"}, {"image_url", std::move(url)}};
    return {{"type", "image_url"}, {"image_url", json::object{{"url", std::move(url)}}}};
}

json::array parts_of(std::string_view text, const std::vector<Image>& images, bool mistral) {
    json::array parts;
    if (!text.empty()) parts.push_back(json::object{{"type", "text"}, {"text", text_value(text)}});
    for (const auto& image : images)
        parts.push_back(image_part(image, mistral));
    return parts;
}

// A text alone, as long as there is nothing else: some servers take no list.
json::value content_of(const Message& message, bool mistral) {
    const bool has_place = message.role == Role::kUser || (message.role == Role::kTool && mistral);
    if (message.images.empty() || !has_place) return text_value(message.text);
    return parts_of(message.text, message.images, mistral);
}

// Results take text alone, and nothing may stand between them: their images are said by the user behind the last one.
void add_result_images(json::array& out, std::vector<Image>& images) {
    if (images.empty()) return;
    out.push_back(
        json::object{{"role", "user"}, {"content", parts_of(detail::kImagesOfResults, images, false)}});
    images.clear();
}

json::array messages_value(const Request& request, const CloudEndpoint& endpoint) {
    const bool mistral = endpoint.dialect == Dialect::kMistral;
    const bool developer = endpoint.variant.developer_role && endpoint.thinking.reasoning;
    auto messages = request.messages;
    put_call_ids_right(messages, mistral ? kMistralIds : kUsualIds);
    std::map<std::string, std::string, std::less<>> names;
    std::vector<Image> result_images;
    json::array out;
    for (const auto& message : messages) {
        if (message.role != Role::kTool) add_result_images(out, result_images);
        json::object one;
        switch (message.role) {
            case Role::kSystem: one["role"] = developer ? "developer" : "system"; break;
            case Role::kUser: one["role"] = "user"; break;
            case Role::kAssistant: one["role"] = "assistant"; break;
            case Role::kTool: one["role"] = "tool"; break;
        }
        one["content"] = content_of(message, mistral);
        for (const auto& call : message.tool_calls)
            names[call.id] = call.name;
        if (message.role == Role::kTool) {
            one["tool_call_id"] = message.tool_call_id;
            if (mistral || endpoint.variant.result_name)
                one["name"] = text_value(names[message.tool_call_id]);
            if (!mistral)
                result_images.insert(result_images.end(), message.images.begin(), message.images.end());
        }
        if (!message.tool_calls.empty()) one["tool_calls"] = detail::function_calls(message.tool_calls);
        if (message.role == Role::kAssistant && endpoint.variant.reasoning_back)
            one["reasoning_content"] = text_value(message.reasoning);
        // Nothing was said and nothing called: servers refuse it.
        if (message.role == Role::kAssistant && message.text.empty() && message.tool_calls.empty()) continue;
        out.push_back(std::move(one));
    }
    add_result_images(out, result_images);
    return out;
}

void add_tools(json::object& body, const Request& request) {
    if (!request.tools.empty()) body["tools"] = detail::function_tools(request.tools);
    if (request.answer_schema.empty()) return;
    body["response_format"] = json::object{
        {"type", "json_schema"},
        {"json_schema",
         json::object{{"name", "answer"}, {"schema", detail::schema_value(request.answer_schema)}}}};
    if (!request.tools.empty()) body["tool_choice"] = "none";
}

void add_thinking(json::object& body, const Request& request, const CloudEndpoint& endpoint) {
    if (!endpoint.thinking.reasoning) return;
    const auto level = detail::level_of(request, endpoint);
    const auto word = detail::level_word(request, endpoint);
    const bool thinks = level != ThinkingLevel::kOff;
    if (endpoint.dialect == Dialect::kMistral) {
        if (thinking_word(level, endpoint.thinking)) {
            body["reasoning_effort"] = text_value(word);
        } else if (thinks) {
            body["prompt_mode"] = "reasoning";
        }
        return;
    }
    switch (endpoint.variant.thinking) {
        case ThinkingForm::kReasoningEffort:
            if (endpoint.variant.reasoning_effort && !word.empty())
                body["reasoning_effort"] = text_value(word);
            return;
        case ThinkingForm::kOpenRouter:
            body["reasoning"] =
                json::object{{"effort", word.empty() ? json::string("none") : text_value(word)}};
            return;
        case ThinkingForm::kThinkingType:
            body["thinking"] = json::object{{"type", thinks ? "enabled" : "disabled"}};
            if (const auto own = thinking_word(level, endpoint.thinking); own && thinks)
                body["reasoning_effort"] = text_value(*own);
            return;
        case ThinkingForm::kEnableThinking: body["enable_thinking"] = thinks; return;
        case ThinkingForm::kTemplate:
            body["chat_template_kwargs"] = json::object{{"enable_thinking", thinks}};
            return;
    }
}

}  // namespace

std::string encode_cloud_chat_request(const Request& request, const CloudEndpoint& endpoint) {
    const bool mistral = endpoint.dialect == Dialect::kMistral;
    const auto& variant = endpoint.variant;
    json::object body{{"model", text_value(endpoint.model)}};
    body["messages"] = messages_value(request, endpoint);
    add_tools(body, request);
    add_thinking(body, request, endpoint);
    if (const auto limit = detail::answer_limit(request, endpoint); limit > 0)
        body[!mistral && variant.completion_tokens ? "max_completion_tokens" : "max_tokens"] = limit;
    if (endpoint.temperature) body["temperature"] = *endpoint.temperature;
    if (endpoint.top_p) body["top_p"] = *endpoint.top_p;
    if (!request.stop.empty()) body["stop"] = detail::text_list(request.stop);
    if (variant.store && !mistral) body["store"] = false;
    body["stream"] = true;
    if (variant.usage_in_stream && !mistral) body["stream_options"] = json::object{{"include_usage", true}};
    return json::serialize(body);
}

}  // namespace hearth::chat
