#include "net/detail/tls_stream.h"

#include <array>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/error.hpp>
#include <openssl/x509_vfy.h>

#include "net/detail/tls_context.h"
#include "net/detail/tls_trust.h"

namespace hearth::net::detail {
namespace {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;

constexpr auto kQuiet = asio::as_tuple(asio::use_awaitable);
constexpr char kHandshakeRecord = 0x16;  // RFC 8446, 5.1
constexpr std::chrono::seconds kGoodbye{1};
constexpr std::size_t kFirstBytes = 512;
constexpr std::string_view kPlainRefusal =
    "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: 65\r\nConnection: "
    "close\r\n\r\n"
    "{\"error\":\"this port speaks https: write https:// in the address\"}";

using Tls = ssl::stream<Wire&>;

// Sets what is verified (the certificate's chain, and that it is for `host`: a name or an address) and which name the server is asked
// for (RFC 6066). False when the host cannot be set.
bool expect_host(Tls& tls, const std::string& host) {
    ErrorCode error;
    tls.set_verify_callback(ssl::host_name_verification(host), error);
    if (error) return false;
    // An address is no name to ask for.
    ErrorCode no_address;
    asio::ip::make_address(host, no_address);
    if (!no_address) return true;
    return SSL_set_tlsext_host_name(tls.native_handle(), host.c_str()) == 1;
}

// What went wrong with a handshake, for a person: what is wrong with the certificate, where that is what is wrong.
std::string handshake_words(Tls& tls, const ErrorCode& error) {
    const long verdict = SSL_get_verify_result(tls.native_handle());
    const bool about_certificate =
        error.category() == asio::error::get_ssl_category() &&
        ERR_GET_REASON(static_cast<unsigned long>(error.value())) == SSL_R_CERTIFICATE_VERIFY_FAILED;
    if (!about_certificate) return error.message();
    // The chain was good, and then the name was not.
    if (verdict == X509_V_OK || verdict == X509_V_ERR_UNSPECIFIED)
        return "its certificate is for another host";
    return fmt::format("its certificate is not trusted here: {}", X509_verify_cert_error_string(verdict));
}

}  // namespace

struct TlsStream::Layer {
    Layer(Wire& wire, ssl::context& context) : tls(wire, context) {}

    Tls tls;
};

TlsStream::TlsStream(Wire wire, const TlsIdentity& identity)
    : Stream(std::move(wire)), layer_(std::make_unique<Layer>(this->wire(), context_of(identity))) {}

TlsStream::TlsStream(Wire wire, TlsTrust& trust)
    : Stream(std::move(wire)),
      layer_(std::make_unique<Layer>(this->wire(), trust.context)),
      is_client_(true) {}

TlsStream::~TlsStream() = default;

asio::awaitable<bool> TlsStream::accept(std::chrono::seconds most, std::string begun) {
    expires_after(most);
    if (begun.empty()) {
        begun.resize(kFirstBytes);
        const asio::mutable_buffer space = asio::buffer(begun);
        const Transferred got = co_await Stream::read_some(space);
        if (got.error) co_return false;
        begun.resize(got.bytes);
    }
    if (begun.front() != kHandshakeRecord) {
        if (begun.front() >= 'A' && begun.front() <= 'Z') co_await refuse_plain();
        co_return false;
    }
    const asio::const_buffer first = asio::buffer(begun);
    const auto shaken = co_await layer_->tls.async_handshake(ssl::stream_base::server, first, kQuiet);
    co_return !std::get<0>(shaken);
}

std::string TlsStream::server_name() const {
    const char* name = SSL_get_servername(layer_->tls.native_handle(), TLSEXT_NAMETYPE_host_name);
    return name == nullptr ? std::string() : name;
}

asio::awaitable<void> TlsStream::refuse_plain() {
    const ErrorCode sent = co_await Stream::write_all(kPlainRefusal);
    if (!sent) co_await end_gently(kGoodbye);
}

Task<void> TlsStream::begin(std::string host, std::string where) {
    if (!expect_host(layer_->tls, host))
        co_return Error(Code::kInvalidInput, fmt::format("{} is no host to ask by TLS", where));
    const auto done = co_await layer_->tls.async_handshake(ssl::stream_base::client, kQuiet);
    const ErrorCode error = std::get<0>(done);
    if (!error) co_return Status();
    if (error == boost::beast::error::timeout)
        co_return Error(Code::kTimeout, fmt::format("{} does not take the TLS connection", where));
    co_return Error(Code::kUnavailable,
                    fmt::format("no TLS connection to {}: {}", where, handshake_words(layer_->tls, error)));
}

asio::awaitable<Transferred> TlsStream::read_some(asio::mutable_buffer space) {
    const auto got = co_await layer_->tls.async_read_some(space, kQuiet);
    ErrorCode error = std::get<0>(got);
    // Many servers close the connection without the end that TLS asks for; HTTP knows by itself whether a body is whole.
    if (is_client_ && error == ssl::error::stream_truncated) error = asio::error::eof;
    co_return Transferred{error, std::get<1>(got)};
}

asio::awaitable<ErrorCode> TlsStream::write_all(std::string_view bytes) {
    const asio::const_buffer buffer = asio::buffer(bytes);
    const auto sent = co_await asio::async_write(layer_->tls, buffer, kQuiet);
    co_return std::get<0>(sent);
}

// Without it, a client cannot tell the end of an answer that has no length from a connection that was cut.
asio::awaitable<void> TlsStream::say_goodbye() {
    expires_after(kGoodbye);
    co_await layer_->tls.async_shutdown(kQuiet);
}

}  // namespace hearth::net::detail
