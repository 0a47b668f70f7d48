#pragma once
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/result.h"

namespace hearth::net {

// Where a server of ours listens: a Unix socket, or a TCP port of this machine or the LAN (plain HTTP).
struct UnixAddress {
    std::filesystem::path path;
};

struct TcpAddress {
    std::string host;
    std::string port;
};

using Address = std::variant<UnixAddress, TcpAddress>;

struct HttpRequest {
    std::string method = "GET";
    std::string target = "/";
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;  // sent with Content-Length; Content-Type is in headers
};

struct HttpResponse {
    int status = 0;
    std::vector<std::pair<std::string, std::string>> headers;  // names in lower case
    std::string body;                                          // empty when it was streamed
};

struct HttpLimits {
    std::chrono::milliseconds connect_timeout{5000};
    std::optional<std::chrono::milliseconds> idle_timeout;   // no byte for so long; none: wait for ever
    std::optional<std::chrono::milliseconds> total_timeout;  // the whole exchange
    std::size_t max_body = std::size_t{64} << 20U;           // of a body that is collected
};

// Told of each piece of the body as it arrives, after the status is known; false ends the exchange.
using BodySink = std::function<bool(int status, std::string_view piece)>;

// What the Host header of a request there says: the port is left out where it is `usual_port`. Pure.
[[nodiscard]] std::string host_field(const Address& address, std::string_view usual_port = {});

// One HTTP/1.1 exchange over a connection of its own, closed afterwards. With `sink`, pieces of the body go there as
// they arrive and are not collected. A stop request closes the socket within 50 ms, which is how an engine is
// told to stop generating.
// Errors: kUnavailable (nobody listens, connection lost before the end), kTimeout, kCancelled (stop requested, or the
// sink said false), kCorrupt (not HTTP), kTooLarge. Any status is a success here. Threads: any; blocks.
[[nodiscard]] Result<HttpResponse> exchange(const Address& address, const HttpRequest& request,
                                            const HttpLimits& limits = {}, std::stop_token stop = {},
                                            const BodySink& sink = {});

}  // namespace hearth::net
