#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>

#include <boost/json.hpp>

#include "chat/detail/request_parts.h"
#include "chat/google_content.h"
#include "core/json.h"
#include "core/text.h"

namespace hearth::chat {
namespace {

using detail::text_value;

json::object text_part(std::string_view text) { return {{"text", text_value(text)}}; }

json::array assistant_parts(const Message& message) {
    json::array parts;
    if (!trim(message.text).empty()) parts.push_back(text_part(message.text));
    for (const auto& call : message.tool_calls) {
        json::object part{{"functionCall", json::object{{"name", text_value(call.name)},
                                                        {"args", detail::arguments_value(call.arguments)}}}};
        // Gemini 3 refuses a call of its own that comes back without it.
        if (!call.signature.empty()) part["thoughtSignature"] = text_value(call.signature);
        parts.push_back(std::move(part));
    }
    return parts;
}

json::object image_part(const Image& image) {
    return {{"inlineData",
             json::object{{"mimeType", text_value(image.mime_type)}, {"data", text_value(image.data)}}}};
}

// A result has no place for images before Gemini 3, and a turn of results is to hold nothing else: they are a turn of their own.
void add_result_images(json::array& out, json::array& images) {
    if (images.empty()) return;
    json::array parts{text_part(detail::kImagesOfResults)};
    for (auto& image : images)
        parts.push_back(std::move(image));
    images.clear();
    out.push_back(json::object{{"role", "user"}, {"parts", std::move(parts)}});
}

// Results name the tool, not the call.
json::array contents_value(const std::vector<Message>& messages) {
    json::array out;
    std::map<std::string, std::string, std::less<>> names;
    json::array result_images;
    for (const auto& message : messages) {
        if (message.role == Role::kSystem) continue;
        if (message.role != Role::kTool) add_result_images(out, result_images);
        json::array parts;
        for (const auto& call : message.tool_calls)
            names[call.id] = call.name;
        if (message.role == Role::kAssistant) {
            parts = assistant_parts(message);
        } else if (message.role == Role::kTool) {
            parts.push_back(json::object{
                {"functionResponse",
                 json::object{{"name", text_value(names[message.tool_call_id])},
                              {"response", json::object{{"output", text_value(message.text)}}}}}});
            for (const auto& image : message.images)
                result_images.push_back(image_part(image));
        } else {
            parts = detail::said_parts(message, text_part, image_part);
        }
        detail::add_turn(out, message.role == Role::kAssistant ? "model" : "user", "parts", std::move(parts));
    }
    add_result_images(out, result_images);
    return out;
}

json::value thinking_value(const Request& request, const CloudEndpoint& endpoint) {
    const auto word = detail::level_word(request, endpoint);
    if (word.empty()) return nullptr;
    json::object out;
    const auto budget =
        word == "-1" ? std::optional<std::int64_t>(-1) : parse_number(word);  // -1: as it likes
    if (budget) {
        out["includeThoughts"] = *budget != 0;
        out["thinkingBudget"] = *budget;
    } else {
        out["includeThoughts"] = true;
        out["thinkingLevel"] = text_value(to_lower_ascii(word));
    }
    return out;
}

json::object generation_config(const Request& request, const CloudEndpoint& endpoint) {
    json::object config;
    if (const auto limit = detail::answer_limit(request, endpoint); limit > 0)
        config["maxOutputTokens"] = limit;
    if (endpoint.temperature) config["temperature"] = *endpoint.temperature;
    if (endpoint.top_p) config["topP"] = *endpoint.top_p;
    if (!request.stop.empty()) config["stopSequences"] = detail::text_list(request.stop);
    if (endpoint.thinking.reasoning) {
        if (auto thinking = thinking_value(request, endpoint); !thinking.is_null())
            config["thinkingConfig"] = std::move(thinking);
    }
    if (!request.answer_schema.empty()) {
        config["responseMimeType"] = "application/json";
        config["responseJsonSchema"] = detail::schema_value(request.answer_schema);
    }
    return config;
}

}  // namespace

std::string encode_google_request(const Request& request, const CloudEndpoint& endpoint) {
    json::object body{{"contents", contents_value(request.messages)}};
    if (const auto system = detail::system_text(request); !trim(system).empty())
        body["systemInstruction"] = json::object{{"parts", json::array{text_part(system)}}};
    if (!request.tools.empty() && request.answer_schema.empty()) {
        json::array declared;
        for (const auto& tool : request.tools)
            declared.push_back(json::object{{"name", text_value(tool.name)},
                                            {"description", text_value(tool.description)},
                                            {"parametersJsonSchema", detail::schema_value(tool.parameters)}});
        body["tools"] = json::array{json::object{{"functionDeclarations", std::move(declared)}}};
    }
    if (auto config = generation_config(request, endpoint); !config.empty())
        body["generationConfig"] = std::move(config);
    return json::serialize(body);
}

}  // namespace hearth::chat
