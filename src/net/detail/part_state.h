#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hearth::net::detail {

// A piece of the file that one connection fetches from its beginning on.
struct Segment {
    std::int64_t begin = 0;
    std::int64_t end = 0;   // one past its last byte
    std::int64_t done = 0;  // bytes from `begin` that are in the file

    [[nodiscard]] bool complete() const { return done == end - begin; }

    friend bool operator==(const Segment&, const Segment&) = default;
};

// What is known of a download under way: enough to go on, and to see that the server has something else by now.
struct PartState {
    std::string source;  // SHA-256 of the URL, which itself may hold a secret
    std::int64_t total = 0;
    std::string etag;               // empty when the server gave none
    std::string last_modified;      // likewise
    std::vector<Segment> segments;  // in order, from 0 to total without a gap

    [[nodiscard]] std::int64_t done() const;

    [[nodiscard]] bool complete() const { return done() == total; }

    friend bool operator==(const PartState&, const PartState&) = default;
};

[[nodiscard]] std::string render(const PartState& state);

// Empty for anything that render() could not have written. Threads: pure.
[[nodiscard]] std::optional<PartState> parse_part_state(std::string_view text);

// Divides [0, total): first the piece that was asked for before the length was known, [0, first), then pieces that
// keep `connections` busy until near the end and are large enough for a request of their own.
[[nodiscard]] std::vector<Segment> divide(std::int64_t total, std::int64_t first, int connections);

// "bytes 0-99/1000"; empty for any other form, also for an unknown total ("/*").
struct ContentRange {
    std::int64_t begin = 0;
    std::int64_t end = 0;  // one past its last byte
    std::int64_t total = 0;
};

[[nodiscard]] std::optional<ContentRange> parse_content_range(std::string_view value);

}  // namespace hearth::net::detail
