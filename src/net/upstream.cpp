#include "net/upstream.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <utility>
#include <vector>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>

#include "core/known_secrets.h"
#include "core/text.h"
#include "net/detail/socket.h"
#include "net/detail/stream.h"
#include "net/detail/tls_stream.h"

namespace hearth::net {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

using Protocol = asio::generic::stream_protocol;
using detail::ErrorCode;
using detail::Stream;
using detail::TlsStream;
using detail::Wire;

constexpr auto kQuiet = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kPiece = std::size_t{16} << 10U;

Error broken(const ErrorCode& error, const std::string& where) {
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
    const bool has_body = request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
    if (!request.body.empty() || has_body)
        detail::add_field(bytes, "Content-Length", std::to_string(request.body.size()));
    bytes += "\r\n";
    bytes += request.body;
    return bytes;
}

// As a browser writes it: without the port that the scheme has anyway.
std::string host_of(const Endpoint& endpoint) {
    const auto* tcp = std::get_if<TcpAddress>(&endpoint.address);
    if (tcp == nullptr) return "localhost";
    std::string host = detail::describe(endpoint.address);
    const std::string_view usual = endpoint.tls ? "443" : "80";
    if (tcp->port == usual) host.resize(host.size() - usual.size() - 1);
    return host;
}

// Whatever ends a request from outside has its say first.
Error told(const std::shared_ptr<Hangup>& hangup, Error error) {
    if (hangup == nullptr || hangup->why().empty()) return error;
    return {Code::kUnavailable, hangup->why()};
}

// How a step of a request is ended from outside, while it lasts.
class Closing {
public:
    Closing(std::shared_ptr<Hangup> hangup, std::function<void()> close) : hangup_(std::move(hangup)) {
        if (hangup_ != nullptr) hangup_->on_hang_up(std::move(close));
    }

    // An empty function takes no memory. NOLINTNEXTLINE(bugprone-exception-escape)
    ~Closing() {
        if (hangup_ != nullptr) hangup_->on_hang_up({});
    }

    Closing(const Closing&) = delete;
    Closing& operator=(const Closing&) = delete;

private:
    std::shared_ptr<Hangup> hangup_;
};

class BeastResponse final : public UpstreamResponse {
public:
    BeastResponse(std::unique_ptr<Stream> stream, std::string where,
                  std::optional<std::chrono::milliseconds> silence, std::shared_ptr<Hangup> hangup)
        : stream_(std::move(stream)),
          where_(std::move(where)),
          silence_(silence),
          hangup_(std::move(hangup)),
          closing_(hangup_, [this] { stream_->wire().close(); }) {
        parser_.body_limit(boost::none);
        parser_.header_limit(std::uint32_t{256} << 10U);
    }

    // `head_only`: the answer has no body, whatever it says (HEAD).
    Task<void> exchange(std::string request, bool head_only) {
        parser_.skip(head_only);
        stream_->expires_never();
        const ErrorCode write_error = co_await stream_->write_all(request);
        wipe(request);  // it may carry a secret
        // An engine may refuse a long request before it has read all of it: its answer is what counts.
        if (write_error && write_error != asio::error::broken_pipe &&
            write_error != asio::error::connection_reset)
            co_return what(write_error);
        while (!parser_.is_header_done()) {
            const ErrorCode error = co_await parse_more();
            if (error) co_return what(error);
        }
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
            const ErrorCode error = co_await parse_more();
            bytes.assign(piece_.data(), piece_.size() - parser_.get().body().size);
            if (error && error != http::error::need_buffer && bytes.empty()) co_return what(error);
        }
        co_return bytes;
    }

private:
    [[nodiscard]] Error what(const ErrorCode& error) const {
        if (error == beast::error::timeout)
            return told(hangup_, Error(Code::kTimeout, fmt::format("{} sent nothing for {} s", where_,
                                                                   silence_ ? silence_->count() / 1000 : 0)));
        return told(hangup_, broken(error, where_));
    }

    // Bounded by the silence that the endpoint allows.
    asio::awaitable<ErrorCode> parse_more() {
        if (silence_) stream_->expires_after(*silence_);
        const ErrorCode error = co_await detail::parse_more(*stream_, buffer_, parser_);
        stream_->expires_never();
        co_return error;
    }

    std::unique_ptr<Stream> stream_;
    std::string where_;
    std::optional<std::chrono::milliseconds> silence_;
    std::shared_ptr<Hangup> hangup_;  // shared with who may hang up
    Closing closing_;
    beast::flat_buffer buffer_;
    http::response_parser<http::buffer_body> parser_;
    std::array<char, kPiece> piece_{};
    Headers headers_;
};

Task<std::vector<Protocol::endpoint>> endpoints_of(Address address, std::vector<std::string> pinned,
                                                   std::string where, std::shared_ptr<Hangup> hangup) {
    std::vector<Protocol::endpoint> endpoints;
    for (const std::string& each : pinned) {
        ErrorCode error;
        const auto number = asio::ip::make_address(each, error);
        const auto port = parse_number(std::get<TcpAddress>(address).port);
        if (error || !port || *port > 65535)
            co_return Error(Code::kInvalidInput, fmt::format("{} is no address of {}", each, where));
        endpoints.emplace_back(asio::ip::tcp::endpoint(number, static_cast<std::uint16_t>(*port)));
    }
    if (!endpoints.empty()) co_return endpoints;
    if (const auto* path = std::get_if<UnixAddress>(&address)) {
        const std::string name = path->path.string();
        if (name.size() > 100)
            co_return Error(Code::kInvalidInput,
                            fmt::format("the path of the socket {} is longer than 100 bytes", name));
        endpoints.emplace_back(asio::local::stream_protocol::endpoint(name));
        co_return endpoints;
    }
    const auto& place = std::get<TcpAddress>(address);
    const auto executor = co_await asio::this_coro::executor;
    asio::ip::tcp::resolver resolver(executor);
    const Closing closing(hangup, [&resolver] { resolver.cancel(); });
    const auto found = co_await resolver.async_resolve(place.host, place.port, kQuiet);
    const ErrorCode error = std::get<0>(found);
    if (error || std::get<1>(found).empty())
        co_return told(hangup,
                       Error(Code::kUnavailable, fmt::format("cannot find {}: {}", where, error.message())));
    for (const auto& each : std::get<1>(found))
        endpoints.emplace_back(each.endpoint());
    co_return endpoints;
}

