#include "serve/ollama_chat.h"

#include <cmath>
#include <fmt/format.h>

#include <boost/json.hpp>

#include "core/ids.h"
#include "core/json.h"
#include "core/text.h"
#include "serve/model_defaults.h"
#include "serve/text_completion.h"

namespace hearth::serve {
namespace {

// Thinking, as the templates of thinking models read it.
void take_think(const json::value& given, json::object& body) {
    const auto* think = member(given, "think");
    if (think == nullptr || think->is_null()) return;
    if (think->is_bool()) body["chat_template_kwargs"] = json::object{{"enable_thinking", think->get_bool()}};
    if (think->is_string()) {
        body["chat_template_kwargs"] =
            json::object{{"enable_thinking", true}, {"reasoning_effort", think->get_string()}};
        body["reasoning_effort"] = think->get_string();
    }
}

Status take_format(const json::value& given, json::object& body) {
    const auto* format = member(given, "format");
    if (format == nullptr || format->is_null() || *format == "") return {};
    if (*format == "json")
        body["response_format"] = json::object{{"type", "json_object"}};
    else if (format->is_object())
        body["response_format"] = json::object{
            {"type", "json_schema"}, {"json_schema", json::object{{"name", "answer"}, {"schema", *format}}}};
    else
        return Error(Code::kInvalidInput, "format must be \"json\" or a JSON schema");
    return {};
}

// Arguments are objects there and texts here; an answer of a tool names its tool, not always its call.
json::object message_from(const json::value& given, std::string& last_call) {
    json::object out{{"role", to_lower_ascii(string_member(given, "role").value_or("user"))},
                     {"content", std::string(string_member(given, "content").value_or(""))}};
    if (const auto thinking = string_member(given, "thinking")) out["reasoning_content"] = *thinking;
    if (const auto* calls = array_member(given, "tool_calls"); calls != nullptr && !calls->empty()) {
        json::array converted;
        for (const auto& call : *calls) {
            const auto* function = member(call, "function");
            if (function == nullptr) continue;
            const auto* arguments = member(*function, "arguments");
            last_call = string_member(call, "id").value_or("call_" + random_hex(8));
            converted.push_back(json::object{
                {"id", last_call},
                {"type", "function"},
                {"function",
                 json::object{{"name", std::string(string_member(*function, "name").value_or(""))},
                              {"arguments", arguments == nullptr ? "{}" : json::serialize(*arguments)}}}});
        }
        out["tool_calls"] = std::move(converted);
    }
    if (out["role"] == "tool")
        out["tool_call_id"] = std::string(string_member(given, "tool_call_id").value_or(last_call));
    return out;
}

bool has_images(const json::value& given) {
    const auto* images = array_member(given, "images");
    return images != nullptr && !images->empty();
}

Result<json::array> messages_of(const json::value& given, OllamaForm form) {
    json::array messages;
    const Error blind(Code::kInvalidInput, "images were sent, and this model takes text only");
    if (form == OllamaForm::kGenerate) {
        if (has_images(given)) return blind;
        if (const auto system = string_member(given, "system"); system && !system->empty())
            messages.push_back(json::object{{"role", "system"}, {"content", *system}});
        const auto prompt = string_member(given, "prompt").value_or("");
        if (!prompt.empty()) messages.push_back(json::object{{"role", "user"}, {"content", prompt}});
        return messages;
    }
    const auto* list = array_member(given, "messages");
    if (list == nullptr) return messages;
    std::string last_call;
    for (const auto& each : *list) {
        if (has_images(each)) return blind;
        messages.push_back(message_from(each, last_call));
    }
    return messages;
}

// A prompt that goes to the model as it is, or one with a gap behind it to fill.
bool is_plain_text(const json::value& given) {
    return bool_member(given, "raw").value_or(false) || !string_member(given, "suffix").value_or("").empty();
}

ChatCall text_call(const json::value& given, json::object body, ChatCall call) {
    body["prompt"] = std::string(string_member(given, "prompt").value_or(""));
    if (const auto suffix = string_member(given, "suffix").value_or(""); !suffix.empty())
        call.suffix = suffix;
    // What holds for chats only, or has another name here.
    body.erase("chat_template_kwargs");
    body.erase("reasoning_effort");
    if (const auto* format = body.if_contains("response_format")) {
        const auto* named = member(*format, "json_schema");
        const json::value schema = named == nullptr ? json::value(json::object()) : named->at("schema");
        body["json_schema"] = schema;
        body.erase("response_format");
    }
    return finish_text_call(std::move(body), std::move(call));
}

std::int64_t nanoseconds(double seconds) { return std::llround(seconds * 1e9); }

class OllamaEncoder final : public ReplyEncoder {
public:
    OllamaEncoder(const ChatCall& call, OllamaForm form) : model_(call.model), form_(form) {}

