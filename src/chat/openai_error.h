#pragma once
#include <string_view>

#include <boost/json/fwd.hpp>

#include "core/result.h"

namespace hearth::chat {

// What a server of the OpenAI API means by an error object ({"message", "type", "code", ...}), also one inside of a
// stream. `status` is the HTTP status, 0 when unknown. A prompt over the context window (llama-server:
// "exceed_context_size_error" with both counts; OpenAI: code "context_length_exceeded") becomes kInvalidInput
// with the counts in its sentence.
[[nodiscard]] Error openai_error(const boost::json::value& object, int status);

// The same for the body of an answer that is not 200, JSON or not.
[[nodiscard]] Error openai_error_body(std::string_view body, int status);

}  // namespace hearth::chat
