#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/http_client.h"
#include "net/http_server.h"
#include "net/task.h"

namespace hearth::net {

// Whose certificates are good.
class TlsTrust;

// Those that this system trusts; SSL_CERT_FILE and SSL_CERT_DIR name others. TLS 1.2 and later.
// Errors: kUnavailable. Cost: reads some hundred certificates; may be kept and shared.
[[nodiscard]] Result<std::shared_ptr<TlsTrust>> system_trust();

// Another server, and how it is talked to.
struct Endpoint {
    Address address;
    // HTTPS: the server's certificate has to be good by these, and for the host of its TcpAddress. None: plain HTTP.
    std::shared_ptr<TlsTrust> tls;
    std::optional<std::chrono::milliseconds> silence;  // without a byte of the answer; none: waits for ever
    // Addresses ("192.0.2.7") of the host of `address`, which is then not looked up. What the host is called stays as it is: in the
    // request, and for TLS.
    std::vector<std::string> pinned;
};

// Ends a request from outside: who waits for its bytes gets kUnavailable with the words. Outlives the request.
// Threads: the loop's.
class Hangup {
public:
    void hang_up(std::string why) {
        why_ = std::move(why);
        if (close_) close_();
    }

    [[nodiscard]] const std::string& why() const { return why_; }  // empty: nobody did

    // For the request: how it is ended; an empty function when it has ended by itself.
    void on_hang_up(std::function<void()> close) { close_ = std::move(close); }

private:
    std::string why_;
    std::function<void()> close_;
};

// The answer of another server, of which the head has come and the body comes in pieces.
class UpstreamResponse {
public:
    virtual ~UpstreamResponse() = default;

    [[nodiscard]] virtual int status() const = 0;
    [[nodiscard]] virtual const Headers& headers() const = 0;  // names in lower case

    // The next bytes of the body, as they arrive; empty at its end.
    // Errors: kUnavailable when the connection broke before the end, kCorrupt when it is no HTTP, kTimeout when nothing came for as
    // long as the endpoint allows.
    virtual Task<std::string> read() = 0;
};

// Sends one request on a connection of its own and waits for the head of the answer. Ending the coroutine or dropping the answer closes
// the connection, which tells an engine to stop generating. `hangup` may be null, or else has no other request.
// Errors: kUnavailable when nobody listens, the connection broke, or the server's certificate is not good; kCorrupt; kTimeout when nobody
// takes the connection within `connect_time`, or as the endpoint says. There is no other time limit: a prefill may take minutes.
[[nodiscard]] Task<std::unique_ptr<UpstreamResponse>> open_upstream(
    Endpoint endpoint, HttpRequest request, std::shared_ptr<Hangup> hangup = {},
    std::chrono::milliseconds connect_time = std::chrono::seconds(5));

// The addresses of a host, as the system looks it up; of an address, itself. Errors: kUnavailable when there are none.
[[nodiscard]] Task<std::vector<std::string>> look_up(std::string host);

// All of the body. Errors: as read(); kTooLarge over `max_body`.
[[nodiscard]] Task<std::string> read_all(UpstreamResponse& response, std::size_t max_body);

// One whole exchange. Errors: as open_upstream() and read_all(); kTimeout when it takes longer than `most`, looking up the host
// included.
[[nodiscard]] Task<HttpResponse> ask_upstream(Endpoint endpoint, HttpRequest request,
                                              std::chrono::milliseconds most, std::size_t max_body);

// The same for who has no loop: blocks. Threads: any.
[[nodiscard]] Result<HttpResponse> ask_upstream_and_wait(const Endpoint& endpoint, const HttpRequest& request,
                                                         std::chrono::milliseconds most,
                                                         std::size_t max_body);

}  // namespace hearth::net
