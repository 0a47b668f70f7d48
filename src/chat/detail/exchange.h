#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

#include "chat/detail/named_event.h"
#include "chat/provider.h"
#include "core/result.h"
#include "net/event_stream.h"
#include "net/http_client.h"
#include "net/sse.h"

namespace hearth::chat::detail {

// What an answer with another status than 200 means. Of its body, no more is there than is worth reading.
using Refused = Error (*)(std::string_view body, const net::HttpResponse& response);

// How the events of an answer are told apart: text/event-stream, or Amazon's binary form of it (named_event.h).
enum class Framing : std::uint8_t { kServerSentEvents, kEventStream };

// What the pieces of one exchange come to: events of a stream, or the body of a refusal.
// A Decoder has feed(), stopped(), done() and take(), as StreamDecoder and OpenAiStreamDecoder have them.
// Threads: one owner.
template <typename Decoder>
class Exchange {
public:
    // Decoder and sink are those of the one call that this object lives in. An event over `max_event` bytes ends the exchange.
    Exchange(Decoder& decoder, const EventSink& sink, std::size_t max_event,
             Framing framing = Framing::kServerSentEvents)
        : decoder_(decoder), sink_(sink), framing_(framing), events_(max_event), messages_(max_event) {}

    // False when nothing more is wanted.
    bool take(int status, std::string_view piece) {
        if (status != 200) {
            if (refusal_.size() < kMaxRefusal) refusal_ += piece.substr(0, kMaxRefusal - refusal_.size());
            return true;
        }
        if (auto fed = cut(piece); !fed && !failure_) failure_ = std::move(fed).error();
        return !failure_ && !decoder_.stopped();
    }

    // The answer, once the exchange is over; once. `broken_off` is said of an answer without an end.
    [[nodiscard]] Result<Reply> conclude(const Result<net::HttpResponse>& response,
                                         const std::stop_token& stop, Refused refused,
                                         const char* broken_off) {
        if (failure_) return std::move(*failure_);
        if (stop.stop_requested() && !decoder_.done())
            return Error(Code::kCancelled, "the answer was stopped before its end");
        if (decoder_.stopped() || decoder_.done()) return std::move(decoder_).take();
        if (!response) return response.error();
        if (response->status != 200) return refused(refusal_, *response);
        return Error(Code::kUnavailable, broken_off);
    }

private:
    static constexpr std::size_t kMaxRefusal = std::size_t{64} << 10U;  // bytes that are kept of its body

    Status cut(std::string_view piece) {
        if (framing_ == Framing::kServerSentEvents)
            return events_.feed(piece, [this](const net::SseEvent& event) { decode(event.data); });
        return messages_.feed(piece, [this](const net::EventStreamMessage& message) {
            if (const auto event = named_event(message); !event.empty()) decode(event);
        });
    }

    void decode(std::string_view event) {
        if (failure_) return;
        if (auto fed = decoder_.feed(event, sink_); !fed) failure_ = std::move(fed).error();
    }

    Decoder& decoder_;
    const EventSink& sink_;
    Framing framing_;
    net::SseParser events_;            // kServerSentEvents
    net::EventStreamParser messages_;  // kEventStream
    std::string refusal_;
    std::optional<Error> failure_;
};

}  // namespace hearth::chat::detail
