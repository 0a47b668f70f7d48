#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>

#include "net/detail/http_session.h"

namespace {

namespace asio = boost::asio;
using namespace hearth::net;

constexpr ServerLimits kLimits{.max_header = 1024, .max_fields = 16, .max_body = 4096, .max_bodies = 8192};

struct Outcome {
    std::vector<std::string> requests;  // that a handler saw
    std::string answers;

    friend bool operator==(const Outcome&, const Outcome&) = default;
};

std::size_t fields_named(const ServedRequest& request, std::string_view name) {
    return static_cast<std::size_t>(
        std::ranges::count(request.headers, name, [](const auto& each) { return each.first; }));
}

// What every request has that gets as far as to a handler.
void check(const ServedRequest& request) {
    HEARTH_ASSERT(request.body.size() <= kLimits.max_body);
    HEARTH_ASSERT(request.headers.size() <= kLimits.max_fields);
    HEARTH_ASSERT(fields_named(request, "host") <= 1);
    HEARTH_ASSERT(fields_named(request, "content-length") + fields_named(request, "transfer-encoding") <= 1);
    for (const auto& [name, value] : request.headers) {
        HEARTH_ASSERT(name.find_first_of(" \t\r\n:") == std::string::npos);
        HEARTH_ASSERT(value.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos);
    }
}

// A connection of the server whose client sends the bytes in pieces of `step` and then ends its side.
Outcome serve(std::string_view bytes, std::size_t step) {
    Outcome outcome;
    const auto handler = [&](ServedRequest& request, Responder& responder) -> asio::awaitable<void> {
        check(request);
        outcome.requests.push_back(request.method + " " + request.target + " " + request.body);
        Headers headers;
        std::string body = "ok";
        CO_IGNORE(co_await responder.send(200, std::move(headers), std::move(body)));
    };
    asio::io_context loop;
    const auto state = std::make_shared<detail::ServerState>(
        detail::ServerState{.loop = loop, .limits = kLimits, .handler = handler, .in_pieces = {}});
    std::array<int, 2> ends{};
    HEARTH_ASSERT(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()) == 0);
    detail::Accepted accepted{
        .socket =
            asio::generic::stream_protocol::socket(loop, asio::generic::stream_protocol(AF_UNIX, 0), ends[1]),
        .peer = "fuzz",
        .loopback = true,
        .tls = nullptr,
    };
    asio::co_spawn(loop, detail::serve_connection(std::move(accepted), state), asio::detached);
    const auto read_answers = [&] {
        std::array<char, 4096> piece{};
        for (ssize_t got = 1; got > 0;) {
            got = ::recv(ends[0], piece.data(), piece.size(), 0);
            if (got > 0) outcome.answers.append(piece.data(), static_cast<std::size_t>(got));
        }
    };
    for (std::size_t at = 0; at < bytes.size(); at += step) {
        loop.poll();
        const std::string_view piece = bytes.substr(at, step);
        if (::send(ends[0], piece.data(), piece.size(), MSG_NOSIGNAL) < 0) break;
        read_answers();
    }
    loop.poll();
    ::shutdown(ends[0], SHUT_WR);
    loop.run();
    read_answers();
    ::close(ends[0]);
    HEARTH_ASSERT(state->connections.size() == 0 && state->bodies.used() == 0);
    return outcome;
}

}  // namespace

// The first byte chooses the size of the pieces, the rest is what a client sends: pieces make no difference to what is served.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data + 1), size - 1);
    const Outcome whole = serve(bytes, size);
    HEARTH_ASSERT(serve(bytes, std::size_t{1} + *data % 64U) == whole);
    return 0;
}
