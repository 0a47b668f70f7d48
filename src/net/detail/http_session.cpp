#include "net/detail/http_session.h"

#include <exception>
#include <fmt/format.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/status.hpp>

#include "core/json.h"
#include "core/text.h"
#include "net/detail/request_body.h"
#include "net/detail/stream.h"
#include "net/detail/tls_stream.h"

namespace hearth::net::detail {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

constexpr auto kQuiet = asio::as_tuple(asio::use_awaitable);

Error write_error(const ErrorCode& error) {
    if (error == beast::error::timeout)
        return Error(Code::kTimeout, "the client did not take its answer in time");
    return Error(Code::kCancelled, "the client is gone: " + error.message());
}

class SessionResponder final : public Responder {
public:
    SessionResponder(Stream& stream, const ServerLimits& limits, unsigned version, bool keep_alive, bool head)
        : stream_(stream), limits_(limits), version_(version), keep_alive_(keep_alive), head_(head) {}

    Task<void> send(int status, Headers headers, std::string body) override {
        phase_ = Phase::kBegun;
        const bool without_body = status == 204 || status == 304;  // RFC 9110, 6.4.1
        if (!without_body) headers.emplace_back("Content-Length", std::to_string(body.size()));
        std::string bytes = head_of(status, headers);
        if (!head_) bytes += body;
        CO_CHECK(co_await put(std::move(bytes)));
        phase_ = Phase::kFinished;
        co_return Status();
    }

    Task<void> begin(int status, Headers headers) override {
        phase_ = Phase::kBegun;
        chunked_ = version_ >= 11;
        if (chunked_)
            headers.emplace_back("Transfer-Encoding", "chunked");
        else
            keep_alive_ = false;  // the end of the connection is the end of the body
        co_return co_await put(head_of(status, headers));
    }

    Task<void> write(std::string piece) override {
        if (piece.empty() || head_) co_return Status();  // an empty chunk would end the body
        if (chunked_) piece = fmt::format("{:x}\r\n{}\r\n", piece.size(), piece);
        co_return co_await put(std::move(piece));
    }

    Task<void> finish() override {
        if (chunked_ && !head_) {
            CO_CHECK(co_await put("0\r\n\r\n"));
        }
        phase_ = Phase::kFinished;
        co_return Status();
    }

    [[nodiscard]] bool fresh() const override { return phase_ == Phase::kFresh; }

    [[nodiscard]] bool finished() const { return phase_ == Phase::kFinished; }

    [[nodiscard]] bool keep_alive() const { return keep_alive_; }

    void close_afterwards() { keep_alive_ = false; }

private:
    enum class Phase { kFresh, kBegun, kFinished };

    Task<void> put(std::string bytes) {
        stream_.expires_after(limits_.write_pause);
        const ErrorCode error = co_await stream_.write_all(bytes);
        if (error) co_return write_error(error);
        co_return Status();
    }

    [[nodiscard]] std::string head_of(int status, const Headers& headers) const {
        const auto reason = http::obsolete_reason(http::int_to_status(static_cast<unsigned>(status)));
        std::string head =
            fmt::format("HTTP/1.{} {} {}\r\n", version_ >= 11 ? 1 : 0, status, std::string_view(reason));
        for (const auto& [name, value] : headers)
            add_field(head, name, value);
        if (keep_alive_ != (version_ >= 11))
            add_field(head, "Connection", keep_alive_ ? "keep-alive" : "close");
        head += "\r\n";
        return head;
    }

