#include <algorithm>
#include <array>
#include <fmt/format.h>

#include <boost/json.hpp>

#include "core/ids.h"
#include "core/json.h"
#include "core/text.h"
#include "serve/detail/responses_tools.h"
#include "serve/openai_responses.h"

namespace hearth::serve {
namespace {

Error wrong(std::string words) { return Error(Code::kInvalidInput, std::move(words)); }

std::string text_member(const json::value& value, std::string_view name) {
    return std::string(string_member(value, name).value_or(""));
}

// Of tools that run at OpenAI: no model here made them or can use them.
constexpr std::array<std::string_view, 17> kForeignItems = {"web_search_call",
                                                            "file_search_call",
                                                            "computer_call",
                                                            "computer_call_output",
                                                            "code_interpreter_call",
                                                            "image_generation_call",
                                                            "local_shell_call",
                                                            "local_shell_call_output",
                                                            "shell_call",
                                                            "shell_call_output",
                                                            "apply_patch_call",
                                                            "apply_patch_call_output",
                                                            "mcp_list_tools",
                                                            "mcp_approval_request",
                                                            "mcp_approval_response",
                                                            "mcp_call",
                                                            "tool_search_call"};

// A text, or the text parts of a list.
Result<std::string> text_of(const json::value* content, std::string_view where) {
    if (content == nullptr || content->is_null()) return std::string();
    if (content->is_string()) return std::string(content->get_string());
    if (!content->is_array()) return wrong(fmt::format("{} must be a text or a list of parts", where));
    std::string text;
    for (const auto& part : content->get_array()) {
        const auto type = string_member(part, "type").value_or("");
        if (type == "input_image" || type == "input_file" || type == "input_audio")
            return wrong(fmt::format("{} has a part of type {}, and this model takes text only", where,
                                     printable(type)));
        const auto piece = string_member(part, type == "refusal" ? "refusal" : "text");
        if (!piece)
            return wrong(
                fmt::format("{} has a part of type '{}', which is not known", where, printable(type)));
        if (!text.empty()) text += "\n";
        text += *piece;
    }
    return text;
}

// Messages of the chat API from items.
class Turns {
public:
    Status take(const json::value& item, std::string_view where) {
        const auto type = text_member(item, "type");
        if (type.empty() || type == "message") return take_message(item, where);
        if (type == "reasoning") return take_reasoning(item, where);
        if (type == "function_call") {
            add_call(item, text_member(item, "arguments"));
            return {};
        }
        if (type == "custom_tool_call") {
            add_call(item, json::serialize(json::object{{"input", text_member(item, "input")}}));
            return {};
        }
        if (type == "function_call_output" || type == "custom_tool_call_output") {
            std::string text = TRY(text_of(member(item, "output"), where));
            messages_.push_back(json::object{{"role", "tool"},
                                             {"tool_call_id", text_member(item, "call_id")},
                                             {"content", std::move(text)}});
            return {};
        }
        if (std::ranges::find(kForeignItems, type) != kForeignItems.end()) return {};
        return wrong(fmt::format("{} has the type '{}', which is not known", where, printable(type)));
    }

    json::array messages() && { return std::move(messages_); }

private:
    Status take_message(const json::value& item, std::string_view where) {
        const auto role = text_member(item, "role");
        std::string text = TRY(text_of(member(item, "content"), where));
        if (role == "assistant") {
            append(assistant(), "content", text);
            return {};
        }
        if (role != "user" && role != "system" && role != "developer")
            return wrong(fmt::format("{} has the role '{}', which is not known", where, printable(role)));
        messages_.push_back(json::object{{"role", role}, {"content", std::move(text)}});
        return {};
    }

    Status take_reasoning(const json::value& item, std::string_view where) {
        std::string text = TRY(text_of(member(item, "content"), where));
        if (text.empty()) text = TRY(text_of(member(item, "summary"), where));
        if (!text.empty()) append(assistant(), "reasoning_content", text);
        return {};
    }

    void add_call(const json::value& item, const std::string& arguments) {
        json::object& turn = assistant();
        json::value& calls = turn["tool_calls"];
        if (!calls.is_array()) calls = json::array();
        calls.get_array().push_back(
            json::object{{"id", text_member(item, "call_id")},
                         {"type", "function"},
                         {"function", json::object{{"name", detail::flat_name(text_member(item, "namespace"),
                                                                              text_member(item, "name"))},
                                                   {"arguments", arguments}}}});
    }

