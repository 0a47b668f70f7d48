#include "serve/openai_chat.h"

#include <boost/json.hpp>

#include "core/ids.h"
#include "core/json.h"
#include "core/text.h"

namespace hearth::serve {
namespace {

const char* error_type(Code code) {
    switch (code) {
        case Code::kNotFound: return "not_found_error";
        case Code::kPermission: return "permission_error";
        case Code::kExhausted: return "rate_limit_error";
        case Code::kInvalidInput:
        case Code::kTooLarge:
        case Code::kUnsupported: return "invalid_request_error";
        default: return "server_error";
    }
}

json::object error_object(const Error& error, std::string_view named = {}) {
    json::value code;
    if (error.code() == Code::kNotFound) code = "model_not_found";
    if (is_overflow(error)) code = "context_length_exceeded";
    if (!named.empty()) code = named;
    return {{"error", json::object{{"message", to_valid_utf8(error.message())},
                                   {"type", error_type(error.code())},
                                   {"param", nullptr},
                                   {"code", std::move(code)}}}};
}

json::object message_object(const chat::Message& message) {
    json::object out{{"role", "assistant"}};
    if (message.text.empty() && !message.tool_calls.empty())
        out["content"] = nullptr;
    else
        out["content"] = to_valid_utf8(message.text);
    if (!message.reasoning.empty()) out["reasoning_content"] = to_valid_utf8(message.reasoning);
    if (message.tool_calls.empty()) return out;
    json::array calls;
    for (const auto& call : message.tool_calls)
        calls.push_back(
            json::object{{"id", call.id},
                         {"type", "function"},
                         {"function", json::object{{"name", call.name}, {"arguments", call.arguments}}}});
    out["tool_calls"] = std::move(calls);
    return out;
}

// "prompt_n", "prompt_ms", "prompt_per_token_ms", "prompt_per_second": the speeds only where there is something to divide by.
void add_speed(json::object& timings, const std::string& what, std::int64_t tokens, double seconds) {
    timings[what + "_n"] = tokens;
    timings[what + "_ms"] = 1000 * seconds;
    if (tokens > 0) timings[what + "_per_token_ms"] = 1000 * seconds / static_cast<double>(tokens);
    if (seconds > 0) timings[what + "_per_second"] = static_cast<double>(tokens) / seconds;
}

class OpenAiEncoder final : public ReplyEncoder {
public:
    explicit OpenAiEncoder(const ChatCall& call) : model_(call.model), include_usage_(call.include_usage) {}

    [[nodiscard]] std::string stream_type() const override { return "text/event-stream"; }

    std::string payload(std::string_view chunk) override {
        const std::string_view text = trim(chunk);
        // The end mark follows our own count.
        if (text == "[DONE]" || text.find("\"choices\":[]") != std::string_view::npos) return {};
        if (may_pass(text)) return sse(text);
        auto value = parse_json(text);
        if (!value || !value->is_object()) return sse(text);
        if (id_member_.empty()) take_name(*value);
        if (may_pass(text)) return sse(text);
        value->get_object()["id"] = id_;
        value->get_object()["created"] = created_;
        return sse(json::serialize(*value));
    }

    std::string end(const chat::Reply& reply, const Timing& /*timing*/) override {
        return openai_stream_end(frame("chat.completion.chunk"), reply.usage, include_usage_);
    }

    std::string broken(const Error& error) override { return sse(json::serialize(error_object(error))); }

    net::WholeResponse whole(const chat::Reply& reply, const Timing& /*timing*/) override {
        json::object body = frame("chat.completion");
        json::array choices;
        for (std::size_t i = 0; i < reply.answers.size(); ++i)
            choices.push_back(
                json::object{{"index", i},
                             {"message", message_object(reply.answers[i].message)},
                             {"logprobs", nullptr},
                             {"finish_reason", chat::stop_reason_name(reply.answers[i].reason)}});
        body["choices"] = std::move(choices);
        add_openai_counts(body, reply.usage);
        return json_response(json::serialize(body));
    }

    net::WholeResponse refusal(const Error& error) override { return openai_error_response(error); }

private:
    [[nodiscard]] json::object frame(const char* object) const {
        return {{"id", id_}, {"object", object}, {"created", created_}, {"model", model_}};
    }

    // The chunks of a stream, also those of several answers, have one id and time: those of the engine's first one.
    void take_name(const json::value& chunk) {
        if (const auto id = string_member(chunk, "id"); id && !id->empty()) id_ = *id;
        created_ = integer_member(chunk, "created").value_or(created_);
        id_member_ = "\"id\":" + json_quote(id_);
    }

    [[nodiscard]] bool may_pass(std::string_view chunk) const {
        const bool one_line = chunk.find('\n') == std::string_view::npos;
        return one_line && !id_member_.empty() && chunk.find(id_member_) != std::string_view::npos;
    }

    std::string id_ = "chatcmpl-" + random_hex(24);
    std::int64_t created_ = unix_ms_now() / 1000;
    std::string id_member_;  // as the chunks that may pass have it; empty until the first one came
    std::string model_;
    bool include_usage_;
};

}  // namespace

void add_openai_counts(json::object& body, const chat::Usage& usage) {
    const auto prompt = usage.prompt_tokens.value;
    const auto cached = usage.cached_tokens.value;
    const auto generated = usage.generated_tokens.value;
    body["usage"] = json::object{{"prompt_tokens", prompt},
                                 {"completion_tokens", generated},
                                 {"total_tokens", prompt + generated},
                                 {"prompt_tokens_details", json::object{{"cached_tokens", cached}}}};
    if (usage.prompt_seconds <= 0 && usage.decode_seconds <= 0) return;
    json::object timings{{"cache_n", cached}};
    add_speed(timings, "prompt", prompt - cached, usage.prompt_seconds);
    add_speed(timings, "predicted", generated, usage.decode_seconds);
    if (usage.drafted_tokens.value > 0) {
        timings["draft_n"] = usage.drafted_tokens.value;
        timings["draft_n_accepted"] = usage.accepted_tokens.value;
    }
    body["timings"] = std::move(timings);
}

std::string openai_stream_end(json::object chunk, const chat::Usage& usage, bool include_usage) {
    std::string out;
    if (include_usage) {
        chunk["choices"] = json::array();
        add_openai_counts(chunk, usage);
        out = sse(json::serialize(chunk));
    }
    return out + sse("[DONE]");
}

Result<ChatCall> openai_chat_call(std::string_view text) {
    json::value body = TRY(parse_body(text));
    ChatCall call;
    call.model = string_member(body, "model").value_or("");
    if (call.model.empty()) return Error(Code::kInvalidInput, "model is missing: name one of GET /v1/models");
    call.stream = bool_member(body, "stream").value_or(false);
    const auto* options = member(body, "stream_options");
    call.include_usage = options != nullptr && bool_member(*options, "include_usage").value_or(false);
    return finish_chat_call(std::move(body.as_object()), std::move(call));
}

std::unique_ptr<ReplyEncoder> openai_chat_encoder(const ChatCall& call) {
    return std::make_unique<OpenAiEncoder>(call);
}

net::WholeResponse openai_error_response(const Error& error, std::string_view code) {
    return json_response(json::serialize(error_object(error, code)), http_status(error.code()));
}

}  // namespace hearth::serve