    Stream& stream_;
    const ServerLimits& limits_;
    unsigned version_;
    bool keep_alive_;
    bool head_;
    bool chunked_ = false;
    Phase phase_ = Phase::kFresh;
};

// Ends when the client has closed its side or the connection broke. Before the end of the body that is for its reader to find. A
// further request that came early is kept for its turn, and hides the end of the connection.
asio::awaitable<void> client_gone(Stream& stream, beast::flat_buffer& buffer, RequestBody& body) {
    co_await body.ended();
    const ErrorCode error = co_await read_more(stream, buffer);
    if (error) co_return;
    asio::steady_timer forever(stream.wire().get_executor(), asio::steady_timer::time_point::max());
    co_await forever.async_wait(kQuiet);
}

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

asio::awaitable<void> refuse(Stream& stream, const ServerLimits& limits, int status, std::string words) {
    SessionResponder responder(stream, limits, 11, false, false);
    const auto sent = co_await responder.send(status, json_headers(), sentence(words));
    static_cast<void>(sent);  // the connection is closed in any case
}

int status_of(const ErrorCode& error) {
    if (error == http::error::header_limit) return 431;
    if (error == http::error::body_limit) return 413;
    return 400;
}

std::string words_of(const ErrorCode& error, const ServerLimits& limits) {
    if (error == http::error::header_limit)
        return fmt::format("the header of the request is longer than {} bytes", limits.max_header);
    if (error == http::error::body_limit)
        return fmt::format("the body of the request is longer than {} bytes", limits.max_body);
    return "the request is no HTTP/1.1: " + error.message();
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
        : peer_(std::move(accepted.peer)), loopback_(accepted.loopback), state_(std::move(state)) {
        if (accepted.tls) {
            auto tls = std::make_unique<TlsStream>(Wire(std::move(accepted.socket)), *accepted.tls);
            unshaken_ = tls.get();
            stream_ = std::move(tls);
        } else {
            stream_ = std::make_unique<Stream>(Wire(std::move(accepted.socket)));
        }
    }

    // What comes before HTTP. False when the connection is at its end.
    asio::awaitable<bool> begin(std::uint64_t number) {
        if (unshaken_ == nullptr) co_return true;
        // Who says nothing holds up nobody: the oldest gives way, long after an honest one would be through.
        std::set<std::uint64_t>& others = state_->handshakes;
        if (others.size() >= state_->limits.max_handshakes) {
            const std::uint64_t oldest = *others.begin();
            others.erase(oldest);
            state_->closers.at(oldest)();
        }
        others.insert(number);
        const bool shaken = co_await unshaken_->accept(state_->limits.handshake_time);
        others.erase(number);
        co_return shaken;
    }

    // One request and its answer. False when the connection is at its end.
    asio::awaitable<bool> serve_one() {
        RequestParser parser;
        parser.header_limit(static_cast<std::uint32_t>(state_->limits.max_header));
        parser.body_limit(boost::none);  // decided when the header is known
        stream_->expires_after(state_->limits.header_time);
        const ErrorCode error = co_await parse_header(*stream_, buffer_, parser);
        if (error) {
            co_await refuse_unless_gone(error);
            co_return false;
        }
        const unsigned version = parser.get().version();
        const bool head = parser.get().method() == http::verb::head;
        const bool keep_alive = parser.get().keep_alive() && !state_->draining;
        ServedRequest request = request_of(parser.get().base(), peer_, loopback_);
        RequestBody body(*stream_, buffer_, parser, state_->limits.body_pause);
        if (state_->in_pieces && state_->in_pieces(request)) {
            request.pieces = &body;
        } else {
            const ErrorCode broken = co_await body.read_all(state_->limits.max_body, request.body);
            if (broken) {
                co_await refuse_unless_gone(broken);
                co_return false;
            }
        }
        SessionResponder responder(*stream_, state_->limits, version, keep_alive, head);
        using asio::experimental::awaitable_operators::operator||;
        stream_->expires_never();
        ++state_->busy;
        co_await (handle(*state_, request, responder) || client_gone(*stream_, buffer_, body));
        --state_->busy;
        const bool whole = co_await body.read_away();
        co_return responder.finished() && whole&& responder.keep_alive() && !state_->draining;
    }

    void close() { stream_->close(); }

    asio::awaitable<void> end() {
        co_await stream_->say_goodbye();
        close();
    }

private:
    asio::awaitable<void> refuse_unless_gone(ErrorCode error) {
        const bool http_error =
            error.category() == http::make_error_code(http::error::end_of_stream).category();
        if (http_error && error != http::error::end_of_stream && error != http::error::partial_message)
            co_await refuse(*stream_, state_->limits, status_of(error), words_of(error, state_->limits));
    }

    std::unique_ptr<Stream> stream_;
    TlsStream* unshaken_ = nullptr;  // the stream, when it has to shake hands first
    beast::flat_buffer buffer_;
    std::string peer_;
    bool loopback_;
    std::shared_ptr<ServerState> state_;
};

}  // namespace

asio::awaitable<void> serve_connection(Accepted accepted, std::shared_ptr<ServerState> state) {
    Session session(std::move(accepted), state);
    const std::uint64_t number = ++state->last_number;
    state->closers.emplace(number, [&session] { session.close(); });
    bool more = co_await session.begin(number);
    const bool spoke = more;
    while (more)
        more = co_await session.serve_one();
    if (spoke) co_await session.end();
    state->closers.erase(number);
    session.close();
    --state->connections;
}

}  // namespace hearth::net::detail
