#include "chat/detail/request_parts.h"

#include <algorithm>
#include <utility>

#include <boost/json.hpp>

#include "chat/tool_arguments.h"
#include "core/text.h"

namespace hearth::chat::detail {

json::string text_value(std::string_view text) {
    return is_valid_utf8(text) ? json::string(text) : json::string(to_valid_utf8(text));
}

json::value schema_value(std::string_view schema) {
    auto parsed = parse_json(to_valid_utf8(schema));
    if (parsed && parsed->is_object()) return *std::move(parsed);
    return json::object{{"type", "object"}};
}

json::array text_list(const std::vector<std::string>& texts) {
    json::array list;
    for (const auto& text : texts)
        list.push_back(text_value(text));
    return list;
}

json::array function_tools(const std::vector<Tool>& tools) {
    json::array list;
    for (const auto& tool : tools)
        list.push_back(
            json::object{{"type", "function"},
                         {"function", json::object{{"name", text_value(tool.name)},
                                                   {"description", text_value(tool.description)},
                                                   {"parameters", schema_value(tool.parameters)}}}});
    return list;
}

json::array function_calls(const std::vector<ToolCall>& calls) {
    json::array list;
    for (const auto& call : calls)
        list.push_back(
            json::object{{"id", text_value(call.id)},
                         {"type", "function"},
                         {"function", json::object{{"name", text_value(call.name)},
                                                   {"arguments", object_arguments(call.arguments)}}}});
    return list;
}

json::value arguments_value(std::string_view arguments) {
    auto parsed = parse_json(object_arguments(arguments));
    if (parsed && parsed->is_object()) return *std::move(parsed);
    return json::object();
}

bool has_images(const Request& request) {
    return std::ranges::any_of(request.messages, [](const Message& each) { return !each.images.empty(); });
}

json::array said_parts(const Message& message, json::object (*text_part)(std::string_view),
                       json::object (*image_part)(const Image&)) {
    json::array parts;
    if (!trim(message.text).empty()) parts.push_back(text_part(message.text));
    for (const auto& image : message.images)
        parts.push_back(image_part(image));
    return parts;
}

void add_turn(json::array& turns, std::string_view role, std::string_view list, json::array parts) {
    if (parts.empty()) return;
    if (!turns.empty() && turns.back().at("role").as_string() == role) {
        auto& before = turns.back().get_object().at(list).get_array();
        for (auto& part : parts)
            before.push_back(std::move(part));
    } else {
        turns.push_back(json::object{{"role", role}, {list, std::move(parts)}});
    }
}

std::int64_t answer_limit(const Request& request, const CloudEndpoint& endpoint) {
    const auto most = endpoint.most_answer.value;
    const auto wanted = request.max_tokens.value;
    if (wanted <= 0) return most;
    return most > 0 ? std::min(wanted, most) : wanted;
}

std::string system_text(const Request& request) {
    std::string text;
    for (const auto& message : request.messages) {
        if (message.role != Role::kSystem || message.text.empty()) continue;
        if (!text.empty()) text += "\n\n";
        text += message.text;
    }
    return text;
}

ThinkingLevel level_of(const Request& request, const CloudEndpoint& endpoint) {
    return clamp_thinking(request.thinking, endpoint.thinking);
}

std::string level_word(const Request& request, const CloudEndpoint& endpoint) {
    const auto level = level_of(request, endpoint);
    if (auto word = thinking_word(level, endpoint.thinking)) return *std::move(word);
    return level == ThinkingLevel::kOff ? std::string() : thinking_level_name(level);
}

}  // namespace hearth::chat::detail
