#include <algorithm>

#include <boost/json.hpp>

#include "core/ids.h"
#include "core/json.h"
#include "core/text.h"
#include "serve/anthropic_messages.h"

namespace hearth::serve {
namespace {

const char* error_type(Code code) {
    switch (code) {
        case Code::kNotFound: return "not_found_error";
        case Code::kPermission: return "permission_error";
        case Code::kExhausted: return "rate_limit_error";
        case Code::kTooLarge: return "request_too_large";
        case Code::kUnavailable: return "overloaded_error";
        case Code::kTimeout: return "timeout_error";
        case Code::kInvalidInput:
        case Code::kUnsupported: return "invalid_request_error";
        default: return "api_error";
    }
}

json::object error_object(const Error& error) {
    std::string message = to_valid_utf8(error.message());
    if (is_overflow(error))
        message.insert(0, "prompt is too long: ");  // by which its clients know that they must compact
    return {{"type", "error"},
            {"error", json::object{{"type", error_type(error.code())}, {"message", std::move(message)}}}};
}

// "stop_reason" and "stop_sequence".
void put_stop(json::object& object, const chat::Answer& answer, const std::vector<std::string>& sequences) {
    const bool by_sequence = answer.reason == chat::StopReason::kStop && answer.message.tool_calls.empty() &&
                             std::ranges::find(sequences, answer.stop_sequence) != sequences.end();
    const char* reason = "end_turn";
    if (!answer.message.tool_calls.empty())
        reason = "tool_use";
    else if (answer.reason == chat::StopReason::kLength)
        reason = "max_tokens";
    else if (by_sequence)
        reason = "stop_sequence";
    object["stop_reason"] = reason;
    object["stop_sequence"] = nullptr;
    if (by_sequence) object["stop_sequence"] = answer.stop_sequence;
}

json::object usage_object(const chat::Usage& usage) {
    return {{"input_tokens", usage.prompt_tokens.value - usage.cached_tokens.value},
            {"cache_read_input_tokens", usage.cached_tokens.value},
            {"cache_creation_input_tokens", 0},
            {"output_tokens", usage.generated_tokens.value}};
}

json::value input_of(const std::string& arguments) {
    auto value = parse_json(arguments);
    if (value && value->is_object()) return *std::move(value);
    return json::object{{"malformed", to_valid_utf8(arguments)}};
}

std::string named(const json::object& object) {
    return sse(json::serialize(object), std::string_view(object.at("type").as_string()));
}

class AnthropicEncoder final : public ReplyEncoder {
public:
    explicit AnthropicEncoder(const ChatCall& call)
        : model_(call.model), stop_sequences_(call.stop_sequences) {}

    [[nodiscard]] std::string stream_type() const override { return "text/event-stream"; }

    std::string waiting(std::string_view /*words*/) override { return named({{"type", "ping"}}); }

    std::string begin() override {
        json::object message = frame();
        message["content"] = json::array();
        message["stop_reason"] = nullptr;
        message["stop_sequence"] = nullptr;
        message["usage"] = usage_object({});  // the counts follow in message_delta
        return named({{"type", "message_start"}, {"message", std::move(message)}});
    }

    std::string event(const chat::Event& event) override {
        if (const auto* text = std::get_if<chat::TextDelta>(&event)) {
            std::string out = open(Block::kText, {{"type", "text"}, {"text", ""}});
            return out += delta({{"type", "text_delta"}, {"text", to_valid_utf8(text->text)}});
        }
        if (const auto* thought = std::get_if<chat::ReasoningDelta>(&event)) {
            std::string out =
                open(Block::kThinking, {{"type", "thinking"}, {"thinking", ""}, {"signature", ""}});
            return out += delta({{"type", "thinking_delta"}, {"thinking", to_valid_utf8(thought->text)}});
        }
        if (const auto* call = std::get_if<chat::ToolCallDelta>(&event)) return call_piece(*call);
        return {};
    }

    std::string end(const chat::Reply& reply, const Timing& /*timing*/) override {
        std::string out = close();
        json::object stop;
        put_stop(stop, reply.answers.front(), stop_sequences_);
        out += named(
            {{"type", "message_delta"}, {"delta", std::move(stop)}, {"usage", usage_object(reply.usage)}});
        return out + named({{"type", "message_stop"}});
    }

    std::string broken(const Error& error) override { return named(error_object(error)); }

    net::WholeResponse whole(const chat::Reply& reply, const Timing& /*timing*/) override {
        const auto& answer = reply.answers.front();
        json::array content;
        if (!answer.message.reasoning.empty())
            content.push_back(json::object{{"type", "thinking"},
                                           {"thinking", to_valid_utf8(answer.message.reasoning)},
                                           {"signature", ""}});
        if (!answer.message.text.empty())
            content.push_back(json::object{{"type", "text"}, {"text", to_valid_utf8(answer.message.text)}});
        for (const auto& call : answer.message.tool_calls)
            content.push_back(json::object{{"type", "tool_use"},
                                           {"id", call.id},
                                           {"name", call.name},
                                           {"input", input_of(call.arguments)}});
        json::object message = frame();
        message["content"] = std::move(content);
        put_stop(message, answer, stop_sequences_);
        message["usage"] = usage_object(reply.usage);
        return json_response(json::serialize(message));
    }

    net::WholeResponse refusal(const Error& error) override { return anthropic_error_response(error); }

private:
    enum class Block { kNone, kText, kThinking, kCall };

    [[nodiscard]] json::object frame() const {
        return {{"id", id_}, {"type", "message"}, {"role", "assistant"}, {"model", model_}};
    }

    std::string open(Block block, json::object content) {
        if (block_ == block) return {};
        std::string out = close();
        block_ = block;
        ++index_;
        return out + named({{"type", "content_block_start"},
                            {"index", index_},
                            {"content_block", std::move(content)}});
    }

    std::string close() {
        if (block_ == Block::kNone) return {};
        std::string out;
        if (block_ == Block::kThinking) out = delta({{"type", "signature_delta"}, {"signature", ""}});
        block_ = Block::kNone;
        return out + named({{"type", "content_block_stop"}, {"index", index_}});
    }

    [[nodiscard]] std::string delta(json::object content) const {
        return named({{"type", "content_block_delta"}, {"index", index_}, {"delta", std::move(content)}});
    }

    std::string call_piece(const chat::ToolCallDelta& call) {
        std::string out;
        if (block_ != Block::kCall || call.index != call_) {
            out = close();
            call_ = call.index;
            out +=
                open(Block::kCall,
                     {{"type", "tool_use"}, {"id", call.id}, {"name", call.name}, {"input", json::object()}});
        }
        if (!call.arguments.empty())
            out += delta({{"type", "input_json_delta"}, {"partial_json", to_valid_utf8(call.arguments)}});
        return out;
    }

    std::string id_ = "msg_" + random_hex(24);
    std::string model_;
    std::vector<std::string> stop_sequences_;
    Block block_ = Block::kNone;
    int index_ = -1;
    int call_ = -1;
};

}  // namespace

std::unique_ptr<ReplyEncoder> anthropic_encoder(const ChatCall& call) {
    return std::make_unique<AnthropicEncoder>(call);
}

net::WholeResponse anthropic_error_response(const Error& error) {
    const int status = error.code() == Code::kUnavailable ? 529 : http_status(error.code());
    return json_response(json::serialize(error_object(error)), status);
}

}  // namespace hearth::serve
