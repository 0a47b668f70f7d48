#include "net/detail/session_responder.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include <boost/beast/core/error.hpp>
#include <boost/beast/http/status.hpp>

#include "core/text.h"

namespace hearth::net::detail {

namespace beast = boost::beast;
namespace http = boost::beast::http;

namespace {

Error write_error(const ErrorCode& error) {
    if (error == beast::error::timeout)
        return Error(Code::kTimeout, "the client did not take its answer in time");
    return Error(Code::kCancelled, "the client is gone: " + error.message());
}

}  // namespace

Task<void> SessionResponder::send(int status, Headers headers, std::string body) {
    phase_ = Phase::kBegun;
    const bool without_body = status == 204 || status == 304;  // RFC 9110, 6.4.1
    if (!without_body) headers.emplace_back("Content-Length", std::to_string(body.size()));
    std::string bytes = head_of(status, headers);
    if (!form_.head) bytes += body;
    CO_CHECK(co_await put(std::move(bytes)));
    phase_ = Phase::kFinished;
    co_return Status();
}

Task<void> SessionResponder::begin(int status, Headers headers) {
    phase_ = Phase::kBegun;
    // What a body would have is told as it is (RFC 9110, 9.3.2).
    const bool has_length = form_.head && std::ranges::any_of(headers, [](const auto& each) {
                                return to_lower_ascii(each.first) == "content-length";
                            });
    chunked_ = form_.version >= 11 && !has_length;
    if (chunked_)
        headers.emplace_back("Transfer-Encoding", "chunked");
    else if (!has_length)
        close_afterwards();  // the end of the connection is the end of the body
    head_ = head_of(status, headers);
    co_return Status();
}

Task<void> SessionResponder::write(std::string piece) {
    if (piece.empty() || form_.head) co_return Status();  // an empty chunk would end the body
    if (chunked_) piece = fmt::format("{:x}\r\n{}\r\n", piece.size(), piece);
    piece.insert(0, std::exchange(head_, {}));
    co_return co_await put(std::move(piece));
}

Task<void> SessionResponder::finish() {
    std::string last = std::exchange(head_, {});
    if (chunked_ && !form_.head) last += "0\r\n\r\n";
    if (!last.empty()) {
        CO_CHECK(co_await put(std::move(last)));
    }
    phase_ = Phase::kFinished;
    co_return Status();
}

Task<void> SessionResponder::open_tunnel(std::shared_ptr<const TlsIdentity> tls) {
    phase_ = Phase::kBegun;
    std::string bytes = "HTTP/1.1 200 Connection established\r\n\r\n";
    CO_CHECK(co_await put(std::move(bytes)));
    tunnel_ = std::move(tls);
    phase_ = Phase::kFinished;
    co_return Status();
}

void SessionResponder::knock() {
    if (form_.version >= 11) stream_.send_now("HTTP/1.1 102 Processing\r\n\r\n");
}

Task<void> SessionResponder::put(std::string bytes) {
    stream_.expires_after(limits_.write_pause);
    const ErrorCode error = co_await stream_.write_all(bytes);
    if (error) co_return write_error(error);
    co_return Status();
}

std::string SessionResponder::head_of(int status, const Headers& headers) const {
    const auto reason = http::obsolete_reason(http::int_to_status(static_cast<unsigned>(status)));
    const bool http_11 = form_.version >= 11;
    std::string head = fmt::format("HTTP/1.{} {} {}\r\n", http_11 ? 1 : 0, status, std::string_view(reason));
    for (const auto& [name, value] : headers)
        add_field(head, name, value);
    if (form_.keep_alive != http_11) add_field(head, "Connection", form_.keep_alive ? "keep-alive" : "close");
    head += "\r\n";
    return head;
}

}  // namespace hearth::net::detail
