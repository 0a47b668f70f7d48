#include "net/upstream.h"

#include <array>
#include <fmt/format.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>

#include "core/text.h"
#include "net/detail/socket.h"
#include "net/detail/stream.h"

namespace hearth::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

using Protocol = asio::generic::stream_protocol;
using detail::ErrorCode;
using detail::Stream;

constexpr auto kQuiet = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kPiece = std::size_t{16} << 10U;

Error broken(const ErrorCode& error, const std::string& where) {
    if (error == beast::error::timeout)
        return Error(Code::kTimeout, fmt::format("{} does not take the connection", where));
    const bool no_http = error.category() == http::make_error_code(http::error::end_of_stream).category() &&
                         error != http::error::end_of_stream && error != http::error::partial_message;
    return Error(no_http ? Code::kCorrupt : Code::kUnavailable,
                 fmt::format("the connection to {} broke: {}", where, error.message()));
}

std::string bytes_of(const HttpRequest& request, const std::string& host) {
    std::string bytes = fmt::format("{} {} HTTP/1.1\r\n", request.method, request.target);
    detail::add_field(bytes, "Host", host);
    for (const auto& [name, value] : request.headers)
        detail::add_field(bytes, name, value);
    detail::add_field(bytes, "Connection", "close");
    if (!request.body.empty() || request.method == "POST")
        detail::add_field(bytes, "Content-Length", std::to_string(request.body.size()));
    bytes += "\r\n";
    bytes += request.body;
    return bytes;
}

class BeastResponse final : public UpstreamResponse {
public:
    BeastResponse(detail::Wire wire, std::string where) : stream_(std::move(wire)), where_(std::move(where)) {
        parser_.body_limit(boost::none);
        parser_.header_limit(std::uint32_t{256} << 10U);
    }

    Task<void> exchange(std::string request) {
        stream_.expires_never();
        const ErrorCode write_error = co_await stream_.write_all(request);
        // An engine may refuse a long request before it has read all of it: its answer is what counts.
        if (write_error && write_error != asio::error::broken_pipe &&
            write_error != asio::error::connection_reset)
            co_return broken(write_error, where_);
        const ErrorCode read_error = co_await detail::parse_header(stream_, buffer_, parser_);
        if (read_error) co_return broken(read_error, where_);
        for (const auto& field : parser_.get())
            headers_.emplace_back(to_lower_ascii(std::string_view(field.name_string())), field.value());
        co_return Status();
    }

    [[nodiscard]] int status() const override { return static_cast<int>(parser_.get().result_int()); }

    [[nodiscard]] const Headers& headers() const override { return headers_; }

    Task<std::string> read() override {
        std::string bytes;
        while (bytes.empty() && !parser_.is_done()) {
            auto& body = parser_.get().body();
            body.data = piece_.data();
            body.size = piece_.size();
            const ErrorCode error = co_await detail::parse_more(stream_, buffer_, parser_);
            bytes.assign(piece_.data(), piece_.size() - parser_.get().body().size);
            if (error && error != http::error::need_buffer && bytes.empty()) co_return broken(error, where_);
        }
        co_return bytes;
    }

private:
    Stream stream_;
    std::string where_;
    beast::flat_buffer buffer_;
    http::response_parser<http::buffer_body> parser_;
    std::array<char, kPiece> piece_{};
    Headers headers_;
};

Task<Protocol::endpoint> endpoint_of(Address address, std::string where) {
    if (const auto* path = std::get_if<UnixAddress>(&address)) {
        const std::string name = path->path.string();
        if (name.size() > 100)
            co_return Error(Code::kInvalidInput,
                            fmt::format("the path of the socket {} is longer than 100 bytes", name));
        co_return Protocol::endpoint(asio::local::stream_protocol::endpoint(name));
    }
    const auto& place = std::get<TcpAddress>(address);
    const auto executor = co_await asio::this_coro::executor;
    asio::ip::tcp::resolver resolver(executor);
    const auto found = co_await resolver.async_resolve(place.host, place.port, kQuiet);
    const ErrorCode error = std::get<0>(found);
    if (error || std::get<1>(found).empty())
        co_return Error(Code::kUnavailable, fmt::format("cannot find {}: {}", where, error.message()));
    co_return Protocol::endpoint(std::get<1>(found).begin()->endpoint());
}

}  // namespace

Task<std::unique_ptr<UpstreamResponse>> open_upstream(Address address, HttpRequest request,
                                                      std::chrono::milliseconds connect_time) {
    const std::string where = detail::describe(address);
    const bool local = std::holds_alternative<UnixAddress>(address);
    CO_TRY(const Protocol::endpoint endpoint, co_await endpoint_of(std::move(address), where));
    const auto executor = co_await asio::this_coro::executor;
    detail::Wire wire(executor);
    wire.expires_after(connect_time);
    const auto connected = co_await wire.async_connect(endpoint, kQuiet);
    const ErrorCode error = std::get<0>(connected);
    if (error) co_return broken(error, where);
    auto response = std::make_unique<BeastResponse>(std::move(wire), where);
    const std::string host = local ? "localhost" : where;
    std::string bytes = bytes_of(request, host);
    CO_CHECK(co_await response->exchange(std::move(bytes)));
    co_return std::unique_ptr<UpstreamResponse>(std::move(response));
}

Task<std::string> read_all(UpstreamResponse& response, std::size_t max_body) {
    std::string all;
    while (true) {
        CO_TRY(const std::string piece, co_await response.read());
        if (piece.empty()) co_return all;
        if (all.size() + piece.size() > max_body)
            co_return Error(Code::kTooLarge, fmt::format("the answer is longer than {} bytes", max_body));
        all += piece;
    }
}

}  // namespace hearth::net
