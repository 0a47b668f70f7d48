#include <algorithm>
#include <fmt/format.h>

#include <boost/json.hpp>

#include "core/ids.h"
#include "core/json.h"
#include "core/text.h"
#include "serve/openai_chat.h"
#include "serve/openai_responses.h"

namespace hearth::serve {
namespace {

const char* error_code(const Error& error) {
    if (is_overflow(error)) return "context_length_exceeded";
    switch (error.code()) {
        case Code::kExhausted: return "rate_limit_exceeded";
        case Code::kInvalidInput:
        case Code::kTooLarge:
        case Code::kUnsupported: return "invalid_prompt";
        default: return "server_error";
    }
}

// The engine does not count what was thought apart: its share of the bytes is taken for its share of the tokens.
std::int64_t reasoning_tokens(const chat::Reply& reply) {
    const auto& message = reply.answers.front().message;
    std::size_t all = message.reasoning.size() + message.text.size();
    for (const auto& call : message.tool_calls)
        all += call.name.size() + call.arguments.size();
    if (all == 0) return 0;
    return reply.usage.generated_tokens.value * static_cast<std::int64_t>(message.reasoning.size()) /
           static_cast<std::int64_t>(all);
}

json::object usage_object(const chat::Reply& reply) {
    const chat::Usage& usage = reply.usage;
    return {{"input_tokens", usage.prompt_tokens.value},
            {"input_tokens_details", json::object{{"cached_tokens", usage.cached_tokens.value}}},
            {"output_tokens", usage.generated_tokens.value},
            {"output_tokens_details", json::object{{"reasoning_tokens", reasoning_tokens(reply)}}},
            {"total_tokens", usage.prompt_tokens.value + usage.generated_tokens.value}};
}

// A custom tool's text out of its function's arguments; as the model wrote it when that was cut off.
std::string custom_input(const std::string& arguments) {
    const auto value = parse_json(arguments);
    const auto input = value ? string_member(*value, "input") : std::nullopt;
    return input ? std::string(*input) : arguments;
}

class Encoder final : public ResponsesEncoder {
public:
    explicit Encoder(const ResponsesCall& call)
        : id_(call.id), model_(call.chat.model), echo_(call.echo), tools_(call.tools) {}

    [[nodiscard]] std::string stream_type() const override { return "text/event-stream"; }

    // It is asked for when the first events are there already, which have the numbers behind.
    std::string begin() override {
        json::object response = response_object("in_progress");
        response["output"] = json::array();
        std::string out;
        for (std::int64_t number = 0; number < kFirstNumber; ++number) {
            const auto* type = number == 0 ? "response.created" : "response.in_progress";
            out += sse(json::serialize(
                           json::object{{"type", type}, {"sequence_number", number}, {"response", response}}),
                       type);
        }
        return out;
    }

    std::string event(const chat::Event& event) override {
        if (const auto* text = std::get_if<chat::TextDelta>(&event)) return message_piece(text->text);
        if (const auto* thought = std::get_if<chat::ReasoningDelta>(&event))
            return reasoning_piece(thought->text);
        if (const auto* call = std::get_if<chat::ToolCallDelta>(&event)) return call_piece(*call);
        return {};
    }

    std::string response(const chat::Reply& reply) override {
        conclude(reply);
        return json::serialize(final_);
    }

    std::string end(const chat::Reply& reply, const Timing& /*timing*/) override {
        conclude(reply);
        const std::string type =
            fmt::format("response.{}", std::string_view(final_.at("status").as_string()));
        return last_events_ + named(type, {{"response", final_}});
    }

    std::string broken(const Error& error) override {
        std::string out = close("incomplete");
        json::object response = response_object("failed");
        response["error"] =
            json::object{{"code", error_code(error)}, {"message", to_valid_utf8(error.message())}};
        return out + named("response.failed", {{"response", std::move(response)}});
    }

    net::WholeResponse whole(const chat::Reply& reply, const Timing& /*timing*/) override {
        conclude(reply);
        return json_response(json::serialize(final_));
    }

