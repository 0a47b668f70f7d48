#pragma once
#include <string_view>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>

namespace hearth::net::detail {

// A connection of the server or of a client, TCP or Unix; expires_after() bounds each step.
using Stream = boost::beast::basic_stream<boost::asio::generic::stream_protocol>;
using ErrorCode = boost::system::error_code;

// The few operations that HTTP needs, compiled once: Beast's own are templates of several levels in each file that calls them.

// All of the bytes, which must live until the end.
boost::asio::awaitable<ErrorCode> write_all(Stream& stream, std::string_view bytes);

// Gives the parser the next bytes that are there, or waits for some. Errors as Beast's read_some(): end_of_stream when nothing of a
// message has come, partial_message in its middle, need_buffer when a buffer_body is full.
template <bool is_request>
boost::asio::awaitable<ErrorCode> parse_more(Stream& stream, boost::beast::flat_buffer& buffer,
                                             boost::beast::http::basic_parser<is_request>& parser);

// Until the end of the header.
template <bool is_request>
boost::asio::awaitable<ErrorCode> parse_header(Stream& stream, boost::beast::flat_buffer& buffer,
                                               boost::beast::http::basic_parser<is_request>& parser);

// "Name: value\r\n". Line breaks in the value, which would begin another field, become blanks.
void add_field(std::string& head, std::string_view name, std::string_view value);

}  // namespace hearth::net::detail
