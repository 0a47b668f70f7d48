#pragma once
#include <chrono>
#include <string_view>

#include <boost/json/fwd.hpp>

#include "core/result.h"

namespace hearth::chat {

// What a provider elsewhere means by an error object, in the words of any of the dialects: {"type", "message"} (Anthropic), {"message",
// "type", "code"} (OpenAI, Azure), {"code", "message", "status", "details"} (Google), {"object": "error", "message", …} (Mistral). `status` is
// the HTTP status, 0 when it is unknown, as inside of a stream.
//     a prompt over the context window, 413    kInvalidInput, in words that have the loop compact (agent/driver.h)
//     401, 403                                 kPermission
//     404                                      kNotFound
//     408, 504                                 kTimeout
//     429, 5xx, 529 (overloaded)               kUnavailable, with the wait that a Google error names
//     others                                   kInvalidInput
// Pure.
[[nodiscard]] Error cloud_error(const boost::json::value& object, int status);

// The same for the body of an answer that is not 200, JSON or not. `retry_after` is what the header said, 0 for nothing.
[[nodiscard]] Error cloud_error_body(std::string_view body, int status, std::chrono::seconds retry_after);

// Seconds to wait by the header Retry-After: a number of seconds, up to an hour; 0 for anything else (a date included). Pure.
[[nodiscard]] std::chrono::seconds retry_after_seconds(std::string_view header);

}  // namespace hearth::chat
