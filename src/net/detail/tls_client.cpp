#include "net/detail/tls_client.h"

#include <array>
#include <fmt/format.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/error.hpp>
#include <openssl/x509_vfy.h>

namespace hearth::net {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;

Result<std::shared_ptr<TlsTrust>> system_trust() {
    detail::ErrorCode error;
    ssl::context context(ssl::context::tls_client);
    context.set_options(ssl::context::default_workarounds | ssl::context::no_tlsv1 |
                            ssl::context::no_tlsv1_1 | ssl::context::no_compression,
                        error);
    if (!error) context.set_default_verify_paths(error);
    if (!error) context.set_verify_mode(ssl::verify_peer, error);
    if (error)
        return Error(Code::kUnavailable,
                     fmt::format("the certificates of this machine cannot be read: {}", error.message()));
    return std::make_shared<TlsTrust>(std::move(context));
}

}  // namespace hearth::net

namespace hearth::net::detail {
namespace {

constexpr auto kQuiet = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kPiece = std::size_t{64} << 10U;

}  // namespace

bool expect_host(TlsClient& tls, const std::string& host) {
    ErrorCode error;
    tls.set_verify_callback(ssl::host_name_verification(host), error);
    if (error) return false;
    // An address is no name to ask for.
    ErrorCode no_address;
    asio::ip::make_address(host, no_address);
    if (!no_address) return true;
    return SSL_set_tlsext_host_name(tls.native_handle(), host.c_str()) == 1;
}

std::string handshake_words(TlsClient& tls, const ErrorCode& error) {
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

Task<void> ClientConnection::begin_tls(TlsTrust& trust, std::string host, std::string where) {
    tls_ = std::make_unique<TlsClient>(wire_, trust.context);
    if (!expect_host(*tls_, host))
        co_return Error(Code::kInvalidInput, fmt::format("{} is no host to ask by TLS", where));
    const auto done = co_await tls_->async_handshake(ssl::stream_base::client, kQuiet);
    const ErrorCode error = std::get<0>(done);
    if (!error) co_return Status();
    if (error == boost::beast::error::timeout)
        co_return Error(Code::kTimeout, fmt::format("{} does not take the TLS connection", where));
    co_return Error(Code::kUnavailable,
                    fmt::format("no TLS connection to {}: {}", where, handshake_words(*tls_, error)));
}

asio::awaitable<ErrorCode> ClientConnection::write_all(std::string_view bytes) {
    if (tls_ == nullptr) {
        const asio::const_buffer all = asio::buffer(bytes);
        const auto done = co_await asio::async_write(wire_, all, kQuiet);
        co_return std::get<0>(done);
    }
    const asio::const_buffer buffer = asio::buffer(bytes);
    const auto sent = co_await asio::async_write(*tls_, buffer, kQuiet);
    co_return std::get<0>(sent);
}

asio::awaitable<ErrorCode> ClientConnection::read_more(boost::beast::flat_buffer& buffer) {
    const auto space = buffer.prepare(kPiece);
    std::tuple<ErrorCode, std::size_t> got;
    if (tls_ == nullptr) {
        got = co_await wire_.async_read_some(space, kQuiet);
    } else {
        got = co_await tls_->async_read_some(space, kQuiet);
    }
    buffer.commit(std::get<1>(got));
    ErrorCode error = std::get<0>(got);
    // Many servers close the connection without the end that TLS asks for; HTTP knows by itself whether a body is whole.
    if (error == ssl::error::stream_truncated) error = asio::error::eof;
    co_return error;
}

}  // namespace hearth::net::detail
