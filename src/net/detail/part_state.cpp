#include "net/detail/part_state.h"

#include <algorithm>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"
#include "core/units.h"

namespace hearth::net::detail {

namespace {

constexpr std::int64_t kVersion = 1;
constexpr std::int64_t kSmallest = 4 * kMiB;
constexpr std::int64_t kLargest = 64 * kMiB;
constexpr std::size_t kMaxStateBytes = std::size_t{8} << 20U;

std::optional<Segment> parse_segment(const json::value& value) {
    const auto begin = integer_member(value, "begin");
    const auto end = integer_member(value, "end");
    const auto done = integer_member(value, "done");
    if (!begin || !end || !done) return std::nullopt;
    if (*begin < 0 || *end <= *begin || *done < 0 || *done > *end - *begin) return std::nullopt;
    return Segment{.begin = *begin, .end = *end, .done = *done};
}

}  // namespace

std::int64_t PartState::done() const {
    std::int64_t sum = 0;
    for (const Segment& segment : segments)
        sum += segment.done;
    return sum;
}

std::string render(const PartState& state) {
    json::array segments;
    for (const Segment& segment : state.segments)
        segments.push_back(
            json::object{{"begin", segment.begin}, {"end", segment.end}, {"done", segment.done}});
    const json::object object{{"version", kVersion},
                              {"source", to_valid_utf8(state.source)},
                              {"total", state.total},
                              {"etag", to_valid_utf8(state.etag)},
                              {"last_modified", to_valid_utf8(state.last_modified)},
                              {"segments", std::move(segments)}};
    return json::serialize(object) + "\n";
}

std::optional<PartState> parse_part_state(std::string_view text) {
    const auto value = parse_json(text, {.max_bytes = kMaxStateBytes, .max_depth = 8});
    if (!value || integer_member(*value, "version") != kVersion) return std::nullopt;
    const auto source = string_member(*value, "source");
    const auto total = integer_member(*value, "total");
    const auto etag = string_member(*value, "etag");
    const auto last_modified = string_member(*value, "last_modified");
    const json::array* segments = array_member(*value, "segments");
    if (!source || !total || !etag || !last_modified || segments == nullptr) return std::nullopt;
    PartState state{.source = std::string(*source),
                    .total = *total,
                    .etag = std::string(*etag),
                    .last_modified = std::string(*last_modified),
                    .segments = {}};
    std::int64_t end = 0;
    for (const json::value& each : *segments) {
        const auto segment = parse_segment(each);
        if (!segment || segment->begin != end) return std::nullopt;
        end = segment->end;
        state.segments.push_back(*segment);
    }
    if (end != state.total) return std::nullopt;
    return state;
}

std::vector<Segment> divide(std::int64_t total, std::int64_t first, int connections) {
    std::vector<Segment> segments;
    std::int64_t at = std::min(total, first);
    if (at > 0) segments.push_back({.begin = 0, .end = at});
    const std::int64_t size = std::clamp((total - at) / (std::int64_t{4} * connections), kSmallest, kLargest);
    for (; at < total; at = segments.back().end) {
        // The last one takes a small rest with it.
        const std::int64_t end = total - at < size + size / 2 ? total : at + size;
        segments.push_back({.begin = at, .end = end});
    }
    return segments;
}

std::optional<ContentRange> parse_content_range(std::string_view value) {
    constexpr std::string_view kUnit = "bytes ";
    if (to_lower_ascii(value.substr(0, kUnit.size())) != kUnit) return std::nullopt;
    value.remove_prefix(kUnit.size());
    const std::size_t dash = value.find('-');
    const std::size_t slash = value.find('/');
    if (dash == std::string_view::npos || slash == std::string_view::npos || slash < dash)
        return std::nullopt;
    const auto first = parse_number(value.substr(0, dash));
    const auto last = parse_number(value.substr(dash + 1, slash - dash - 1));
    const auto total = parse_number(value.substr(slash + 1));
    if (!first || !last || !total || *first > *last || *last >= *total) return std::nullopt;
    return ContentRange{.begin = *first, .end = *last + 1, .total = *total};
}

}  // namespace hearth::net::detail
