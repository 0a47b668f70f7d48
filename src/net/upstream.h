#pragma once
#include <chrono>
#include <memory>
#include <string>

#include "net/http_client.h"
#include "net/http_server.h"
#include "net/task.h"

namespace hearth::net {

// The answer of another server, of which the head has come and the body comes in pieces.
class UpstreamResponse {
public:
    virtual ~UpstreamResponse() = default;

    [[nodiscard]] virtual int status() const = 0;
    [[nodiscard]] virtual const Headers& headers() const = 0;  // names in lower case

    // The next bytes of the body, as they arrive; empty at its end.
    // Errors: kUnavailable when the connection broke before the end, kCorrupt when it is no HTTP.
    virtual Task<std::string> read() = 0;
};

// Sends one request on a connection of its own and waits for the head of the answer. Ending the coroutine or dropping the answer closes
// the connection, which tells an engine to stop generating.
// Errors: kUnavailable when nobody listens or the connection broke, kCorrupt; kTimeout when nobody takes the connection within
// `connect_time`. There is no other time limit: a prefill may take minutes.
[[nodiscard]] Task<std::unique_ptr<UpstreamResponse>> open_upstream(
    Address address, HttpRequest request, std::chrono::milliseconds connect_time = std::chrono::seconds(5));

// All of the body. Errors: as read(); kTooLarge over `max_body`.
[[nodiscard]] Task<std::string> read_all(UpstreamResponse& response, std::size_t max_body);

}  // namespace hearth::net
