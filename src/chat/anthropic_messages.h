#pragma once
#include <memory>
#include <string>

#include "chat/cloud_endpoint.h"
#include "chat/message.h"
#include "chat/stream_decoder.h"

namespace hearth::chat {

// Anthropic's Messages API (version 2023-06-01).

// The body of a request. Breakpoints of the provider's cache stand behind the tools, behind the system prompt and at the end. Messages of
// one side that follow each other are one; texts without a letter are left out, which the API refuses.
//
// Thinking: a number (thinking_budget) is a budget on top of the answer's own limit, as far as the model's limit allows, with 1024 tokens left
// for the answer; a word of the model's map that is no number is an effort, with which the model decides how long it thinks.
// An answer in a form is a call of a tool that has the form as its arguments and has to be called; the decoder makes it the answer's text. A
// model that has to call does not think.
// Pure.
[[nodiscard]] std::string encode_anthropic_request(const Request& request, const CloudEndpoint& endpoint);

[[nodiscard]] std::unique_ptr<StreamDecoder> make_anthropic_decoder();

// The tool that stands for an answer in a form.
inline constexpr const char* kAnswerTool = "answer_in_this_form";

}  // namespace hearth::chat
