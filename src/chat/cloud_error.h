#pragma once
#include <chrono>
#include <optional>
#include <string_view>

#include <boost/json/fwd.hpp>

#include "core/result.h"

namespace hearth::chat {

// What a provider elsewhere means by an error object, in the words of any of the dialects: {"type", "message"} (Anthropic), {"message",
// "type", "code"} (OpenAI, Azure), {"code", "message", "status", "details"} (Google), {"object": "error", "message", …} (Mistral), {"message"}
// or {"Message"} (Amazon). `status` is
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

// The time to wait by a Retry-After header (RFC 9110, 10.2.3), of its two forms the one in seconds; up to an hour. Nothing for anything
// else. Pure.
[[nodiscard]] std::optional<std::chrono::seconds> parse_retry_after(std::string_view header);

}  // namespace hearth::chat
