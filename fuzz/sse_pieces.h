#pragma once
#include <cstddef>
#include <cstdlib>
#include <string>
#include <string_view>

#include "chat/provider.h"
#include "net/sse.h"

namespace hearth::fuzz {

inline void require(bool condition) {
    if (!condition) std::abort();
}

// Feeds a decoder of answers with a stream that comes in pieces of that many bytes. Returns the error, or nothing, and the number of
// events that were told: "error|12".
template <typename Decoder>
std::string feed_in_pieces(Decoder& decoder, std::string_view bytes, std::size_t piece) {
    net::SseParser events(std::size_t{1} << 16U);
    std::size_t told = 0;
    std::string failure;
    const chat::EventSink sink = [&](const chat::Event&) { return ++told < 1000; };
    for (std::size_t at = 0; at < bytes.size() && failure.empty(); at += piece) {
        const auto fed = events.feed(bytes.substr(at, piece), [&](const net::SseEvent& event) {
            if (!failure.empty()) return;
            if (auto status = decoder.feed(event.data, sink); !status) failure = status.error().message();
        });
        if (!fed && failure.empty()) failure = fed.error().message();
    }
    return failure + "|" + std::to_string(told);
}

}  // namespace hearth::fuzz
