#include <cstdint>
#include <fmt/format.h>
#include <map>
#include <string>
#include <utility>

#include <boost/json.hpp>

#include "chat/anthropic_messages.h"
#include "chat/bedrock_converse.h"
#include "chat/cloud_error.h"
#include "chat/detail/answer_builder.h"
#include "core/json.h"
#include "core/text.h"

namespace hearth::chat {
namespace {

constexpr std::size_t kMaxBlocks = 512;

Error wrong(std::string_view why, std::string_view payload) {
    return detail::not_the_protocol("the ConverseStream API", why, payload);
}

// {"throttlingException": {"message": "…"}} as cloud_error() knows errors.
Error exception_error(std::string_view name, const json::value& said) {
    json::object object{{"type", name}};
    for (const char* field : {"message", "Message", "originalMessage"})
        if (const auto text = string_member(said, field); text && !object.contains("message"))
            object["message"] = *text;
    return cloud_error(object, 0);
}

class BedrockDecoder final : public StreamDecoder {
public:
    Status feed(std::string_view payload, const EventSink& sink) override {
        if (answer_.stopped()) return {};
        const auto parsed = parse_json(payload);
        if (!parsed) return wrong(parsed.error().message(), payload);
        if (!parsed->is_object() || parsed->get_object().empty()) return wrong("it is no event", payload);
        const auto& first = *parsed->get_object().begin();
        const std::string_view type = first.key();
        const json::value& event = first.value();
        if (type == "contentBlockDelta") return take_delta(event, payload, sink);
        if (type == "contentBlockStart") return begin_block(event, payload, sink);
        if (type == "contentBlockStop") return end_block(event, sink);
        if (type == "messageStop") return take_end(event, sink);
        if (type == "metadata") {
            take_usage(event);
            return {};
        }
        if (type == "error") return cloud_error(event, 0);
        if (type.ends_with("Exception")) return exception_error(type, event);
        // "messageStart", and what later versions add.
        return {};
    }

    [[nodiscard]] bool stopped() const override { return answer_.stopped(); }

    [[nodiscard]] bool done() const override { return answer_.finished(); }

    [[nodiscard]] Reply take() override { return answer_.take(); }

private:
    enum class Kind : std::uint8_t { kUnknown, kText, kThought, kCall, kForm };

    struct Block {
        Kind kind = Kind::kUnknown;
        std::size_t call = 0;
    };

    // Null where it has no number, or there are too many. Blocks of text begin with their first piece.
    Block* block_of(const json::value& event) {
        const auto index = integer_member(event, "contentBlockIndex").value_or(-1);
        if (index < 0) return nullptr;
        if (const auto found = blocks_.find(index); found != blocks_.end()) return &found->second;
        return blocks_.size() < kMaxBlocks ? &blocks_[index] : nullptr;
    }

    Status begin_block(const json::value& event, std::string_view payload, const EventSink& sink) {
        auto* block = block_of(event);
        if (block == nullptr || block->kind != Kind::kUnknown)
            return wrong("its blocks have no numbers of their own", payload);
        const auto* start = member(event, "start");
        const auto* use = start != nullptr ? member(*start, "toolUse") : nullptr;
        if (use == nullptr) return {};
        const auto name = string_member(*use, "name").value_or("");
        if (name.empty()) return wrong("a tool call has no name", payload);
        if (name == kAnswerTool) {
            block->kind = Kind::kForm;
            return {};
        }
        block->kind = Kind::kCall;
        block->call = TRY(answer_.begin_call(string_member(*use, "toolUseId").value_or(""), name, sink));
        return {};
    }

    Status take_delta(const json::value& event, std::string_view payload, const EventSink& sink) {
        auto* block = block_of(event);
        const auto* delta = member(event, "delta");
        if (block == nullptr || delta == nullptr) return wrong("a piece belongs to no block", payload);
        if (const auto text = string_member(*delta, "text")) {
            if (block->kind == Kind::kUnknown) block->kind = Kind::kText;
            return block->kind == Kind::kText ? answer_.text(*text, sink) : Status();
        }
        if (const auto* thought = member(*delta, "reasoningContent"))
            return take_thought(*block, *thought, sink);
        const auto* use = member(*delta, "toolUse");
        const auto input = use != nullptr ? string_member(*use, "input").value_or("") : std::string_view();
        if (block->kind == Kind::kForm) return answer_.text(input, sink);
        if (block->kind == Kind::kCall) return answer_.arguments(block->call, input, sink);
        return {};
    }

    Status take_thought(Block& block, const json::value& thought, const EventSink& sink) {
        if (block.kind == Kind::kUnknown) {
            block.kind = Kind::kThought;
            answer_.begin_thought();
        }
        if (block.kind != Kind::kThought) return {};
        if (const auto text = string_member(thought, "text")) return answer_.thought(*text, sink);
        if (const auto signature = string_member(thought, "signature"))
            return answer_.sign_thought(*signature);
        if (const auto bytes = string_member(thought, "redactedContent"))
            return answer_.redacted_thought(*bytes);
        return {};
    }

    Status end_block(const json::value& event, const EventSink& sink) {
        const auto found = blocks_.find(integer_member(event, "contentBlockIndex").value_or(-1));
        if (found == blocks_.end() || found->second.kind != Kind::kCall) return {};
        if (!answer_.call(found->second.call).arguments.empty()) return {};
        return answer_.arguments(found->second.call, "{}", sink);
    }

    Status take_end(const json::value& event, const EventSink& sink) {
        const auto reason = string_member(event, "stopReason").value_or("");
        // What the model got wrong by itself may go well the next time.
        if (reason.starts_with("malformed_"))
            return Error(Code::kUnavailable,
                         fmt::format("the provider ended the answer ({})", printable(reason)));
        if (reason == "guardrail_intervened" || reason == "content_filtered" || reason == "refusal")
            return Error(Code::kInvalidInput,
                         fmt::format("the provider ended the answer ({})", printable(reason)));
        const bool cut = reason == "max_tokens" || reason == "model_context_window_exceeded";
        const bool calls = reason == "tool_use" && !answer_.message().tool_calls.empty();
        answer_.finish(cut ? StopReason::kLength : calls ? StopReason::kToolCalls : StopReason::kStop, sink);
        return {};
    }

    // Comes behind the end. What was read from a cache, or written to it, is not among the input.
    void take_usage(const json::value& event) {
        const auto* said = member(event, "usage");
        if (said == nullptr) return;
        const auto count = [&](const char* name) {
            const auto found = integer_member(*said, name);
            return Tokens{found && *found > 0 ? *found : 0};
        };
        auto& usage = answer_.usage();
        usage.cached_tokens = count("cacheReadInputTokens");
        usage.written_tokens = count("cacheWriteInputTokens");
        usage.prompt_tokens = count("inputTokens") + usage.cached_tokens + usage.written_tokens;
        usage.generated_tokens = count("outputTokens");
    }

    detail::AnswerBuilder answer_;
    std::map<std::int64_t, Block> blocks_;
};

}  // namespace

std::unique_ptr<StreamDecoder> make_bedrock_decoder() { return std::make_unique<BedrockDecoder>(); }

}  // namespace hearth::chat
