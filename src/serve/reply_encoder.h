#pragma once
#include <string>
#include <string_view>

#include "chat/message.h"
#include "core/result.h"
#include "net/http_server.h"

namespace hearth::serve {

// How a request went, beside its tokens.
struct Timing {
    double load_seconds = 0;
    double queue_seconds = 0;
    double total_seconds = 0;
};

// One answer in one dialect: as a stream of pieces (waiting, begin, payload or event, then end or broken), as a whole, or as a refusal.
// What begin() gives goes before everything but waiting(), also before an answer that is broken from the first; it may be asked for after
// the pieces that follow it.
// The strings are what goes to the client, framing included. Pure but for ids and times set at construction.
// Threads: one owner.
class ReplyEncoder {
public:
    virtual ~ReplyEncoder() = default;

    [[nodiscard]] virtual std::string stream_type() const = 0;  // Content-Type of a stream

    virtual std::string begin() { return {}; }

    // The request still waits for its turn: words for a person, in a form that clients pass over. May come before begin().
    virtual std::string waiting(std::string_view words) { return ": " + std::string(words) + "\n\n"; }

    // A chunk of the engine's stream as it came (the text behind "data: "), for a dialect that passes it on.
    virtual std::string payload(std::string_view /*chunk*/) { return {}; }

    // What the chunk says.
    virtual std::string event(const chat::Event& /*event*/) { return {}; }

    virtual std::string end(const chat::Reply& reply, const Timing& timing) = 0;

    // The engine failed in mid-stream.
    virtual std::string broken(const Error& error) = 0;

    virtual net::WholeResponse whole(const chat::Reply& reply, const Timing& timing) = 0;

    // Nothing has been sent yet, and nothing will be but this.
    virtual net::WholeResponse refusal(const Error& error) = 0;
};

// The status that fits an error. One table for all dialects.
[[nodiscard]] int http_status(Code code);

// Whether a prompt did not fit the context window, for which dialects have names of their own (chat/openai_error.h has the sentence).
[[nodiscard]] bool is_overflow(const Error& error);

// A whole answer in JSON.
[[nodiscard]] net::WholeResponse json_response(std::string body, int status = 200);

// "data: <json>\n\n", with its event name where one is given.
[[nodiscard]] std::string sse(std::string_view json, std::string_view event = {});

}  // namespace hearth::serve