// To the first of them that takes the connection: a host may have an address that cannot be reached from here.
Task<Wire> connect(std::vector<Protocol::endpoint> endpoints, std::string where,
                   std::chrono::milliseconds most, std::shared_ptr<Hangup> hangup) {
    const auto executor = co_await asio::this_coro::executor;
    ErrorCode error = asio::error::host_not_found;
    for (const Protocol::endpoint& endpoint : endpoints) {
        Wire wire(executor);
        wire.expires_after(most);
        const Closing closing(hangup, [&wire] { wire.close(); });
        const auto connected = co_await wire.async_connect(endpoint, kQuiet);
        error = std::get<0>(connected);
        if (!error) co_return std::move(wire);
        if (hangup != nullptr && !hangup->why().empty()) break;
    }
    if (error == beast::error::timeout)
        co_return told(hangup, Error(Code::kTimeout, fmt::format("{} does not take the connection", where)));
    co_return told(hangup, broken(error, where));
}

}  // namespace

Task<std::unique_ptr<UpstreamResponse>> open_upstream(Endpoint endpoint, HttpRequest request,
                                                      std::shared_ptr<Hangup> hangup,
                                                      std::chrono::milliseconds connect_time) {
    const std::string where = detail::describe(endpoint.address);
    CO_TRY(std::vector<Protocol::endpoint> endpoints,
           co_await endpoints_of(endpoint.address, endpoint.pinned, where, hangup));
    CO_TRY(Wire wire, co_await connect(std::move(endpoints), where, connect_time, hangup));
    std::unique_ptr<Stream> stream;
    TlsStream* tls = nullptr;
    if (endpoint.tls != nullptr) {
        auto made = std::make_unique<TlsStream>(std::move(wire), *endpoint.tls);
        tls = made.get();
        stream = std::move(made);
    } else {
        stream = std::make_unique<Stream>(std::move(wire));
    }
    // From here on who hangs up closes it, also in the handshake.
    auto response = std::make_unique<BeastResponse>(std::move(stream), where, endpoint.silence, hangup);
    if (tls != nullptr) {
        std::string host = std::get<TcpAddress>(endpoint.address).host;
        CO_CHECK(co_await tls->begin(std::move(host), where));
    }
    std::string bytes = bytes_of(request, host_of(endpoint));
    const bool head_only = request.method == "HEAD";
    CO_CHECK(co_await response->exchange(std::move(bytes), head_only));
    co_return std::unique_ptr<UpstreamResponse>(std::move(response));
}

Task<std::vector<std::string>> look_up(std::string host) {
    const auto executor = co_await asio::this_coro::executor;
    asio::ip::tcp::resolver resolver(executor);
    const auto found = co_await resolver.async_resolve(host, "", kQuiet);
    const ErrorCode error = std::get<0>(found);
    if (error || std::get<1>(found).empty())
        co_return Error(Code::kUnavailable, fmt::format("cannot find {}: {}", host, error.message()));
    std::vector<std::string> addresses;
    for (const auto& each : std::get<1>(found)) {
        std::string address = each.endpoint().address().to_string();
        if (!std::ranges::count(addresses, address)) addresses.push_back(std::move(address));
    }
    co_return addresses;
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

Task<HttpResponse> ask_upstream(Endpoint endpoint, HttpRequest request, std::chrono::milliseconds most,
                                std::size_t max_body) {
    const auto executor = co_await asio::this_coro::executor;
    const std::string where = detail::describe(endpoint.address);
    auto hangup = std::make_shared<Hangup>();
    auto late = std::make_shared<bool>(false);  // shared with the timer's handler, which may run last
    asio::steady_timer timer(executor, most);
    timer.async_wait([hangup, late, where, most](const ErrorCode& error) {
        if (error) return;
        *late = true;
        hangup->hang_up(fmt::format("{} did not answer within {:.1f} s", where,
                                    std::chrono::duration<double>(most).count()));
    });
    HttpResponse answer;
    Result<std::unique_ptr<UpstreamResponse>> opened =
        co_await open_upstream(std::move(endpoint), std::move(request), hangup);
    if (!opened) co_return Error(*late ? Code::kTimeout : opened.error().code(), opened.error().message());
    Result<std::string> body = co_await read_all(**opened, max_body);
    if (!body) co_return Error(*late ? Code::kTimeout : body.error().code(), body.error().message());
    answer.status = (*opened)->status();
    answer.headers = (*opened)->headers();
    answer.body = *std::move(body);
    co_return answer;
}

Result<HttpResponse> ask_upstream_and_wait(const Endpoint& endpoint, const HttpRequest& request,
                                           std::chrono::milliseconds most, std::size_t max_body) {
    asio::io_context loop(1);
    Result<HttpResponse> result = Error(Code::kInternal, "the exchange did not run");
    asio::co_spawn(loop, ask_upstream(endpoint, request, most, max_body),
                   [&](const std::exception_ptr& /*none is thrown*/, Result<HttpResponse> answer) {
                       result = std::move(answer);
                   });
    loop.run();
    return result;
}

}  // namespace hearth::net
