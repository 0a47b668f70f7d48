#include "net/detail/stream.h"

#include <algorithm>
#include <array>
#include <string>
#include <sys/socket.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/http/error.hpp>

namespace hearth::net::detail {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

namespace {

constexpr auto kQuiet = asio::as_tuple(asio::use_awaitable);
// Of a buffer. Thousands of connections wait for a request at once, and most requests are small; a long body fills what it gets.
constexpr std::size_t kFirstPiece = std::size_t{2} << 10U;
constexpr std::size_t kMostPiece = std::size_t{64} << 10U;
constexpr std::size_t kMostUnparsed = std::size_t{256} << 10U;

asio::awaitable<ErrorCode> read_piece(Stream& stream, beast::flat_buffer& buffer) {
    const std::size_t free = buffer.capacity() - buffer.size();
    const asio::mutable_buffer space = buffer.prepare(std::max(free, kFirstPiece));
    const Transferred got = co_await stream.read_some(space);
    buffer.commit(got.bytes);
    if (got.bytes == space.size() && buffer.capacity() < kMostPiece)
        buffer.reserve(std::min(4 * buffer.capacity(), kMostPiece));
    co_return got.error;
}

}  // namespace

asio::awaitable<Transferred> Stream::read_some(asio::mutable_buffer space) {
    const auto got = co_await wire_.async_read_some(space, kQuiet);
    co_return Transferred{std::get<0>(got), std::get<1>(got)};
}

asio::awaitable<ErrorCode> Stream::write_all(std::string_view bytes) {
    const asio::const_buffer buffer = asio::buffer(bytes);
    const auto sent = co_await asio::async_write(wire_, buffer, kQuiet);
    co_return std::get<0>(sent);
}

asio::awaitable<void> Stream::say_goodbye() { co_return; }

void Stream::close() {
    ErrorCode ignored;
    wire_.socket().shutdown(asio::socket_base::shutdown_both, ignored);
    wire_.close();
}

asio::awaitable<void> Stream::broken() {
    co_await wire_.socket().async_wait(asio::socket_base::wait_error, kQuiet);
}

void Stream::send_now(std::string_view bytes) {
    // A peer that is gone is found by broken().
    [[maybe_unused]] const ssize_t sent =
        ::send(wire_.socket().native_handle(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
}

asio::awaitable<void> Stream::end_gently(std::chrono::nanoseconds most) {
    ErrorCode ignored;
    wire_.socket().shutdown(asio::socket_base::shutdown_send, ignored);
    expires_after(most);
    std::array<char, 4096> rest{};
    const asio::mutable_buffer space = asio::buffer(rest);
    Transferred got;
    while (!got.error) {
        const auto more = co_await wire_.async_read_some(space, kQuiet);
        got.error = std::get<0>(more);
    }
}

asio::awaitable<ErrorCode> read_more(Stream& stream, beast::flat_buffer& buffer,
                                     std::chrono::steady_clock::time_point due) {
    if (due == kNever) {
        const ErrorCode error = co_await read_piece(stream, buffer);
        co_return error;
    }
    asio::steady_timer timer(stream.wire().get_executor(), due);
    using asio::experimental::awaitable_operators::operator||;
    const auto first = co_await (read_piece(stream, buffer) || timer.async_wait(asio::use_awaitable));
    if (first.index() == 1) co_return beast::error::timeout;
    co_return std::get<0>(first);
}

template <bool is_request>
asio::awaitable<ErrorCode> parse_more(Stream& stream, beast::flat_buffer& buffer,
                                      http::basic_parser<is_request>& parser,
                                      std::chrono::steady_clock::time_point due) {
    ErrorCode error = http::error::need_more;
    if (buffer.size() > 0) {
        buffer.consume(parser.put(buffer.data(), error));
        if (error != http::error::need_more) co_return error;
        // Beast bounds a head, and not the line that begins a chunk or what follows the last one.
        if (buffer.size() > kMostUnparsed) co_return http::error::buffer_overflow;
    }
    error = co_await read_more(stream, buffer, due);
    if (error == asio::error::eof) {
        error = {};
        if (!parser.got_some()) co_return http::error::end_of_stream;
        parser.put_eof(error);
        co_return error;
    }
    if (error) co_return error;
    buffer.consume(parser.put(buffer.data(), error));
    if (error == http::error::need_more) error = {};
    co_return error;
}

template asio::awaitable<ErrorCode> parse_more(Stream&, beast::flat_buffer&, http::basic_parser<true>&,
                                               std::chrono::steady_clock::time_point);
template asio::awaitable<ErrorCode> parse_more(Stream&, beast::flat_buffer&, http::basic_parser<false>&,
                                               std::chrono::steady_clock::time_point);

void add_field(std::string& head, std::string_view name, std::string_view value) {
    head += name;
    head += ": ";
    for (const char c : value)
        head += c == '\r' || c == '\n' || c == '\0' ? ' ' : c;
    head += "\r\n";
}

}  // namespace hearth::net::detail