    [[nodiscard]] std::string stream_type() const override { return "application/x-ndjson"; }

    std::string event(const chat::Event& event) override {
        if (const auto* text = std::get_if<chat::TextDelta>(&event)) return piece(text->text, "");
        if (const auto* thought = std::get_if<chat::ReasoningDelta>(&event)) return piece("", thought->text);
        return {};
    }

    std::string end(const chat::Reply& reply, const Timing& timing) override {
        std::string out;
        const auto& message = reply.answers.front().message;
        if (!message.tool_calls.empty() && form_ == OllamaForm::kChat) {
            json::object chunk = frame();
            chunk["message"] =
                json::object{{"role", "assistant"}, {"content", ""}, {"tool_calls", calls_of(message)}};
            chunk["done"] = false;
            out = json::serialize(chunk) + "\n";
        }
        json::object last = frame();
        put_text(last, "", "");
        add_counts(last, reply, timing);
        return out + json::serialize(last) + "\n";
    }

    // Its clients read each line as a chunk; one without text adds nothing.
    std::string waiting(std::string_view /*words*/) override { return piece({}, {}); }

    std::string broken(const Error& error) override {
        return json::serialize(json::object{{"error", to_valid_utf8(error.message())}}) + "\n";
    }

    net::WholeResponse whole(const chat::Reply& reply, const Timing& timing) override {
        json::object body = frame();
        const auto& message = reply.answers.front().message;
        put_text(body, message.text, message.reasoning);
        if (!message.tool_calls.empty() && form_ == OllamaForm::kChat)
            body["message"].as_object()["tool_calls"] = calls_of(message);
        add_counts(body, reply, timing);
        return json_response(json::serialize(body));
    }

    net::WholeResponse refusal(const Error& error) override { return ollama_error_response(error); }

private:
    [[nodiscard]] json::object frame() const {
        return {{"model", model_}, {"created_at", iso_time(unix_ms_now())}};
    }

    void put_text(json::object& object, const std::string& text, const std::string& thinking) const {
        if (form_ == OllamaForm::kGenerate) {
            object["response"] = to_valid_utf8(text);
            if (!thinking.empty()) object["thinking"] = to_valid_utf8(thinking);
            return;
        }
        json::object message{{"role", "assistant"}, {"content", to_valid_utf8(text)}};
        if (!thinking.empty()) message["thinking"] = to_valid_utf8(thinking);
        object["message"] = std::move(message);
    }

    [[nodiscard]] std::string piece(const std::string& text, const std::string& thinking) const {
        json::object chunk = frame();
        put_text(chunk, text, thinking);
        chunk["done"] = false;
        return json::serialize(chunk) + "\n";
    }

    static json::array calls_of(const chat::Message& message) {
        json::array calls;
        for (std::size_t i = 0; i < message.tool_calls.size(); ++i) {
            const auto& call = message.tool_calls[i];
            auto arguments = parse_json(call.arguments);
            if (!arguments || !arguments->is_object())
                arguments = json::object{{"malformed", to_valid_utf8(call.arguments)}};
            calls.push_back(json::object{
                {"id", call.id},
                {"function",
                 json::object{{"index", i}, {"name", call.name}, {"arguments", *std::move(arguments)}}}});
        }
        return calls;
    }

