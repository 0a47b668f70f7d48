#include <fmt/format.h>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"
#include "serve/anthropic_messages.h"

namespace hearth::serve {
namespace {

Error wrong(std::string words) { return Error(Code::kInvalidInput, std::move(words)); }

// A text, or the text blocks of a list, each behind a line break.
Result<std::string> text_of(const json::value* content, const char* where) {
    if (content == nullptr || content->is_null()) return std::string();
    if (content->is_string()) return std::string(content->get_string());
    if (!content->is_array()) return wrong(fmt::format("{} must be a text or a list of blocks", where));
    std::string text;
    for (const auto& block : content->get_array()) {
        const auto type = string_member(block, "type").value_or("");
        if (type == "image")
            return wrong(fmt::format("{} has an image, and this model takes text only", where));
        const auto* source = member(block, "source");
        auto piece = string_member(block, "text");
        if (type == "document" && source != nullptr && string_member(*source, "type") == "text")
            piece = string_member(*source, "data");
        if (!piece)
            return wrong(
                fmt::format("{} has a block of type '{}', which is not taken here", where, printable(type)));
        if (!text.empty()) text += "\n";
        text += *piece;
    }
    return text;
}

Status take_user(const json::value& message, json::array& out) {
    const auto* content = member(message, "content");
    if (content == nullptr || !content->is_array()) {
        const std::string text = TRY(text_of(content, "messages.content"));
        out.push_back(json::object{{"role", "user"}, {"content", text}});
        return {};
    }
    // Results answer the calls of the turn before, so they come first, each as a turn of its own.
    json::array rest;
    for (const auto& block : content->get_array()) {
        if (string_member(block, "type") != "tool_result") {
            rest.push_back(block);
            continue;
        }
        std::string text = TRY(text_of(member(block, "content"), "tool_result.content"));
        if (bool_member(block, "is_error").value_or(false)) text = "Error: " + text;
        out.push_back(
            json::object{{"role", "tool"},
                         {"tool_call_id", std::string(string_member(block, "tool_use_id").value_or(""))},
                         {"content", text}});
    }
    if (rest.empty()) return {};
    const json::value blocks = std::move(rest);
    const std::string text = TRY(text_of(&blocks, "messages.content"));
    out.push_back(json::object{{"role", "user"}, {"content", text}});
    return {};
}

Status take_assistant(const json::value& message, json::array& out) {
    const auto* content = member(message, "content");
    json::object turn{{"role", "assistant"}};
    if (content == nullptr || !content->is_array()) {
        turn["content"] = TRY(text_of(content, "messages.content"));
        out.push_back(std::move(turn));
        return {};
    }
    std::string text;
    std::string thinking;
    json::array calls;
    for (const auto& block : content->get_array()) {
        const auto type = string_member(block, "type").value_or("");
        if (type == "text") text += string_member(block, "text").value_or("");
        if (type == "thinking") thinking += string_member(block, "thinking").value_or("");
        if (type != "tool_use") continue;
        const auto* input = member(block, "input");
        calls.push_back(json::object{
            {"id", std::string(string_member(block, "id").value_or(""))},
            {"type", "function"},
            {"function", json::object{{"name", std::string(string_member(block, "name").value_or(""))},
                                      {"arguments", input == nullptr ? "{}" : json::serialize(*input)}}}});
    }
    turn["content"] = text;
    if (!thinking.empty()) turn["reasoning_content"] = thinking;
    if (!calls.empty()) turn["tool_calls"] = std::move(calls);
    out.push_back(std::move(turn));
    return {};
}

Result<json::array> messages_of(const json::value& given) {
    json::array out;
    const std::string system = TRY(text_of(member(given, "system"), "system"));
    if (!system.empty()) out.push_back(json::object{{"role", "system"}, {"content", system}});
    const auto* messages = array_member(given, "messages");
    if (messages == nullptr || messages->empty()) return wrong("messages: at least one message is required");
    for (const auto& message : *messages) {
        const auto role = string_member(message, "role").value_or("");
        if (role == "user") {
            TRY(take_user(message, out));
        } else if (role == "assistant") {
            TRY(take_assistant(message, out));
        } else if (role == "system") {
            const std::string text = TRY(text_of(member(message, "content"), "messages.content"));
            out.push_back(json::object{{"role", "system"}, {"content", text}});
        } else {
            return wrong(fmt::format("messages: the role '{}' is not known", printable(role)));
        }
    }
    return out;
}

json::array tools_of(const json::array& given) {
    json::array tools;
    for (const auto& tool : given) {
        const auto* schema = member(tool, "input_schema");
        if (schema == nullptr) continue;  // runs at Anthropic
        tools.push_back(json::object{
            {"type", "function"},
            {"function",
             json::object{{"name", std::string(string_member(tool, "name").value_or(""))},
                          {"description", std::string(string_member(tool, "description").value_or(""))},
                          {"parameters", *schema}}}});
    }
    return tools;
}

void take_tool_choice(const json::value& given, json::object& body) {
    const auto* choice = member(given, "tool_choice");
    if (choice == nullptr) return;
    const auto type = string_member(*choice, "type").value_or("auto");
    if (type == "any") body["tool_choice"] = "required";
    if (type == "none") body["tool_choice"] = "none";
    if (type == "tool")
        body["tool_choice"] = json::object{
            {"type", "function"},
            {"function", json::object{{"name", std::string(string_member(*choice, "name").value_or(""))}}}};
    if (bool_member(*choice, "disable_parallel_tool_use").value_or(false))
        body["parallel_tool_calls"] = false;
}

void take_stop_sequences(const json::value& given, json::object& body, ChatCall& call) {
    const auto* stop = array_member(given, "stop_sequences");
    if (stop == nullptr || stop->empty()) return;
    body["stop"] = *stop;
    body["verbose"] = true;  // llama-server then says which it was
    for (const auto& each : *stop)
        if (each.is_string()) call.stop_sequences.emplace_back(each.get_string());
}

// "adaptive" leaves it to the template.
void take_thinking(const json::value& given, json::object& body) {
    const auto* thinking = member(given, "thinking");
    if (thinking == nullptr) return;
    const auto type = string_member(*thinking, "type").value_or("");
    if (type == "enabled" || type == "disabled")
        body["chat_template_kwargs"] = json::object{{"enable_thinking", type == "enabled"}};
    if (const auto budget = integer_member(*thinking, "budget_tokens"); budget && type == "enabled")
        body["reasoning_budget_tokens"] = *budget;
}

}  // namespace

Result<ChatCall> anthropic_call(std::string_view text) {
    const json::value given = TRY(parse_body(text));
    ChatCall call;
    call.model = string_member(given, "model").value_or("");
    if (call.model.empty()) return wrong("model: field required");
    call.stream = bool_member(given, "stream").value_or(false);
    json::object body;
    for (const auto* name : {"max_tokens", "temperature", "top_p", "top_k"})
        if (const auto* value = member(given, name)) body[name] = *value;
    take_stop_sequences(given, body, call);
    if (const auto* tools = array_member(given, "tools"); tools != nullptr && !tools->empty())
        body["tools"] = tools_of(*tools);
    take_tool_choice(given, body);
    take_thinking(given, body);
    json::array messages = TRY(messages_of(given));
    body["messages"] = std::move(messages);
    return finish_chat_call(std::move(body), std::move(call));
}

}  // namespace hearth::serve
