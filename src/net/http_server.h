#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"
#include "net/http_client.h"
#include "net/task.h"
#include "net/tls_identity.h"
#include "os/fd.h"

namespace boost::asio {
class io_context;  // NOLINT(readability-identifier-naming): Boost's
}

namespace hearth::net {

using Headers = std::vector<std::pair<std::string, std::string>>;

// The body of a request in pieces, for a handler that does not want all of it in memory.
class BodyReader {
public:
    virtual ~BodyReader() = default;

    // The next bytes, some 64 KiB at most; none at the end.
    // Errors: kCancelled when the client went away before the end; kInvalidInput when it stops sending, and for no HTTP.
    virtual Task<std::string> read() = 0;
};

struct ServedRequest {
    std::string method;            // as it was sent
    std::string target;            // path with query, as it was sent
    Headers headers;               // names in lower case
    std::string body;              // empty when it comes in pieces
    std::string peer;              // "192.168.1.7:51234", "unix"
    bool loopback = false;         // from this machine
    BodyReader* pieces = nullptr;  // the body, where BodyChoice wanted it so
    // Of what came through a tunnel (Responder::open_tunnel), else empty: the target of its CONNECT, and the name that the client asked
    // for by TLS (RFC 6066), as it was sent.
    std::string tunnel;
    std::string server_name;

    // The first one of that name (lower case); empty when there is none.
    [[nodiscard]] std::string_view header(std::string_view name) const;

    // The target up to '?'.
    [[nodiscard]] std::string_view path() const;
};

// Answers one request: send() alone, or begin(), any number of write() and finish().
// Errors of all: kCancelled when the client is gone, kTimeout when it does not take its bytes.
class Responder {
public:
    virtual ~Responder() = default;

    // A whole answer.
    virtual Task<void> send(int status, Headers headers, std::string body) = 0;

    // An answer in pieces (chunked), each of which is on its way to the client when write() returns. The head goes with the first one.
    virtual Task<void> begin(int status, Headers headers) = 0;
    virtual Task<void> write(std::string piece) = 0;
    virtual Task<void> finish() = 0;

    // The answer to CONNECT: 200, and what follows on this connection is TLS with that certificate, and in it requests that have
    // ServedRequest::tunnel. Errors: also kUnsupported, where there are no tunnels.
    virtual Task<void> open_tunnel(std::shared_ptr<const TlsIdentity> tls);

    // Nothing of the answer has been sent yet.
    [[nodiscard]] virtual bool fresh() const = 0;
};

struct WholeResponse {
    int status = 200;
    Headers headers;
    std::string body;
};

struct ServerLimits {
    std::size_t max_header = std::size_t{64} << 10U;
    std::size_t max_fields = 128;  // of a header
    std::size_t max_body = std::size_t{16} << 20U;
    std::size_t max_bodies = std::size_t{128} << 20U;  // of all requests under way together
    std::size_t max_connections = 10'000;
    std::chrono::milliseconds idle_time{75'000};    // from one request's end to the first byte of the next
    std::chrono::milliseconds header_time{20'000};  // from there to the end of its header
    std::chrono::milliseconds body_pause{30'000};   // without a byte of the body
    std::chrono::milliseconds write_pause{60'000};  // that the client may take for one piece of its answer
    std::chrono::seconds handshake_time{10};        // of TLS
    std::size_t max_handshakes = 256;  // under way at once; then the oldest is closed for a new one
};

// An HTTP/1.1 server on one loop (RFC 9112): keep-alive, chunked bodies both ways, HEAD, "Expect: 100-continue". When the client goes
// away, the handler's coroutine is cancelled at its co_await, within milliseconds. A client that closes only its sending side before its
// answer begins gets it: it is sent "102 Processing" first, to which the system of one that is gone replies with a reset. (One of HTTP/1.0 is
// found to be gone by its answer. Later, and with TLS, who stops sending counts as gone.)
// Handlers run on the loop's thread and must not block; an exception of theirs becomes a 500. The request is theirs to change.
// A body in pieces has no limit of size; what its handler leaves unread is read away (16 MiB at most), so that the client reads the answer.
// What is refused before a handler sees it is told in a sentence in JSON, and its connection closed: 400 what is no HTTP or could be read
// in two ways, 408 a client that stops in the middle, 413 too long a body (before it is read, where its length is said), 431 too long a
// header, 501 a coding that is not known, 503 when all bodies together are too much (the longest that is still coming gives way).
// For a new connection beyond the limit the one that has waited longest for its client is closed; when none waits, the new one gets 503.
// Threads: the loop's, but for the constructor and listen() before the loop runs.
class HttpServer {
public:
    using Handler = std::function<boost::asio::awaitable<void>(ServedRequest&, Responder&)>;

    // Asked when the header is there: true for a request whose handler reads the body from `pieces`.
    using BodyChoice = std::function<bool(const ServedRequest&)>;

    HttpServer(boost::asio::io_context& loop, ServerLimits limits, Handler handler,
               BodyChoice in_pieces = {});
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    // The certificate of a connection that was just accepted; never null.
    using TlsSource = std::function<std::shared_ptr<const TlsIdentity>()>;

    // Takes connections there from when the loop runs. Several addresses may be listened to. Returns the port (0: a Unix socket);
    // port "0" in the address takes a free one. With `tls` the connections of a port are encrypted, and who speaks plain HTTP there is
    // told so. The file of a Unix socket that nobody listens to any more is replaced.
    // Errors: kConflict when the port or the file is taken, kPermission, kInvalidInput for a host that is no address of this machine.
    Result<std::uint16_t> listen(const Address& address, TlsSource tls = {});

    // Takes the connections of a TCP socket that listens already, such as one of another network of this machine; `peer` is what
    // ServedRequest::peer says of them. Returns what drop() wants. Threads: the loop's, both.
    std::uint64_t adopt(os::Fd listener, std::string peer);
    void drop(std::uint64_t adopted);

    // No more connections, and those that there are end with the answer under way. The files of Unix sockets are removed.
    void stop_accepting();

    // Ends every connection, whatever is under way; handlers are cancelled. connections() is 0 when all have ended.
    void close_all();

    [[nodiscard]] std::size_t connections() const;

    // Requests that are being answered.
    [[nodiscard]] std::size_t busy() const;

private:
    struct State;
    std::shared_ptr<State> state_;  // shared with the connections, which may outlive the server by a step
};

}  // namespace hearth::net