    net::WholeResponse refusal(const Error& error) override { return openai_error_response(error); }

private:
    static constexpr std::int64_t kFirstNumber = 2;  // behind the two of begin()

    enum class Kind { kNone, kReasoning, kMessage, kCall };

    [[nodiscard]] json::object response_object(std::string_view status) const {
        json::object response{{"id", id_},        {"object", "response"}, {"created_at", created_},
                              {"status", status}, {"error", nullptr},     {"incomplete_details", nullptr},
                              {"model", model_},  {"output", output_},    {"usage", nullptr}};
        if (const auto echo = parse_json(echo_); echo && echo->is_object())
            for (const auto& each : echo->get_object())
                response[each.key()] = each.value();
        return response;
    }

    std::string named(std::string_view type, json::object content) {
        json::object event{{"type", type}, {"sequence_number", sequence_++}};
        for (auto& each : content)
            event[each.key()] = std::move(each.value());
        return sse(json::serialize(event), type);
    }

    // An event about the item that is open.
    std::string of_item(std::string_view type, json::object content) {
        json::object event{{"item_id", item_id_}, {"output_index", output_.size()}};
        for (auto& each : content)
            event[each.key()] = std::move(each.value());
        return named(type, std::move(event));
    }

    std::string of_part(std::string_view type, json::object content) {
        content["content_index"] = 0;
        return of_item(type, std::move(content));
    }

    std::string message_piece(const std::string& text) {
        std::string out;
        if (kind_ != Kind::kMessage) {
            out = open(Kind::kMessage, "msg");
            out += of_part("response.content_part.added", {{"part", part()}});
        }
        text_ += text;
        if (text.empty()) return out;
        return out + of_part("response.output_text.delta",
                             {{"delta", to_valid_utf8(text)}, {"logprobs", json::array()}});
    }

    std::string reasoning_piece(const std::string& text) {
        std::string out;
        if (kind_ != Kind::kReasoning) {
            out = open(Kind::kReasoning, "rs");
            out += of_part("response.content_part.added", {{"part", part()}});
        }
        text_ += text;
        return out + of_part("response.reasoning_text.delta", {{"delta", to_valid_utf8(text)}});
    }

    std::string call_piece(const chat::ToolCallDelta& delta) {
        std::string out;
        if (kind_ != Kind::kCall || delta.index != call_index_) {
            out = close("completed");
            call_index_ = delta.index;
            call_id_ = delta.id.empty() ? "call_" + random_hex(24) : delta.id;
            const auto known = tools_.find(delta.name);
            tool_ = known == tools_.end() ? ClientTool{.name = delta.name, .space = {}} : known->second;
            out += open(Kind::kCall, tool_.custom ? "ctc" : "fc");
        }
        text_ += delta.arguments;
        // A custom tool's text is known when its JSON is whole.
        if (tool_.custom || delta.arguments.empty()) return out;
        return out +
               of_item("response.function_call_arguments.delta", {{"delta", to_valid_utf8(delta.arguments)}});
    }

    // The number of an item is part of its id, and so is its response: see response_of_item().
    std::string open(Kind kind, std::string_view prefix) {
        std::string out = close("completed");
        kind_ = kind;
        item_id_ =
            fmt::format("{}_{}_{}", prefix, std::string_view(id_).substr(id_.find('_') + 1), output_.size());
        json::object item = item_object("in_progress");
        if (kind != Kind::kCall) item["content"] = json::array();
        return out + named("response.output_item.added",
                           {{"output_index", output_.size()}, {"item", std::move(item)}});
    }

