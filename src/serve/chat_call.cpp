#include "serve/chat_call.h"

#include <algorithm>
#include <fmt/format.h>

#include <boost/json.hpp>

#include "chat/tool_arguments.h"
#include "core/text.h"

namespace hearth::serve {
namespace {

constexpr std::int64_t kUsualAnswer = 512;  // tokens, where a request sets no limit
constexpr std::int64_t kBytesPerToken = 4;
constexpr std::size_t kMostValues = 1'000'000;

Error wrong(std::string words) { return Error(Code::kInvalidInput, std::move(words)); }

// Text of a message's content: a string, or the text parts of an array.
std::string text_of(const json::value* content) {
    if (content == nullptr) return {};
    if (content->is_string()) return std::string(content->get_string());
    std::string text;
    if (content->is_array())
        for (const auto& part : content->get_array())
            if (const auto piece = string_member(part, "text")) {
                if (!text.empty()) text += "\n";
                text += *piece;
            }
    return text;
}

void append_text(json::object& message, const std::string& more) {
    const auto* content = message.if_contains("content");
    const std::string before = text_of(content);
    if (content != nullptr && content->is_array()) {
        message["content"].as_array().push_back(json::object{{"type", "text"}, {"text", more}});
        return;
    }
    message["content"] = before.empty() ? more : before + "\n\n" + more;
}

Status check_content(const json::value& message, std::size_t index) {
    const auto* content = member(message, "content");
    if (content == nullptr || content->is_null() || content->is_string()) return {};
    if (!content->is_array())
        return wrong(fmt::format("messages[{}].content must be a text or a list of parts", index));
    for (const auto& part : content->get_array()) {
        const auto type = string_member(part, "type").value_or("");
        if (type == "text") continue;
        if (type == "image_url" || type == "input_audio")
            return wrong(fmt::format("messages[{}] has a part of type {}, and this model takes text only",
                                     index, printable(type)));
        return wrong(
            fmt::format("messages[{}] has a part of type '{}', which is not known", index, printable(type)));
    }
    return {};
}

void repair_calls(json::object& message) {
    auto* calls = message.if_contains("tool_calls");
    if (calls == nullptr || !calls->is_array()) return;
    for (auto& call : calls->get_array()) {
        if (!call.is_object()) continue;
        auto* function = call.get_object().if_contains("function");
        if (function == nullptr || !function->is_object()) continue;
        auto* arguments = function->get_object().if_contains("arguments");
        std::string text;
        if (arguments != nullptr)
            text =
                arguments->is_string() ? std::string(arguments->get_string()) : json::serialize(*arguments);
        function->get_object()["arguments"] = chat::object_arguments(text);
    }
}

// Strict templates take a system turn in the first place only.
Result<json::array> messages_in_order(const json::array& given) {
    json::array messages;
    for (std::size_t index = 0; index < given.size(); ++index) {
        const auto& value = given[index];
        const auto role = string_member(value, "role");
        if (!role) return wrong(fmt::format("messages[{}] has no role", index));
        TRY(check_content(value, index));
        json::object message = value.get_object();
        const bool is_system = *role == "system" || *role == "developer";
        if (!is_system) {
            repair_calls(message);
            messages.push_back(std::move(message));
            continue;
        }
        const std::string text = text_of(message.if_contains("content"));
        if (messages.empty()) {
            messages.push_back(json::object{{"role", "system"}, {"content", text}});
            continue;
        }
        auto& last = messages.back().as_object();
        const std::string_view before = last["role"].as_string();
        if (before == "system" || before == "user")
            append_text(last, text);
        else
            messages.push_back(json::object{{"role", "user"}, {"content", text}});
    }
    return messages;
}

// What tool_choice asks for, done in the body. True when a call is forced.
Result<bool> take_tool_choice(json::object& body) {
    const auto* choice = body.if_contains("tool_choice");
    const auto* tools = body.if_contains("tools");
    if (tools != nullptr && (!tools->is_array() || tools->get_array().empty())) {
        body.erase("tools");
        tools = nullptr;
    }
    if (choice == nullptr) return false;
    const json::value chosen = *choice;
    body.erase("tool_choice");
    if (chosen == "none") {
        body.erase("tools");
        return false;
    }
    std::string name;
    if (const auto* function = member(chosen, "function"))
        name = string_member(*function, "name").value_or("");
    if (name.empty() && chosen != "required") return false;
    if (tools == nullptr) return wrong("tool_choice asks for a call, and there are no tools");
    if (name.empty()) return true;
    json::array named;
    for (const auto& tool : tools->get_array()) {
        const auto* function = member(tool, "function");
        if (function != nullptr && string_member(*function, "name") == name) named.push_back(tool);
    }
    if (named.empty())
        return wrong(fmt::format("tool_choice names '{}', and there is no such tool", printable(name)));
    body["tools"] = std::move(named);
    return true;
}

// What is no tool of the API's form is passed over.
std::vector<chat::Tool> tools_of(const json::object& body) {
    std::vector<chat::Tool> tools;
    const auto* list = body.if_contains("tools");
    if (list == nullptr || !list->is_array()) return tools;
    for (const auto& each : list->get_array()) {
        const auto* function = member(each, "function");
        const auto name = function == nullptr ? std::nullopt : string_member(*function, "name");
        if (!name) continue;
        const auto* parameters = member(*function, "parameters");
        tools.push_back({.name = std::string(*name),
                         .description = {},
                         .parameters = parameters == nullptr ? "{}" : json::serialize(*parameters)});
    }
    return tools;
}

// Lists and objects of tiny values take twenty times their text in memory, and hold up everybody while they are built.
bool has_too_many_values(std::string_view text) {
    std::size_t values = 1;
    bool in_string = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '"')
            in_string = !in_string;
        else if (in_string && c == '\\')
            ++i;
        else if (!in_string && (c == ',' || c == '[' || c == '{'))
            ++values;
    }
    return values > kMostValues;
}

}  // namespace

