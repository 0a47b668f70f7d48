#include <cstdint>
#include <fmt/format.h>
#include <utility>
#include <vector>

#include <boost/json.hpp>

#include "chat/anthropic_messages.h"
#include "chat/cloud_error.h"
#include "chat/detail/answer_builder.h"
#include "core/json.h"

namespace hearth::chat {
namespace {

constexpr std::size_t kMaxBlocks = 512;

Error wrong(std::string_view why, std::string_view payload) {
    return detail::not_the_protocol("the Messages API", why, payload);
}

class AnthropicDecoder final : public StreamDecoder {
public:
    Status feed(std::string_view payload, const EventSink& sink) override {
        if (answer_.stopped()) return {};
        const auto parsed = parse_json(payload);
        if (!parsed) return wrong(parsed.error().message(), payload);
        const auto& event = *parsed;
        const auto type = string_member(event, "type").value_or("");
        if (type == "content_block_delta") return take_delta(event, payload, sink);
        if (type == "content_block_start") return begin_block(event, payload, sink);
        if (type == "content_block_stop") return end_block(event, sink);
        if (type == "message_delta") return take_end(event, sink);
        if (type == "message_start") {
            if (const auto* message = member(event, "message")) take_usage(*message);
            return {};
        }
        if (type == "message_stop") {
            done_ = answer_.finished();
            return {};
        }
        if (type == "error") {
            const auto* error = member(event, "error");
            return cloud_error(error != nullptr ? *error : event, 0);
        }
        // "ping", and what later versions add, which clients are asked to pass over.
        if (type.empty()) return wrong("an event has no type", payload);
        return {};
    }

    [[nodiscard]] bool stopped() const override { return answer_.stopped(); }

    [[nodiscard]] bool done() const override { return done_; }

    [[nodiscard]] Reply take() override { return answer_.take(); }

private:
    enum class Kind : std::uint8_t { kText, kThought, kCall, kForm, kOther };

    struct Block {
        Kind kind = Kind::kOther;
        std::size_t call = 0;
        std::string input;  // that a call began with, as JSON; its pieces take its place
    };

    Status begin_block(const json::value& event, std::string_view payload, const EventSink& sink) {
        const auto index = integer_member(event, "index").value_or(-1);
        const auto* content = member(event, "content_block");
        if (content == nullptr || std::cmp_not_equal(index, blocks_.size()) || blocks_.size() >= kMaxBlocks)
            return wrong("its blocks are not counted from 0", payload);
        auto& block = blocks_.emplace_back();
        const auto type = string_member(*content, "type").value_or("");
        if (type == "text") {
            block.kind = Kind::kText;
            return answer_.text(string_member(*content, "text").value_or(""), sink);
        }
        if (type == "thinking") {
            block.kind = Kind::kThought;
            answer_.begin_thought();
            TRY(answer_.thought(string_member(*content, "thinking").value_or(""), sink));
            return answer_.sign_thought(string_member(*content, "signature").value_or(""));
        }
        if (type == "redacted_thinking")
            return answer_.redacted_thought(string_member(*content, "data").value_or(""));
        if (type != "tool_use") return {};
        const auto name = string_member(*content, "name").value_or("");
        if (name.empty()) return wrong("a tool call has no name", payload);
        if (name == kAnswerTool) {
            block.kind = Kind::kForm;
            return {};
        }
        block.kind = Kind::kCall;
        if (const auto* input = member(*content, "input"); input != nullptr && input->is_object())
            block.input = json::serialize(*input);
        block.call = TRY(answer_.begin_call(string_member(*content, "id").value_or(""), name, sink));
        return {};
    }

    Status take_delta(const json::value& event, std::string_view payload, const EventSink& sink) {
        const auto index = integer_member(event, "index").value_or(-1);
        const auto* delta = member(event, "delta");
        if (delta == nullptr || index < 0 || std::cmp_greater_equal(index, blocks_.size()))
            return wrong("a piece belongs to no block", payload);
        const auto& block = blocks_[static_cast<std::size_t>(index)];
        const auto type = string_member(*delta, "type").value_or("");
        if (type == "text_delta" && block.kind == Kind::kText)
            return answer_.text(string_member(*delta, "text").value_or(""), sink);
        if (type == "thinking_delta" && block.kind == Kind::kThought)
            return answer_.thought(string_member(*delta, "thinking").value_or(""), sink);
        if (type == "signature_delta" && block.kind == Kind::kThought)
            return answer_.sign_thought(string_member(*delta, "signature").value_or(""));
        if (type == "input_json_delta" && block.kind == Kind::kForm)
            return answer_.text(string_member(*delta, "partial_json").value_or(""), sink);
        if (type == "input_json_delta" && block.kind == Kind::kCall)
            return answer_.arguments(block.call, string_member(*delta, "partial_json").value_or(""), sink);
        return {};
    }

    Status end_block(const json::value& event, const EventSink& sink) {
        const auto index = integer_member(event, "index").value_or(-1);
        if (index < 0 || std::cmp_greater_equal(index, blocks_.size())) return {};
        const auto& block = blocks_[static_cast<std::size_t>(index)];
        if (block.kind != Kind::kCall || !answer_.call(block.call).arguments.empty()) return {};
        return answer_.arguments(block.call, block.input.empty() ? "{}" : block.input, sink);
    }

    Status take_end(const json::value& event, const EventSink& sink) {
        take_usage(event);
        const auto* delta = member(event, "delta");
        const auto reason =
            delta != nullptr ? string_member(*delta, "stop_reason").value_or("") : std::string_view();
        if (reason.empty()) return {};
        if (reason == "refusal")
            return Error(Code::kInvalidInput, "the model declined to answer this (stop reason \"refusal\")");
        if (const auto text = string_member(*delta, "stop_sequence")) answer_.stop_sequence(*text);
        const bool cut = reason == "max_tokens" || reason == "model_context_window_exceeded";
        const bool calls = reason == "tool_use" && !answer_.message().tool_calls.empty();
        answer_.finish(cut ? StopReason::kLength : calls ? StopReason::kToolCalls : StopReason::kStop, sink);
        return {};
    }

    // The counts grow, and are said again with the end; what is not said again stays.
    void take_usage(const json::value& holder) {
        const auto* said = member(holder, "usage");
        if (said == nullptr) return;
        const auto take = [&](const char* name, std::int64_t& into) {
            if (const auto count = integer_member(*said, name); count && *count >= 0) into = *count;
        };
        take("input_tokens", input_);
        take("cache_read_input_tokens", cached_);
        take("cache_creation_input_tokens", written_);
        take("output_tokens", output_);
        auto& usage = answer_.usage();
        usage.prompt_tokens = Tokens{input_} + Tokens{cached_} + Tokens{written_};
        usage.cached_tokens = {cached_};
        usage.written_tokens = {written_};
        usage.generated_tokens = {output_};
    }

    detail::AnswerBuilder answer_;
    std::vector<Block> blocks_;
    std::int64_t input_ = 0;
    std::int64_t cached_ = 0;
    std::int64_t written_ = 0;
    std::int64_t output_ = 0;
    bool done_ = false;
};

}  // namespace

std::unique_ptr<StreamDecoder> make_anthropic_decoder() { return std::make_unique<AnthropicDecoder>(); }

}  // namespace hearth::chat
