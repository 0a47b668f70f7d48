#pragma once
#include <cstddef>
#include <memory>
#include <string_view>

#include "core/result.h"
#include "net/http_client.h"

namespace hearth::net::detail {

// Turns the bytes of a connection into one HTTP/1.1 response: chunked, with a length, or until the end of the
// connection; interim responses (1xx) are passed over.
// Errors: kCorrupt (not HTTP), kTooLarge (headers over 64 KiB, a collected body over its limit), kCancelled (the sink
// said false), kUnavailable (the connection ended too early).
// Threads: one owner.
class ResponseReader {
public:
    // `to_head`: the request was HEAD, so there is no body whatever the headers say.
    ResponseReader(bool to_head, std::size_t max_body, const BodySink& sink);
    ResponseReader(const ResponseReader&) = delete;
    ResponseReader& operator=(const ResponseReader&) = delete;
    ~ResponseReader();

    [[nodiscard]] Status feed(std::string_view bytes);

    // The peer closed the connection.
    [[nodiscard]] Status end();

    [[nodiscard]] bool done() const;

    // Once done.
    [[nodiscard]] HttpResponse take();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace hearth::net::detail
