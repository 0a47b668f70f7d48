#include "net/detail/http_session.h"

#include <exception>
#include <fmt/format.h>
#include <optional>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/parser.hpp>

#include "core/json.h"
#include "core/text.h"
#include "net/detail/request_body.h"
#include "net/detail/request_head.h"
#include "net/detail/session_responder.h"
#include "net/detail/stream.h"
#include "net/detail/tls_stream.h"

namespace hearth::net::detail {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using Clock = std::chrono::steady_clock;

constexpr auto kQuiet = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::seconds kRefusedReads{5};  // what a client that was refused may still send
constexpr std::size_t kMostIdleBuffer = std::size_t{8} << 10U;
constexpr const char* kRetryAfter = "1";  // seconds; bodies come and go quickly

// A request that is answered here, because no handler can have it. Without words: the client is gone, and nobody is told.
using Refusal = HeadFault;

Refusal gone() { return {.status = 0, .words = {}}; }

// Ends when the client is gone or the connection broke. Before the end of the body that is for its reader to find. A further request that
// came early is kept for its turn, and hides the end of the connection.
asio::awaitable<void> client_gone(Stream& stream, beast::flat_buffer& buffer, RequestBody& body,
                                  SessionResponder& responder) {
    co_await body.ended();
    const ErrorCode error = co_await read_more(stream, buffer);
    if (!error) {
        asio::steady_timer forever(stream.wire().get_executor(), kNever);
        co_await forever.async_wait(kQuiet);
    } else if (error == asio::error::eof && stream.has_halves() && responder.fresh()) {
        responder.knock();
        co_await stream.broken();
    }
}

double seconds(std::chrono::duration<double> time) { return time.count(); }

Headers json_headers() { return {{"Content-Type", "application/json"}}; }

std::string sentence(std::string_view words) { return "{\"error\":" + json_quote(words) + "}"; }

// The handler with its exceptions, which are bugs: told to the client, and the server goes on.
asio::awaitable<void> handle(const ServerState& state, ServedRequest& request, SessionResponder& responder) {
    std::string bug;
    try {
        co_await state.handler(request, responder);
    } catch (const boost::system::system_error& error) {
        if (error.code() == asio::error::operation_aborted) co_return;  // cancelled: the client is gone
        bug = error.what();
    } catch (const std::exception& error) {
        bug = error.what();
    }
    if (!responder.fresh()) co_return;
    responder.close_afterwards();
    std::string words = sentence(bug.empty() ? "no answer was given" : "a bug in hearth: " + bug);
    const auto sent = co_await responder.send(500, json_headers(), std::move(words));
    static_cast<void>(sent);  // the connection is closed in any case
}

// Why Beast's parser, or the reader of a body, takes no more.
Refusal refusal_of(const ErrorCode& error, const ServerLimits& limits) {
    if (error == http::error::body_limit)
        return {.status = 413,
                .words = fmt::format("the body of the request is longer than {} bytes", limits.max_body)};
    if (error == beast::error::timeout)
        return {.status = 408,
                .words = fmt::format("nothing of the request came for {:g} s", seconds(limits.body_pause))};
    if (error == asio::error::no_memory)
        return {.status = 503, .words = "other requests need the memory for this one; try again"};
    const bool http_error = error.category() == http::make_error_code(http::error::end_of_stream).category();
    if (!http_error || error == http::error::end_of_stream || error == http::error::partial_message)
        return gone();
    return {.status = 400, .words = "the request is no HTTP/1.1: " + error.message()};
}

ServedRequest request_of(const http::request_header<>& head, const std::string& peer, bool loopback) {
    ServedRequest request;
    request.method = std::string(head.method_string());
    request.target = std::string(head.target());
    for (const auto& field : head)
        request.headers.emplace_back(to_lower_ascii(std::string_view(field.name_string())), field.value());
    request.peer = peer;
    request.loopback = loopback;
    return request;
}

class Session {
public:
    Session(Accepted accepted, std::shared_ptr<ServerState> state)
        : state_(std::move(state)),
          peer_(std::move(accepted.peer)),
          loopback_(accepted.loopback),
          entry_(state_->connections, [this] { close(); }) {
        if (accepted.tls) {
            auto tls = std::make_unique<TlsStream>(Wire(std::move(accepted.socket)), *accepted.tls);
            unshaken_ = tls.get();
            stream_ = std::move(tls);
        } else {
            stream_ = std::make_unique<Stream>(Wire(std::move(accepted.socket)));
        }
    }

