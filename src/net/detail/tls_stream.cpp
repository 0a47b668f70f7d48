#include "net/detail/tls_stream.h"

#include <array>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include "net/detail/tls_context.h"

namespace hearth::net::detail {
namespace {

namespace asio = boost::asio;

constexpr auto kQuiet = asio::as_tuple(asio::use_awaitable);
constexpr char kHandshakeRecord = 0x16;  // RFC 8446, 5.1
constexpr std::chrono::seconds kGoodbye{1};
constexpr std::size_t kMostOfPlainRequest = std::size_t{64} << 10U;
constexpr std::string_view kPlainRefusal =
    "HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\nContent-Length: 65\r\nConnection: "
    "close\r\n\r\n"
    "{\"error\":\"this port speaks https: write https:// in the address\"}";

}  // namespace

struct TlsStream::Layer {
    Layer(Wire& wire, const TlsIdentity& identity) : tls(wire, context_of(identity)) {}

    asio::ssl::stream<Wire&> tls;
};

TlsStream::TlsStream(Wire wire, const TlsIdentity& identity)
    : Stream(std::move(wire)), layer_(std::make_unique<Layer>(this->wire(), identity)) {}

TlsStream::~TlsStream() = default;

asio::awaitable<bool> TlsStream::accept(std::chrono::seconds most) {
    expires_after(most);
    std::array<char, 512> first{};
    const asio::mutable_buffer space = asio::buffer(first);
    const Transferred got = co_await Stream::read_some(space);
    if (got.error) co_return false;
    if (first.front() != kHandshakeRecord) {
        if (first.front() >= 'A' && first.front() <= 'Z') co_await refuse_plain();
        co_return false;
    }
    const asio::const_buffer begun(first.data(), got.bytes);
    const auto shaken = co_await layer_->tls.async_handshake(asio::ssl::stream_base::server, begun, kQuiet);
    co_return !std::get<0>(shaken);
}

// Its request is read away, because a connection that is closed with bytes unread takes the answer with it.
asio::awaitable<void> TlsStream::refuse_plain() {
    const ErrorCode sent = co_await Stream::write_all(kPlainRefusal);
    if (sent) co_return;
    ErrorCode ignored;
    wire().socket().shutdown(asio::socket_base::shutdown_send, ignored);
    expires_after(kGoodbye);
    std::array<char, 4096> rest{};
    const asio::mutable_buffer space = asio::buffer(rest);
    std::size_t count = 0;
    while (count < kMostOfPlainRequest) {
        const Transferred got = co_await Stream::read_some(space);
        if (got.error) co_return;
        count += got.bytes;
    }
}

asio::awaitable<Transferred> TlsStream::read_some(asio::mutable_buffer space) {
    const auto got = co_await layer_->tls.async_read_some(space, kQuiet);
    co_return Transferred{std::get<0>(got), std::get<1>(got)};
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
