#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "serve/chat_call.h"
#include "serve/reply_encoder.h"

namespace hearth::serve {

// Text that goes on from a prompt as it is, without a chat template.

// OpenAI's POST /v1/completions.
struct TextCall {
    ChatCall call;
    std::vector<std::string> echo;  // with "echo": what stands before the answers, prompt by prompt
};

// A prompt is a text, a list of tokens, or a list of either; each prompt gets `n` answers. Without max_tokens an answer has 16, as
// OpenAI has it.
// Errors: kInvalidInput for a prompt that is none of these, for more than 128 answers, and for best_of and suffix where they cannot be.
// Pure.
[[nodiscard]] Result<TextCall> openai_text_call(std::string_view body);

[[nodiscard]] std::unique_ptr<ReplyEncoder> openai_text_encoder(const TextCall& text);

// A body with a "prompt" made fit for an engine: the answer is streamed with its counts. Pure.
[[nodiscard]] ChatCall finish_text_call(json::object body, ChatCall call);

}  // namespace hearth::serve
