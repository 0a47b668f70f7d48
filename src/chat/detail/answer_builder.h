#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "chat/message.h"
#include "chat/provider.h"
#include "core/result.h"

namespace hearth::chat::detail {

// One answer, put together from its pieces within limits, and told as it grows. What decoders of streams with one answer have in common.
// Threads: one owner.
class AnswerBuilder {
public:
    // Errors of all: kTooLarge over 64 MiB in all; kCorrupt over 128 calls.
    [[nodiscard]] Status text(std::string_view piece, const EventSink& sink);

    // A new thought; pieces go to it until the next one begins.
    void begin_thought();
    [[nodiscard]] Status thought(std::string_view piece, const EventSink& sink);
    // Of the latest thought; pieces add up.
    [[nodiscard]] Status sign_thought(std::string_view piece);
    // One whose text the provider keeps to itself.
    [[nodiscard]] Status redacted_thought(std::string_view signature);

    // A new call; an empty id is drawn. Returns its number.
    [[nodiscard]] Result<std::size_t> begin_call(std::string_view id, std::string_view name,
                                                 const EventSink& sink);
    [[nodiscard]] Status arguments(std::size_t call, std::string_view piece, const EventSink& sink);

    [[nodiscard]] ToolCall& call(std::size_t number) { return message().tool_calls[number]; }

    // A call without arguments has the empty object.
    void end_calls();

    void finish(StopReason reason, const EventSink& sink);

    [[nodiscard]] Usage& usage() { return usage_; }

    [[nodiscard]] Message& message() { return answer_.message; }

    void stop_sequence(std::string_view text) { answer_.stop_sequence = text; }

    [[nodiscard]] bool stopped() const { return stopped_; }

    [[nodiscard]] bool finished() const { return finished_; }

    // As StreamDecoder::take().
    [[nodiscard]] Reply take();

private:
    void tell(const Event& event, const EventSink& sink);
    Status grow(std::size_t bytes);

    Answer answer_{.message = {.role = Role::kAssistant}, .stop_sequence = {}};
    Usage usage_;
    std::size_t bytes_ = 0;
    bool gap_ = false;  // before the next piece of thought, which begins another one
    bool stopped_ = false;
    bool finished_ = false;
};

// For bytes that are no event of a dialect: kCorrupt with their beginning.
[[nodiscard]] Error not_the_protocol(std::string_view what, std::string_view why, std::string_view payload);

}  // namespace hearth::chat::detail
