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

asio::awaitable<ErrorCode> read_more(Stream& stream, beast::flat_buffer& buffer) {
    const auto space = buffer.prepare(kPiece);
    const auto got = co_await stream.async_read_some(space, kQuiet);
    buffer.commit(std::get<1>(got));
    co_return std::get<0>(got);
}

}  // namespace

asio::awaitable<ErrorCode> write_all(Stream& stream, std::string_view bytes) {
    const asio::const_buffer buffer = asio::buffer(bytes);
    const auto sent = co_await asio::async_write(stream, buffer, kQuiet);
    co_return std::get<0>(sent);
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
template asio::awaitable<ErrorCode> parse_header(Stream&, beast::flat_buffer&, http::basic_parser<true>&);

void add_field(std::string& head, std::string_view name, std::string_view value) {
    head += name;
    head += ": ";
    for (const char c : value)
        head += c == '\r' || c == '\n' || c == '\0' ? ' ' : c;
    head += "\r\n";
}

}  // namespace hearth::net::detail