    static void add_counts(json::object& object, const chat::Reply& reply, const Timing& timing) {
        object["done"] = true;
        object["done_reason"] = reply.answers.front().reason == chat::StopReason::kLength ? "length" : "stop";
        object["total_duration"] = nanoseconds(timing.total_seconds);
        object["load_duration"] = nanoseconds(timing.load_seconds);
        object["prompt_eval_count"] = reply.usage.prompt_tokens.value;
        object["prompt_eval_duration"] = nanoseconds(reply.usage.prompt_seconds);
        object["eval_count"] = reply.usage.generated_tokens.value;
        object["eval_duration"] = nanoseconds(reply.usage.decode_seconds);
    }

    std::string model_;
    OllamaForm form_;
};

}  // namespace

Result<std::chrono::seconds> parse_keep_alive(std::string_view text) {
    const Error wrong(Code::kInvalidInput,
                      fmt::format("'{}' is no time to keep a model: write 5m, 1h30m, seconds, or -1 for ever",
                                  printable(text)));
    std::string_view rest = trim(text);
    if (rest.starts_with("-")) return std::chrono::seconds(-1);
    if (const auto plain = parse_number(rest)) return std::chrono::seconds(*plain);
    double seconds = 0;
    if (rest.empty()) return wrong;
    while (!rest.empty()) {
        const auto digits = rest.find_first_not_of("0123456789.");
        if (digits == 0 || digits == std::string_view::npos) return wrong;
        const double number = std::atof(std::string(rest.substr(0, digits)).c_str());
        rest.remove_prefix(digits);
        const auto letters = std::min(rest.find_first_of("0123456789."), rest.size());
        const std::string_view unit = rest.substr(0, letters);
        rest.remove_prefix(letters);
        if (unit == "h")
            seconds += number * 3600;
        else if (unit == "m")
            seconds += number * 60;
        else if (unit == "s")
            seconds += number;
        else if (unit == "ms")
            seconds += number / 1000;
        else
            return wrong;
    }
    return std::chrono::seconds(std::llround(std::min(seconds, 1e9)));
}

Result<std::optional<std::chrono::seconds>> keep_alive_of(const json::value& given) {
    const auto* keep = member(given, "keep_alive");
    if (keep == nullptr || keep->is_null()) return std::optional<std::chrono::seconds>();
    if (keep->is_number()) {
        const auto seconds = number_member(given, "keep_alive").value_or(0);
        return std::optional(std::chrono::seconds(seconds < 0 ? -1 : std::llround(std::min(seconds, 1e9))));
    }
    const std::string words = keep->is_string() ? std::string(keep->get_string()) : json::serialize(*keep);
    return std::optional(TRY(parse_keep_alive(words)));
}

Result<ChatCall> ollama_call(std::string_view text, OllamaForm form) {
    const json::value given = TRY(parse_body(text));
    ChatCall call;
    call.model = string_member(given, "model").value_or(string_member(given, "name").value_or(""));
    if (call.model.empty()) return Error(Code::kInvalidInput, "model is required");
    call.stream = bool_member(given, "stream").value_or(true);
    call.keep_alive = TRY(keep_alive_of(given));
    json::object body;
    if (const auto* options = member(given, "options"); options != nullptr && options->is_object())
        put_ollama_options(options->get_object(), body, call);
    call.usual_temperature = !body.contains("temperature");
    if (call.usual_temperature) body["temperature"] = 0.8;  // what Ollama takes where nothing is said
    take_think(given, body);
    TRY(take_format(given, body));
    if (const auto* tools = array_member(given, "tools"); tools != nullptr && form == OllamaForm::kChat)
        body["tools"] = *tools;
    json::array messages = TRY(messages_of(given, form));
    if (messages.empty() ||
        (form == OllamaForm::kGenerate && string_member(given, "prompt").value_or("").empty()))
        return call;
    if (form == OllamaForm::kGenerate && is_plain_text(given))
        return text_call(given, std::move(body), std::move(call));
    body["messages"] = std::move(messages);
    return finish_chat_call(std::move(body), std::move(call));
}

std::unique_ptr<ReplyEncoder> ollama_encoder(const ChatCall& call, OllamaForm form) {
    return std::make_unique<OllamaEncoder>(call, form);
}

net::WholeResponse ollama_error_response(const Error& error) {
    return json_response(json::serialize(json::object{{"error", to_valid_utf8(error.message())}}),
                         http_status(error.code()));
}

}  // namespace hearth::serve
