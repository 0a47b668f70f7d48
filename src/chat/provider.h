#pragma once
#include <functional>
#include <stop_token>

#include "chat/fill.h"
#include "chat/message.h"
#include "core/result.h"

namespace hearth::chat {

// Told of each event; false stops the generation (the reply then holds what had come).
using EventSink = std::function<bool(const Event&)>;

// One way to a model: an engine of ours, a daemon, a cloud.
// Threads: one call at a time per provider.
class Provider {
public:
    virtual ~Provider() = default;

    // Sends the request and streams the answer. A stop request ends the generation in the engine within 200 ms
    // and gives kCancelled.
    // Errors: kInvalidInput (the request was refused; a prompt over the context window says both counts),
    // kUnavailable (the engine is gone or the connection broke), kTimeout, kCancelled, kCorrupt (not the protocol).
    virtual Result<Reply> stream(const Request& request, const EventSink& sink, std::stop_token stop) = 0;

    // Fills a gap in a file. Stops as stream() does. Errors: kUnsupported (the model or the way to it knows no gaps), and those of stream().
    virtual Result<FillReply> fill(const FillRequest& /*request*/, std::stop_token /*stop*/) {
        return Error(Code::kUnsupported, "this provider fills no gaps");
    }

    // Exact length of a text in this model's tokens. kUnsupported when the provider cannot count.
    virtual Result<Tokens> count_tokens(std::string_view text) = 0;

    // The model's context window as the provider serves it (of one candidate).
    [[nodiscard]] virtual Tokens context_window() const = 0;
};

}  // namespace hearth::chat