    // What comes before HTTP. False when the connection is at its end.
    asio::awaitable<bool> begin() {
        if (unshaken_ == nullptr) co_return true;
        std::string nothing;
        const bool shaken = co_await shake_hands(*unshaken_, std::move(nothing));
        co_return shaken;
    }

    // One request and its answer. False when the connection is at its end.
    asio::awaitable<bool> serve_one() {
        entry_.waits();
        RequestParser parser;
        parser.header_limit(static_cast<std::uint32_t>(state_->limits.max_header));
        parser.body_limit(boost::none);  // decided when the header is known
        std::optional<Refusal> refusal = co_await read_head(parser);
        if (refusal) {
            co_await refuse(*std::move(refusal));
            co_return false;
        }
        const SessionResponder::Form form{
            .version = parser.get().version(),
            .keep_alive = parser.get().keep_alive() && !state_->draining,
            .head = parser.get().method() == http::verb::head,
        };
        ServedRequest request = request_of(parser.get().base(), peer_, loopback_);
        request.tunnel = tunnel_;
        request.server_name = server_name_;
        std::string target = request.target;
        RequestBody body(*stream_, buffer_, parser, state_->limits.body_pause);
        BodyBudget::Share share(state_->bodies, [this] { stream_->wire().cancel(); });
        if (state_->in_pieces && state_->in_pieces(request)) {
            request.pieces = &body;
        } else {
            const ErrorCode broken = co_await body.read_all(state_->limits.max_body, share, request.body);
            if (broken) {
                refusal = refusal_of(broken, state_->limits);
                co_await refuse(*std::move(refusal));
                co_return false;
            }
        }
        entry_.works();
        SessionResponder responder(*stream_, state_->limits, form);
        using asio::experimental::awaitable_operators::operator||;
        stream_->expires_never();
        ++state_->busy;
        co_await (handle(*state_, request, responder) || client_gone(*stream_, buffer_, body, responder));
        --state_->busy;
        const bool whole = co_await body.read_away();
        if (!whole) {
            entry_.waits();
            co_await stream_->end_gently(kRefusedReads);
        }
        if (auto identity = responder.tunnel(); identity && whole) {
            const bool entered = co_await enter_tunnel(std::move(identity), std::move(target));
            co_return entered;
        }
        co_return responder.finished() && whole&& responder.keep_alive() && !state_->draining;
    }

    void close() { stream_->close(); }

    asio::awaitable<void> end() {
        co_await stream_->say_goodbye();
        close();
    }

private:
    // `begun`: what has come of it already.
    asio::awaitable<bool> shake_hands(TlsStream& stream, std::string begun) {
        // Who says nothing holds up nobody: the oldest gives way, long after an honest one would be through.
        ConnectionBook& others = state_->handshakes;
        if (others.waiting() >= state_->limits.max_handshakes) others.close_longest_waiting();
        const ConnectionBook::Entry shaking(others, [this] { close(); });
        const bool shaken = co_await stream.accept(state_->limits.handshake_time, std::move(begun));
        co_return shaken;
    }

    // The rest of the connection is TLS. What the client sent ahead is the beginning of its handshake.
    asio::awaitable<bool> enter_tunnel(std::shared_ptr<const TlsIdentity> identity, std::string target) {
        std::string begun(arrived());
        buffer_.consume(begun.size());
        auto tls = std::make_unique<TlsStream>(std::move(stream_->wire()), *identity);
        TlsStream& unshaken = *tls;
        stream_ = std::move(tls);
        entry_.waits();
        const bool shaken = co_await shake_hands(unshaken, std::move(begun));
        tunnel_ = std::move(target);
        if (shaken) server_name_ = unshaken.server_name();
        co_return shaken;
    }

