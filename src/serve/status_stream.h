#pragma once
#include <string>

#include <boost/asio/awaitable.hpp>

#include "net/http_server.h"

namespace hearth::serve {

// The answer of Ollama's management routes: lines of JSON while the work goes on, or only its end for a client that wants no stream.
// Threads: the loop's.
class StatusStream {
public:
    StatusStream(net::Responder& responder, bool streamed) : responder_(responder), streamed_(streamed) {}

    // JSON objects, a line each; none: nothing happens.
    [[nodiscard]] net::Task<void> lines(std::string lines);

    // {"status": "…"}
    [[nodiscard]] net::Task<void> say(const std::string& status);

    // {"status": "success"}, or the error: with its HTTP status where nothing was sent yet, else as the last line.
    boost::asio::awaitable<void> end(Status outcome);

private:
    net::Responder& responder_;
    bool streamed_;
};

// {"status": "…"} and a line's end.
[[nodiscard]] std::string status_line(std::string_view status);

}  // namespace hearth::serve
