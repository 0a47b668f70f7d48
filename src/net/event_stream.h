#pragma once
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"

namespace hearth::net {

// One message of a stream.
struct EventStreamMessage {
    std::vector<std::pair<std::string, std::string>>
        texts;            // its headers that are texts, in their order: ":event-type"
    std::string payload;  // bytes

    // The text of a header; empty where there is none.
    [[nodiscard]] std::string_view text(std::string_view name) const;
};

// Cuts an application/vnd.amazon.eventstream into its messages, whatever the sizes of the pieces. Headers of other types than text are
// checked and passed over; a message that the stream ends in the middle of is dropped.
//     4 bytes   of the whole message      all numbers big-endian
//     4 bytes   of its headers
//     4 bytes   CRC-32 of those eight
//     headers   1 byte length of the name, the name, 1 byte type, the value
//     payload
//     4 bytes   CRC-32 of all before it
// Source: AWS's documentation, "Event stream encoding". Errors: kCorrupt for lengths that do not fit together, a wrong checksum and a header that
// is none; kTooLarge for a message over `max_message` bytes. Nothing follows an error. Threads: one owner.
class EventStreamParser {
public:
    explicit EventStreamParser(std::size_t max_message = std::size_t{16} << 20U)
        : max_message_(max_message) {}

    [[nodiscard]] Status feed(std::string_view piece,
                              const std::function<void(const EventStreamMessage&)>& on_message);

private:
    // The length of the message that the bytes begin with; they have at least a prelude.
    [[nodiscard]] Result<std::size_t> length_of(std::string_view bytes) const;

    std::size_t max_message_;
    std::string held_;  // less than a message
    bool broken_ = false;
};

}  // namespace hearth::net
