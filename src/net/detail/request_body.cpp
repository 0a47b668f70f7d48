#include "net/detail/request_body.h"

#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/string.hpp>

namespace hearth::net::detail {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

namespace {

constexpr std::size_t kMostReadAway = std::size_t{16} << 20U;

Error read_error(const ErrorCode& error) {
    if (error == beast::error::timeout)
        return Error(Code::kInvalidInput, "the client stopped sending in the middle of its request");
    const bool http_error = error.category() == http::make_error_code(http::error::end_of_stream).category();
    if (http_error && error != http::error::partial_message && error != http::error::end_of_stream)
        return Error(Code::kInvalidInput, "the body of the request is no HTTP/1.1: " + error.message());
    return Error(Code::kCancelled, "the client is gone: " + error.message());
}

}  // namespace

RequestBody::RequestBody(Stream& stream, beast::flat_buffer& buffer, RequestParser& parser,
                         std::chrono::milliseconds pause)
    : stream_(stream),
      buffer_(buffer),
      parser_(parser),
      pause_(pause),
      ended_(stream.wire().get_executor(), asio::steady_timer::time_point::max()) {}

asio::awaitable<ErrorCode> RequestBody::begin() {
    if (std::exchange(begun_, true) || parser_.is_done()) co_return ErrorCode();
    if (!beast::iequals(parser_.get()[http::field::expect], "100-continue")) co_return ErrorCode();
    const ErrorCode error = co_await stream_.write_all("HTTP/1.1 100 Continue\r\n\r\n");
    co_return error;
}

asio::awaitable<ErrorCode> RequestBody::more() {
    const auto due = std::chrono::steady_clock::now() + pause_;
    const ErrorCode error = co_await parse_more(stream_, buffer_, parser_, due);
    broken_ = static_cast<bool>(error);
    if (broken_ || parser_.is_done()) end();
    co_return error;
}

void RequestBody::end() { ended_.cancel(); }

asio::awaitable<ErrorCode> RequestBody::read_all(std::size_t most, BodyBudget::Share& share,
                                                 std::string& into) {
    const auto length = parser_.content_length();
    if (length && *length > most) co_return http::error::body_limit;
    if (!length) parser_.body_limit(most);  // in chunks
    ErrorCode error = co_await begin();
    while (!error && !parser_.is_done()) {
        error = co_await more();
        if (!share.grow_to(parser_.get().body().size() + buffer_.size())) error = asio::error::no_memory;
    }
    if (error) {
        // The connection may go on for a while, to tell the client. (An empty string that is assigned leaves the memory where it is.)
        std::string().swap(parser_.get().body());
        co_return error;
    }
    share.arrived();
    into = std::move(parser_.get().body());
    co_return ErrorCode();
}

Task<std::string> RequestBody::read() {
    ErrorCode error = co_await begin();
    while (!error && !parser_.is_done() && parser_.get().body().empty())
        error = co_await more();
    if (error) co_return read_error(error);
    co_return std::exchange(parser_.get().body(), std::string());
}

asio::awaitable<void> RequestBody::ended() {
    while (!broken_ && !parser_.is_done())
        co_await ended_.async_wait(asio::as_tuple(asio::use_awaitable));
}

asio::awaitable<bool> RequestBody::read_away() {
    std::size_t count = 0;
    if (!begun_ && beast::iequals(parser_.get()[http::field::expect], "100-continue"))
        co_return parser_.is_done();  // it sends nothing: it has its answer
    while (!broken_ && !parser_.is_done() && count < kMostReadAway) {
        parser_.get().body().clear();
        const ErrorCode error = co_await more();
        if (error) co_return false;
        count += parser_.get().body().size();
    }
    co_return parser_.is_done();
}

}  // namespace hearth::net::detail
