#pragma once
#include <chrono>
#include <optional>
#include <string_view>

#include "core/result.h"
#include "net/http_client.h"
#include "remote/access.h"

namespace hearth::remote {

// Why a remote gave no answer.
struct Failure {
    Error error;              // for the client; names the remote, never its secret
    bool of_request = false;  // the request's own fault: another server would refuse it as well
    std::optional<std::chrono::seconds> retry_after;  // as the remote said (429, 503)
};

// What an answer other than 200 means for who asked.
//     401, 403: the remote does not take the secret: kUnavailable, because the client's own key is not what is wrong
//     404, 405, 501: it has no such route or model: kNotFound where the body says so as JSON, else kUnsupported with the route
//     408, 409, 5xx: kUnavailable
//     429: kExhausted, with Retry-After
//     others: what it says is wrong with the request (chat/openai_error.h)
// Pure.
[[nodiscard]] Failure failure_of(const Access& access, std::string_view route,
                                 const net::HttpResponse& answer);

// A connection that failed or broke, or bytes that are no answer.
[[nodiscard]] Failure failure_of(const Access& access, const Error& error);

}  // namespace hearth::remote