    std::string close(std::string_view status) {
        if (kind_ == Kind::kNone) return {};
        std::string out;
        const std::string text = to_valid_utf8(text_);
        if (kind_ == Kind::kMessage)
            out = of_part("response.output_text.done", {{"text", text}, {"logprobs", json::array()}});
        if (kind_ == Kind::kReasoning) out = of_part("response.reasoning_text.done", {{"text", text}});
        if (kind_ == Kind::kCall && tool_.custom) {
            const std::string input = custom_input(text);
            out = of_item("response.custom_tool_call_input.delta", {{"delta", input}});
            out += of_item("response.custom_tool_call_input.done", {{"input", input}});
        } else if (kind_ == Kind::kCall) {
            out =
                of_item("response.function_call_arguments.done", {{"name", tool_.name}, {"arguments", text}});
        } else {
            out += of_part("response.content_part.done", {{"part", part()}});
        }
        json::object item = item_object(status);
        out += named("response.output_item.done", {{"output_index", output_.size()}, {"item", item}});
        output_.push_back(std::move(item));
        kind_ = Kind::kNone;
        text_.clear();
        return out;
    }

    [[nodiscard]] json::object part() const {
        const std::string text = to_valid_utf8(text_);
        if (kind_ == Kind::kReasoning) return {{"type", "reasoning_text"}, {"text", text}};
        return {{"type", "output_text"},
                {"text", text},
                {"annotations", json::array()},
                {"logprobs", json::array()}};
    }

    // The open item as it stands.
    [[nodiscard]] json::object item_object(std::string_view status) const {
        json::object item{{"id", item_id_}, {"status", status}};
        if (kind_ == Kind::kMessage) {
            item["type"] = "message";
            item["role"] = "assistant";
            item["content"] = json::array{part()};
        } else if (kind_ == Kind::kReasoning) {
            item["type"] = "reasoning";
            item["summary"] = json::array();
            item["content"] = json::array{part()};
        } else {
            item["type"] = tool_.custom ? "custom_tool_call" : "function_call";
            item["call_id"] = call_id_;
            item["name"] = tool_.name;
            if (!tool_.space.empty()) item["namespace"] = tool_.space;
            const std::string text = to_valid_utf8(text_);
            item[tool_.custom ? "input" : "arguments"] =
                tool_.custom && !text.empty() ? custom_input(text) : text;
        }
        return item;
    }

    // Closes the last item and builds the finished response, once.
    void conclude(const chat::Reply& reply) {
        if (!final_.empty()) return;
        const auto& answer = reply.answers.front();
        if (output_.empty() && kind_ == Kind::kNone) take_whole(answer.message);
        const bool cut = answer.reason == chat::StopReason::kLength;
        last_events_ += close(cut ? "incomplete" : "completed");
        final_ = response_object(cut ? "incomplete" : "completed");
        if (cut) final_["incomplete_details"] = json::object{{"reason", "max_output_tokens"}};
        final_["usage"] = usage_object(reply);
    }

    // An answer that was not streamed, or had nothing to stream, by the same way.
    void take_whole(const chat::Message& message) {
        if (!message.reasoning.empty()) last_events_ += reasoning_piece(message.reasoning);
        if (!message.text.empty() || message.tool_calls.empty()) last_events_ += message_piece(message.text);
        for (std::size_t i = 0; i < message.tool_calls.size(); ++i) {
            const auto& call = message.tool_calls[i];
            last_events_ += call_piece({.candidate = 0,
                                        .index = static_cast<int>(i),
                                        .id = call.id,
                                        .name = call.name,
                                        .arguments = call.arguments});
        }
    }

    std::string id_;
    std::string model_;
    std::string echo_;
    std::map<std::string, ClientTool> tools_;
    std::int64_t created_ = unix_ms_now() / 1000;
    std::int64_t sequence_ = kFirstNumber;
    json::array output_;  // items that are closed
    Kind kind_ = Kind::kNone;
    std::string item_id_;
    std::string text_;  // of the open item: what was said, thought, or the arguments
    int call_index_ = -1;
    std::string call_id_;
    ClientTool tool_;
    std::string last_events_;
    json::object final_;
};

}  // namespace

std::unique_ptr<ResponsesEncoder> responses_encoder(const ResponsesCall& call) {
    return std::make_unique<Encoder>(call);
}

std::string response_of_item(std::string_view item) {
    const auto first = item.find('_');
    const auto last = item.rfind('_');
    if (first == std::string_view::npos || last == first) return {};
    return "resp_" + std::string(item.substr(first + 1, last - first - 1));
}

}  // namespace hearth::serve
