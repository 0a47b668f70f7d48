#pragma once
#include <string>

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>

#include "net/detail/stream.h"
#include "net/upstream.h"

namespace hearth::net {

class TlsTrust {
public:
    explicit TlsTrust(boost::asio::ssl::context given) : context(std::move(given)) {}

    boost::asio::ssl::context context;
};

}  // namespace hearth::net

namespace hearth::net::detail {

// TLS as a client over a connection that outlives it.
using TlsClient = boost::asio::ssl::stream<Wire&>;

// Sets what is verified (the certificate's chain, and that it is for `host`: a name or an address) and which name the server is asked
// for (RFC 6066). False when the host cannot be set.
[[nodiscard]] bool expect_host(TlsClient& tls, const std::string& host);

// Errors of the handshake in words for a person: what is wrong with the certificate, where that is what is wrong.
[[nodiscard]] std::string handshake_words(TlsClient& tls, const ErrorCode& error);

// The connection as it is read and written, with TLS or without.
class ClientConnection {
public:
    explicit ClientConnection(Wire wire) : wire_(std::move(wire)) {}

    // Errors: kUnavailable with what is wrong with the certificate; kTimeout.
    [[nodiscard]] Task<void> begin_tls(TlsTrust& trust, std::string host, std::string where);

    boost::asio::awaitable<ErrorCode> write_all(std::string_view bytes);

    // More bytes behind those in the buffer. Errors: eof where the server ended as it should.
    boost::asio::awaitable<ErrorCode> read_more(boost::beast::flat_buffer& buffer);

    [[nodiscard]] Wire& wire() { return wire_; }

private:
    Wire wire_;
    std::unique_ptr<TlsClient> tls_;  // over wire_, which does not move once this is set
};

}  // namespace hearth::net::detail
