#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "net/sse.h"

namespace {

using Events = std::vector<std::pair<std::string, std::string>>;

// The stream in pieces of `step` bytes. The limit is above any input, so that it cannot depend on the pieces.
Events parse(std::string_view stream, std::size_t step) {
    hearth::net::SseParser parser;
    Events events;
    for (std::size_t at = 0; at < stream.size(); at += step) {
        const auto fed = parser.feed(stream.substr(at, step), [&](const hearth::net::SseEvent& event) {
            events.emplace_back(event.event, event.data);
        });
        HEARTH_ASSERT(fed.has_value());
    }
    return events;
}

}  // namespace

// The first byte chooses the size of the pieces, the rest is the stream: pieces make no difference.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view stream(reinterpret_cast<const char*>(data + 1), size - 1);
    const Events whole = parse(stream, size);
    HEARTH_ASSERT(parse(stream, 1) == whole);
    HEARTH_ASSERT(parse(stream, std::size_t{1} + *data % 16U) == whole);
    for (const auto& [name, text] : whole)
        HEARTH_ASSERT(!name.empty());
    hearth::net::SseParser small(32);
    const auto fed = small.feed(
        stream, [](const hearth::net::SseEvent& event) { HEARTH_ASSERT(event.data.size() <= 32); });
    HEARTH_ASSERT(fed.has_value() || fed.error().code() == hearth::Code::kTooLarge);
    return 0;
}
