#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "core/result.h"

namespace hearth::guard {

// What a request brings to prove who sends it.
struct Credentials {
    std::optional<std::string> secret;  // 1 to 512 visible ASCII characters; not yet known to be good
    std::string path;                   // what is to be routed, and logged: without the secret
};

// Finds the secret of a request in one of the forms that clients can be set up to send:
//
//     /k/SECRET/v1/chat/completions     in the path, for clients that know nothing but an address
//     Authorization: Bearer SECRET      OpenAI's and most others
//     Authorization: Basic …            SECRET as the password, or as the user name without one
//     x-api-key: SECRET                 Anthropic's
//
// One in the path is taken before any header: such clients often send a made-up one there. Of two in headers the one that begins
// as ours do is taken, else that of Authorization. A header with nothing in it counts as absent.
//
// `headers` are names in lower case with their values; `path` is the request's target, a query included.
// Errors: kInvalidInput for a form that cannot be read; no message repeats any of it. Threads: pure. Cost: linear.
[[nodiscard]] Result<Credentials> find_credentials(
    std::span<const std::pair<std::string, std::string>> headers, std::string_view path);

}  // namespace hearth::guard
