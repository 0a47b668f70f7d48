#pragma once
#include <chrono>
#include <memory>
#include <string>

#include "net/detail/stream.h"
#include "net/task.h"
#include "net/tls_identity.h"

namespace hearth::net {

class TlsTrust;

namespace detail {

// A TLS connection from its first byte on. The one file that is compiled with Asio's TLS is tls_stream.cpp.
class TlsStream final : public Stream {
public:
    // The server's end, which accept() begins.
    TlsStream(Wire wire, const TlsIdentity& identity);
    // The client's end, which begin() begins. `trust` outlives the handshake.
    TlsStream(Wire wire, TlsTrust& trust);
    ~TlsStream() override;

    // As a client, in the time that was set: the certificate has to be good, and for `host`. Errors: kUnavailable with what is wrong
    // with the certificate; kTimeout.
    [[nodiscard]] Task<void> begin(std::string host, std::string where);

    // As a server, in that time altogether. `begun`: what the client has sent already. False when it came to nothing; a client that
    // spoke plain HTTP was told so.
    boost::asio::awaitable<bool> accept(std::chrono::seconds most, std::string begun);

    // The name that the client asked for (RFC 6066), as it was sent; empty for none. After accept().
    [[nodiscard]] std::string server_name() const;

    boost::asio::awaitable<Transferred> read_some(boost::asio::mutable_buffer space) override;
    boost::asio::awaitable<ErrorCode> write_all(std::string_view bytes) override;
    boost::asio::awaitable<void> say_goodbye() override;

    [[nodiscard]] bool has_halves() const override { return false; }

private:
    boost::asio::awaitable<void> refuse_plain();

    struct Layer;
    std::unique_ptr<Layer> layer_;
    bool is_client_ = false;
};

}  // namespace detail

}  // namespace hearth::net
