#include "net/detail/stream.h"

#include <string>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/error.hpp>

namespace hearth::net::detail {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

namespace {

constexpr auto kQuiet = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kPiece = std::size_t{64} << 10U;

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

asio::awaitable<ErrorCode> read_more(Stream& stream, beast::flat_buffer& buffer) {
    const asio::mutable_buffer space = buffer.prepare(kPiece);
    const Transferred got = co_await stream.read_some(space);
    buffer.commit(got.bytes);
    co_return got.error;
}

template <bool is_request>
asio::awaitable<ErrorCode> parse_more(Stream& stream, beast::flat_buffer& buffer,
                                      http::basic_parser<is_request>& parser) {
    ErrorCode error = http::error::need_more;
    if (buffer.size() > 0) {
        buffer.consume(parser.put(buffer.data(), error));
        if (error != http::error::need_more) co_return error;
    }
    error = co_await read_more(stream, buffer);
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

template <bool is_request>
asio::awaitable<ErrorCode> parse_header(Stream& stream, beast::flat_buffer& buffer,
                                        http::basic_parser<is_request>& parser) {
    while (!parser.is_header_done()) {
        const ErrorCode error = co_await parse_more(stream, buffer, parser);
        if (error) co_return error;
    }
    co_return ErrorCode();
}

template asio::awaitable<ErrorCode> parse_more(Stream&, beast::flat_buffer&, http::basic_parser<true>&);
template asio::awaitable<ErrorCode> parse_more(Stream&, beast::flat_buffer&, http::basic_parser<false>&);
template asio::awaitable<ErrorCode> parse_header(Stream&, beast::flat_buffer&, http::basic_parser<true>&);

void add_field(std::string& head, std::string_view name, std::string_view value) {
    head += name;
    head += ": ";
    for (const char c : value)
        head += c == '\r' || c == '\n' || c == '\0' ? ' ' : c;
    head += "\r\n";
}

}  // namespace hearth::net::detail