Result<json::value> parse_body(std::string_view body) {
    if (has_too_many_values(body))
        return Error(Code::kTooLarge, fmt::format("the body has more than {} values", kMostValues));
    auto value = parse_json(body);
    if (!value) return Error(Code::kInvalidInput, "the body is no JSON: " + value.error().message());
    if (!value->is_object()) return wrong("the body must be a JSON object");
    return *std::move(value);
}

Result<ChatCall> finish_chat_call(json::object body, ChatCall call) {
    const auto* messages = body.if_contains("messages");
    if (messages == nullptr || !messages->is_array() || messages->get_array().empty())
        return wrong("messages must be a list with at least one message");
    json::array ordered = TRY(messages_in_order(messages->get_array()));
    body["messages"] = std::move(ordered);
    call.forced_tool = TRY(take_tool_choice(body));
    call.tools = tools_of(body);
    if (const auto* limit = body.if_contains("max_completion_tokens")) {
        body["max_tokens"] = *limit;
        body.erase("max_completion_tokens");
    }
    if (const auto* limit = body.if_contains("max_tokens"); limit != nullptr && limit->is_null())
        body.erase("max_tokens");
    call.candidates =
        static_cast<int>(std::clamp<std::int64_t>(integer_member(body, "n").value_or(1), 1, 16));
    body.erase("model");
    body.erase("n");
    body["stream"] = true;
    body["stream_options"] = json::object{{"include_usage", true}};
    body["cache_prompt"] = true;
    const auto answer = integer_member(body, "max_tokens").value_or(kUsualAnswer);
    call.body = json::serialize(body);
    call.predicted_tokens =
        static_cast<double>(call.body.size()) / kBytesPerToken +
        static_cast<double>(std::clamp<std::int64_t>(answer, 1, 4 * kUsualAnswer)) * call.candidates;
    return call;
}

}  // namespace hearth::serve
