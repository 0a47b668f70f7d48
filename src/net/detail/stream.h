#pragma once
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>

namespace hearth::net::detail {

// A socket whose steps can be bounded in time, TCP or Unix.
using Wire = boost::beast::basic_stream<boost::asio::generic::stream_protocol>;
using ErrorCode = boost::system::error_code;

struct Transferred {
    ErrorCode error;
    std::size_t bytes = 0;
};

// A connection of the server or of a client. This one is plain, TlsStream (tls_stream.h) is not; what speaks HTTP is compiled once for both.
// One read and one write may be under way at once. Threads: the loop's.
class Stream {
public:
    explicit Stream(Wire wire) : wire_(std::move(wire)) {}

    virtual ~Stream() = default;
    Stream(const Stream&) = delete;
    Stream& operator=(const Stream&) = delete;

    // At least one byte, or an error (asio's eof at the end). When it is cancelled, nothing that came is lost.
    virtual boost::asio::awaitable<Transferred> read_some(boost::asio::mutable_buffer space);

    // All of the bytes, which must live until the end.
    virtual boost::asio::awaitable<ErrorCode> write_all(std::string_view bytes);

    // Tells the peer that nothing more comes, where that is not said by closing the socket.
    virtual boost::asio::awaitable<void> say_goodbye();

    // True where a peer may end its sending side and still read.
    [[nodiscard]] virtual bool has_halves() const { return true; }

    // Returns when the connection broke, or the peer closed both of its sides and was sent something since.
    boost::asio::awaitable<void> broken();

    // Sends what fits without waiting; for a few bytes where nothing else is being sent.
    void send_now(std::string_view bytes);

    // Ends this side of a connection whose peer may still be sending, and lets it: a socket that is closed with bytes unread takes with
    // it what was sent last. For `most` at the longest.
    boost::asio::awaitable<void> end_gently(std::chrono::nanoseconds most);

    // What is asked for from now on and has not ended then ends with Beast's timeout, and the socket is closed.
    void expires_after(std::chrono::nanoseconds time) { wire_.expires_after(time); }

    void expires_never() { wire_.expires_never(); }

    // At once, whatever is under way.
    void close();

    [[nodiscard]] Wire& wire() { return wire_; }

private:
    Wire wire_;
};

// The few operations that HTTP needs, compiled once: Beast's own are templates of several levels in each file that calls them.

constexpr std::chrono::steady_clock::time_point kNever = std::chrono::steady_clock::time_point::max();

// Puts what comes next behind what is in the buffer, which grows with what comes. Beast's timeout when nothing has come until `due`; unlike
// expires_after(), that leaves the connection open, so that the peer can be told.
boost::asio::awaitable<ErrorCode> read_more(Stream& stream, boost::beast::flat_buffer& buffer,
                                            std::chrono::steady_clock::time_point due = kNever);

// Gives the parser the next bytes that are there, or waits for some until `due`. Errors as Beast's read_some(): end_of_stream when nothing
// of a message has come, partial_message in its middle, need_buffer when a buffer_body is full.
template <bool is_request>
boost::asio::awaitable<ErrorCode> parse_more(Stream& stream, boost::beast::flat_buffer& buffer,
                                             boost::beast::http::basic_parser<is_request>& parser,
                                             std::chrono::steady_clock::time_point due = kNever);

// "Name: value\r\n". Line breaks in the value, which would begin another field, become blanks.
void add_field(std::string& head, std::string_view name, std::string_view value);

}  // namespace hearth::net::detail
