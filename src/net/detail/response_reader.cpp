#include "net/detail/response_reader.h"

#include <fmt/format.h>
#include <optional>
#include <string>

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include "core/text.h"

namespace hearth::net::detail {

namespace {

namespace http = boost::beast::http;
using boost::beast::error_code;

constexpr std::uint32_t kMaxHeader = 64 * 1024;

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

// Beast's parser with the body handed on in pieces. Our own failures travel beside its error codes.
class Parser final : public http::basic_parser<false> {
public:
    Parser(bool to_head, std::size_t max_body, const BodySink& sink) : max_body_(max_body), sink_(sink) {
        header_limit(kMaxHeader);
        body_limit(boost::none);
        eager(true);
        skip(to_head);
    }

    HttpResponse response;
    std::optional<Error> failure;

private:
    void on_request_impl(http::verb, boost::beast::string_view, boost::beast::string_view, int,
                         error_code&) override {}

    void on_response_impl(int code, boost::beast::string_view, int, error_code&) override {
        response.status = code;
    }

    void on_field_impl(http::field, boost::beast::string_view name, boost::beast::string_view value,
                       error_code& ec) override {
        // Fields after a chunked body (trailers) tell nothing that we ask for.
        if (header_done_) return;
        // Beast limits one read of the header; many reads of it are limited here.
        header_size_ += name.size() + value.size();
        if (header_size_ > kMaxHeader) ec = http::error::header_limit;
        response.headers.emplace_back(to_lower_ascii(view(name)), view(value));
    }

    void on_header_impl(error_code&) override { header_done_ = true; }

    void on_body_init_impl(const boost::optional<std::uint64_t>& length, error_code& ec) override {
        if (!sink_ && length && *length > max_body_) ec = http::error::body_limit;
    }

    std::size_t on_body_impl(boost::beast::string_view body, error_code& ec) override {
        if (sink_) {
            if (!sink_(response.status, view(body)))
                fail(Error(Code::kCancelled, "stopped by the receiver"), ec);
        } else if (response.body.size() + body.size() > max_body_) {
            ec = http::error::body_limit;
        } else {
            response.body.append(view(body));
        }
        return body.size();
    }

    void on_chunk_header_impl(std::uint64_t, boost::beast::string_view, error_code&) override {}

    std::size_t on_chunk_body_impl(std::uint64_t, boost::beast::string_view body, error_code& ec) override {
        return on_body_impl(body, ec);
    }

    void on_finish_impl(error_code&) override {}

    void fail(Error error, error_code& ec) {
        failure = std::move(error);
        ec = http::error::unexpected_body;
    }

    std::size_t max_body_;
    const BodySink& sink_;
    std::size_t header_size_ = 0;
    bool header_done_ = false;
};

Error explain(const error_code& ec, std::size_t max_body) {
    if (ec == http::error::header_limit)
        return {Code::kTooLarge,
                fmt::format("the headers of the answer are larger than {} bytes", kMaxHeader)};
    if (ec == http::error::body_limit)
        return {Code::kTooLarge, fmt::format("the answer is larger than the limit of {} bytes", max_body)};
    if (ec == http::error::partial_message)
        return {Code::kUnavailable, "the connection was closed before the end of the answer"};
    return {Code::kCorrupt, fmt::format("the answer is not HTTP/1.1 ({})", ec.message())};
}

}  // namespace

struct ResponseReader::State {
    bool to_head;
    std::size_t max_body;
    const BodySink& sink;
    std::optional<Parser> parser;
    std::string pending;  // received and not yet parsed

    State(bool head, std::size_t most, const BodySink& receiver)
        : to_head(head), max_body(most), sink(receiver) {
        restart();
    }

    void restart() { parser.emplace(to_head, max_body, sink); }

    // Whether there is more to do without more bytes.
    Result<bool> step() {
        error_code ec;
        const std::size_t used = parser->put(boost::asio::buffer(pending), ec);
        pending.erase(0, used);
        if (parser->failure) return *parser->failure;
        if (ec == http::error::need_more) return false;
        if (ec) return explain(ec, max_body);
        if (!parser->is_done()) return !pending.empty();
        const int status = parser->response.status;
        if (status < 100 || status >= 200) return false;
        restart();
        return !pending.empty();
    }
};

ResponseReader::ResponseReader(bool to_head, std::size_t max_body, const BodySink& sink)
    : state_(std::make_unique<State>(to_head, max_body, sink)) {}

ResponseReader::~ResponseReader() = default;

Status ResponseReader::feed(std::string_view bytes) {
    if (bytes.empty() || done()) return {};
    state_->pending.append(bytes);
    while (TRY(state_->step()))
        continue;
    return {};
}

Status ResponseReader::end() {
    if (done()) return {};
    Parser& parser = *state_->parser;
    if (!parser.got_some() && state_->pending.empty())
        return Error(Code::kUnavailable, "the connection was closed without an answer");
    error_code ec = http::error::partial_message;
    if (parser.got_some()) parser.put_eof(ec);
    if (ec) return explain(ec, state_->max_body);
    return {};
}

bool ResponseReader::done() const { return state_->parser->is_done(); }

HttpResponse ResponseReader::take() { return std::move(state_->parser->response); }

}  // namespace hearth::net::detail