    // Until the head is whole, right and in the parser.
    asio::awaitable<std::optional<Refusal>> read_head(RequestParser& parser) {
        const ServerLimits& limits = state_->limits;
        if (buffer_.size() == 0) {
            if (buffer_.capacity() > kMostIdleBuffer) buffer_.shrink_to_fit();
            stream_->expires_after(limits.idle_time);
            const ErrorCode error = co_await read_more(*stream_, buffer_);
            if (error) co_return gone();
            stream_->expires_never();
        }
        if (arrived().starts_with("\r\n")) buffer_.consume(2);  // RFC 9112, 2.2
        HeadScanner scanner;
        const Clock::time_point due = Clock::now() + limits.header_time;
        HeadScanner::Verdict verdict = scanner.scan(arrived());
        while (verdict == HeadScanner::Verdict::kMore) {
            if (buffer_.size() > limits.max_header) co_return too_long();
            const ErrorCode error = co_await read_more(*stream_, buffer_, due);
            if (error == beast::error::timeout)
                co_return Refusal{
                    .status = 408,
                    .words = fmt::format("the header of the request was not there within {:g} s",
                                         seconds(limits.header_time))};
            if (error) co_return gone();
            verdict = scanner.scan(arrived());
        }
        if (verdict == HeadScanner::Verdict::kBad)
            co_return Refusal{.status = 400,
                              .words =
                                  "the request is no HTTP/1.1: it has a control character, or a line "
                                  "break that is not CRLF, in its header"};
        if (scanner.size() > limits.max_header) co_return too_long();
        std::optional<Refusal> fault = head_fault(arrived().substr(0, scanner.size()), limits.max_fields);
        if (fault) co_return fault;
        // The parser sees the head alone: what it says must not depend on how much of the body is there.
        ErrorCode error;
        buffer_.consume(parser.put(asio::buffer(buffer_.data(), scanner.size()), error));
        if (error == http::error::need_more)
            error = http::error::bad_version;  // the first line ends too early
        if (error) co_return refusal_of(error, limits);
        co_return std::nullopt;
    }

    [[nodiscard]] std::string_view arrived() const {
        const auto data = buffer_.cdata();
        return {static_cast<const char*>(data.data()), data.size()};
    }

    [[nodiscard]] Refusal too_long() const {
        return {.status = 431,
                .words = fmt::format("the header of the request is longer than {} bytes",
                                     state_->limits.max_header)};
    }

    asio::awaitable<void> refuse(Refusal refusal) {
        if (refusal.words.empty()) co_return;
        SessionResponder responder(*stream_, state_->limits, SessionResponder::Form());
        Headers headers = json_headers();
        if (refusal.status == 503) headers.emplace_back("Retry-After", kRetryAfter);
        std::string words = sentence(refusal.words);
        const auto sent = co_await responder.send(refusal.status, std::move(headers), std::move(words));
        if (sent) co_await stream_->end_gently(kRefusedReads);
    }

    std::shared_ptr<ServerState> state_;
    std::unique_ptr<Stream> stream_;
    TlsStream* unshaken_ = nullptr;  // the stream, when it has to shake hands first
    beast::flat_buffer buffer_;
    std::string peer_;
    bool loopback_;
    std::string tunnel_;  // as ServedRequest has it
    std::string server_name_;
    ConnectionBook::Entry entry_;
};

}  // namespace

asio::awaitable<void> serve_connection(Accepted accepted, std::shared_ptr<ServerState> state) {
    Session session(std::move(accepted), std::move(state));
    bool more = co_await session.begin();
    const bool spoke = more;
    while (more)
        more = co_await session.serve_one();
    if (spoke) co_await session.end();
    session.close();
}

}  // namespace hearth::net::detail
