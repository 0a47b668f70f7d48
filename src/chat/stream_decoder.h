#pragma once
#include <memory>
#include <string_view>

#include "chat/message.h"
#include "chat/provider.h"
#include "core/result.h"

namespace hearth::chat {

// Puts an answer together from the events of a stream, in the dialect of one API, and tells what comes.
// Threads: one owner.
class StreamDecoder {
public:
    StreamDecoder() = default;
    StreamDecoder(const StreamDecoder&) = delete;
    StreamDecoder& operator=(const StreamDecoder&) = delete;
    virtual ~StreamDecoder() = default;

    // The data of one event. False from the sink is remembered in stopped(); no events follow.
    // Errors: kCorrupt for what is no event of the dialect or breaks a limit, kTooLarge; what the server says when it is an error of
    // its own (cloud_error.h).
    [[nodiscard]] virtual Status feed(std::string_view payload, const EventSink& sink) = 0;

    [[nodiscard]] virtual bool stopped() const = 0;

    // The answer has come to its end. More may follow: counts, an end mark.
    [[nodiscard]] virtual bool done() const = 0;

    // What has come so far; once. An answer that has not come to its end has kStop when the sink stopped it, else kError.
    [[nodiscard]] virtual Reply take() = 0;
};

}  // namespace hearth::chat