    // The assistant's turn that the next item belongs to.
    json::object& assistant() {
        const bool open = !messages_.empty() && messages_.back().at("role") == "assistant";
        if (!open) messages_.push_back(json::object{{"role", "assistant"}, {"content", ""}});
        return messages_.back().get_object();
    }

    static void append(json::object& turn, std::string_view name, const std::string& text) {
        const json::value before = turn[name];
        const bool first = !before.is_string() || before.get_string().empty();
        turn[name] = first ? text : std::string(before.get_string()) + "\n\n" + text;
    }

    json::array messages_;
};

void take_tools(const json::value& given, json::object& body, detail::ResponsesTools& tools) {
    if (const auto* list = array_member(given, "tools"))
        for (const auto& tool : *list)
            tools.take(tool);
    const auto* choice = member(given, "tool_choice");
    if (choice != nullptr && choice->is_string()) body["tool_choice"] = *choice;
    if (choice != nullptr && choice->is_object()) {
        const auto type = string_member(*choice, "type").value_or("");
        if (type == "function" || type == "custom") {
            const std::string name =
                tools.flat(text_member(*choice, "name"), text_member(*choice, "namespace"));
            body["tool_choice"] =
                json::object{{"type", "function"}, {"function", json::object{{"name", name}}}};
        }
        if (const auto* allowed = array_member(*choice, "tools");
            type == "allowed_tools" && allowed != nullptr) {
            tools.keep(*allowed);
            body["tool_choice"] = text_member(*choice, "mode");
        }
    }
    if (!tools.list().empty()) body["tools"] = tools.list();
    if (const auto* parallel = member(given, "parallel_tool_calls")) body["parallel_tool_calls"] = *parallel;
}

Status take_format(const json::value& given, json::object& body) {
    const auto* text = member(given, "text");
    const auto* format = text == nullptr ? nullptr : member(*text, "format");
    if (format == nullptr) return {};
    const auto type = string_member(*format, "type").value_or("text");
    if (type == "text") return {};
    if (type == "json_object") {
        body["response_format"] = json::object{{"type", "json_object"}};
        return {};
    }
    const auto* schema = member(*format, "schema");
    if (type != "json_schema" || schema == nullptr || !schema->is_object())
        return wrong("text.format must be of type text, json_object, or json_schema with a schema");
    body["response_format"] = json::object{
        {"type", "json_schema"},
        {"json_schema", json::object{{"name", text_member(*format, "name")}, {"schema", *schema}}}};
    return {};
}

// As the templates of thinking models read it.
void take_reasoning(const json::value& given, json::object& body) {
    const auto* reasoning = member(given, "reasoning");
    const auto effort = reasoning == nullptr ? std::nullopt : string_member(*reasoning, "effort");
    if (!effort) return;
    if (*effort == "none") {
        body["chat_template_kwargs"] = json::object{{"enable_thinking", false}};
        return;
    }
    body["chat_template_kwargs"] = json::object{{"reasoning_effort", *effort}};
    body["reasoning_effort"] = *effort;
}

Status refuse_what_is_not_served(const json::value& given) {
    if (bool_member(given, "background").value_or(false))
        return wrong("background responses are not served here: leave `background` out and stream");
    for (const auto* name : {"conversation", "prompt"})
        if (const auto* value = member(given, name); value != nullptr && !value->is_null())
            return wrong(fmt::format(
                "`{}` is not served here: send the input, with previous_response_id to go on", name));
    return {};
}

// An item as it is kept: with a type, an id, and its text as a list of parts.
json::object kept_item(const json::value& item) {
    json::object kept = item.get_object();
    if (!kept.contains("type")) kept["type"] = "message";
    const std::string type = text_member(kept, "type");
    const char* prefix = type == "message" ? "msg_" : type == "reasoning" ? "rs_" : "item_";
    if (text_member(kept, "id").empty()) kept["id"] = prefix + random_hex(32);
    if (const auto* content = kept.if_contains("content"); content != nullptr && content->is_string()) {
        const bool said = text_member(kept, "role") == "assistant";
        kept["content"] = json::array{
            json::object{{"type", said ? "output_text" : "input_text"}, {"text", content->get_string()}}};
    }
    return kept;
}

// This request's own items. What is referred to stands for itself.
Result<json::array> input_of(const json::value& given, const ResponsesHistory& history) {
    json::array items;
    const auto* input = member(given, "input");
    if (input == nullptr || input->is_null()) return items;
    if (input->is_string()) {
        const json::value turn = json::object{{"role", "user"}, {"content", input->get_string()}};
        items.push_back(kept_item(turn));
        return items;
    }
    if (!input->is_array()) return wrong("input must be a text or a list of items");
    for (std::size_t index = 0; index < input->get_array().size(); ++index) {
        const auto& item = input->get_array()[index];
        if (!item.is_object()) return wrong(fmt::format("input[{}] must be an object", index));
        if (string_member(item, "type") != "item_reference") {
            items.push_back(kept_item(item));
            continue;
        }
        const std::string id = text_member(item, "id");
        const auto found = history.items.find(id);
        if (found == history.items.end())
            return wrong(fmt::format("input[{}] refers to '{}', which is not kept here: send the item itself",
                                     index, printable(id)));
        items.push_back(TRY(parse_json(found->second)));
    }
    return items;
}

json::object echo_of(const json::value& given) {
    json::object echo{{"background", false},
                      {"instructions", nullptr},
                      {"max_output_tokens", nullptr},
                      {"metadata", json::object()},
                      {"parallel_tool_calls", true},
                      {"previous_response_id", nullptr},
                      {"prompt_cache_key", nullptr},
                      {"reasoning", json::object{{"effort", nullptr}, {"summary", nullptr}}},
                      {"store", true},
                      {"temperature", nullptr},
                      {"text", json::object{{"format", json::object{{"type", "text"}}}}},
                      {"tool_choice", "auto"},
                      {"tools", json::array()},
                      {"top_p", nullptr},
                      {"user", nullptr}};
    for (auto& each : echo)
        if (const auto* value = member(given, each.key()); value != nullptr && !value->is_null())
            each.value() = *value;
    echo["truncation"] = "disabled";
    return echo;
}

Result<json::array> messages_of(const json::value& given, const ResponsesHistory& history,
                                const json::array& input) {
    Turns turns;
    if (const auto instructions = text_member(given, "instructions"); !instructions.empty())
        TRY(turns.take(json::object{{"role", "system"}, {"content", instructions}}, "instructions"));
    for (const std::string& earlier : history.earlier) {
        const json::value items = TRY(parse_json(earlier));
        if (!items.is_array()) continue;
        for (const auto& item : items.get_array())
            TRY(turns.take(item, "an earlier item"));
    }
    for (std::size_t index = 0; index < input.size(); ++index)
        TRY(turns.take(input[index], fmt::format("input[{}]", index)));
    return std::move(turns).messages();
}

}  // namespace

Result<ResponsesReferences> responses_references(std::string_view text) {
    const json::value given = TRY(parse_body(text));
    ResponsesReferences references;
    references.previous = text_member(given, "previous_response_id");
    if (const auto* input = array_member(given, "input"))
        for (const auto& item : *input)
            if (string_member(item, "type") == "item_reference")
                references.items.push_back(text_member(item, "id"));
    return references;
}

Result<ResponsesCall> responses_call(std::string_view text, const ResponsesHistory& history) {
    const json::value given = TRY(parse_body(text));
    TRY(refuse_what_is_not_served(given));
    ResponsesCall call;
    call.chat.model = text_member(given, "model");
    if (call.chat.model.empty()) return wrong("model is missing: name one of GET /v1/models");
    call.chat.stream = bool_member(given, "stream").value_or(false);
    call.id = "resp_" + random_hex(32);
    call.store = bool_member(given, "store").value_or(true);
    call.previous = text_member(given, "previous_response_id");
    json::object body;
    for (const auto* name : {"temperature", "top_p"})
        if (const auto* value = member(given, name); value != nullptr && !value->is_null())
            body[name] = *value;
    if (const auto most = integer_member(given, "max_output_tokens")) body["max_tokens"] = *most;
    detail::ResponsesTools tools;
    take_tools(given, body, tools);
    call.tools = std::move(tools).names();
    TRY(take_format(given, body));
    take_reasoning(given, body);
    const json::array input = TRY(input_of(given, history));
    if (input.empty() && history.earlier.empty()) return wrong("input is missing");
    json::array messages = TRY(messages_of(given, history, input));
    body["messages"] = std::move(messages);
    call.input = json::serialize(input);
    call.echo = json::serialize(echo_of(given));
    call.chat = TRY(finish_chat_call(std::move(body), std::move(call.chat)));
    return call;
}

}  // namespace hearth::serve
