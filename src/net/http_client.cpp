#include "net/http_client.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

#include "core/text.h"
#include "net/detail/response_reader.h"
#include "net/detail/socket.h"
#include "os/fd.h"

namespace hearth::net {

namespace {

using detail::Clock;
using detail::Waiter;

bool is_token(std::string_view text) {
    constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::all_of(text.begin(), text.end(), [&](char byte) {
        return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
               kOthers.find(byte) != std::string_view::npos;
    });
}

// Visible ASCII and, in values, anything that cannot end the line.
bool is_target(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char byte) { return byte > ' ' && byte < 0x7F; });
}

bool is_value(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char byte) {
        return byte == '\t' || (static_cast<unsigned char>(byte) >= 0x20U && byte != 0x7F);
    });
}

Result<std::string> render(const Address& address, const HttpRequest& request) {
    if (!is_token(request.method) || !is_target(request.target))
        return Error(Code::kInvalidInput, fmt::format("'{} {}' cannot be an HTTP request line",
                                                      printable(request.method), printable(request.target)));
    std::string text = fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", request.method,
                                   request.target, host_field(address));
    for (const auto& [name, value] : request.headers) {
        if (!is_token(name) || !is_value(value))
            return Error(Code::kInvalidInput,
                         fmt::format("'{}' cannot be sent as an HTTP header", printable(name)));
        const std::string lower = to_lower_ascii(name);
        if (lower == "host" || lower == "connection" || lower == "content-length" ||
            lower == "transfer-encoding")
            return Error(Code::kInvalidInput, fmt::format("the header {} is set by the client itself", name));
        text += fmt::format("{}: {}\r\n", name, value);
    }
    const bool takes_body = request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
    if (takes_body || !request.body.empty())
        text += fmt::format("Content-Length: {}\r\n", request.body.size());
    text += "\r\n";
    text += request.body;
    return text;
}

// One request going out and one answer coming in, at the same time: a server may answer before it has read all.
class Connection {
public:
    Connection(int fd, const Waiter& waiter, const HttpLimits& limits)
        : fd_(fd), waiter_(waiter), limits_(limits) {}

    Status run(std::string_view unsent, detail::ResponseReader& reader) {
        while (!reader.done()) {
            const auto events = static_cast<short>(POLLIN | (unsent.empty() ? 0 : POLLOUT));
            std::optional<Clock::time_point> until;
            if (limits_.idle_timeout) until = Clock::now() + *limits_.idle_timeout;
            const short ready = TRY(waiter_.wait(fd_, events, until));
            if (ready == 0)
                return Error(Code::kTimeout, fmt::format("no byte for {} ms", limits_.idle_timeout->count()));
            if ((ready & (POLLIN | POLLHUP | POLLERR)) != 0) TRY(receive(reader));
            if ((ready & POLLOUT) != 0) TRY(send(unsent));
        }
        return {};
    }

private:
    Status receive(detail::ResponseReader& reader) {
        std::array<char, 65536> buffer;
        const ssize_t got = ::recv(fd_, buffer.data(), buffer.size(), 0);
        if (got > 0) return reader.feed(std::string_view(buffer.data(), static_cast<std::size_t>(got)));
        if (got == 0) return reader.end();
        if (errno == EAGAIN || errno == EINTR) return {};
        // Also for a body that goes on until the connection closes: a reset is no orderly end.
        if (errno == ECONNRESET)
            return Error(Code::kUnavailable, "the connection was lost before the end of the answer");
        return errno_error(errno, "receiving");
    }

    Status send(std::string_view& unsent) const {
        const ssize_t sent = ::send(fd_, unsent.data(), unsent.size(), MSG_NOSIGNAL);
        if (sent >= 0) {
            unsent.remove_prefix(static_cast<std::size_t>(sent));
        } else if (errno == EPIPE || errno == ECONNRESET) {
            // It does not want the rest; its answer may already be here.
            unsent = {};
        } else if (errno != EAGAIN && errno != EINTR) {
            return errno_error(errno, "sending");
        }
        return {};
    }

    int fd_;
    const Waiter& waiter_;
    const HttpLimits& limits_;
};

}  // namespace

std::string host_field(const Address& address, std::string_view usual_port) {
    if (std::holds_alternative<UnixAddress>(address)) return "localhost";
    auto words = detail::describe(address);
    const auto port = fmt::format(":{}", usual_port);
    if (!usual_port.empty() && std::get<TcpAddress>(address).port == usual_port)
        words.resize(words.size() - port.size());
    return words;
}

Result<HttpResponse> exchange(const Address& address, const HttpRequest& request, const HttpLimits& limits,
                              std::stop_token stop, const BodySink& sink) {
    const std::string text = TRY(render(address, request));
    const Waiter waiter = TRY(Waiter::create(std::move(stop), limits.total_timeout));
    const os::Fd socket = TRY(detail::connect_to(address, waiter, limits.connect_timeout));
    detail::ResponseReader reader(request.method == "HEAD", limits.max_body, sink);
    Connection connection(socket.get(), waiter, limits);
    if (Status ran = connection.run(text, reader); !ran)
        return ran.error().with_context(
            fmt::format("{} {} at {}", request.method, request.target, detail::describe(address)));
    return reader.take();
}

}  // namespace hearth::net
