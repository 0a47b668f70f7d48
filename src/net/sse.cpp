#include "net/sse.h"

#include <algorithm>
#include <fmt/format.h>

namespace hearth::net {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

Status SseParser::feed(std::string_view piece, const std::function<void(const SseEvent&)>& on_event) {
    if (skip_lf_ && !piece.empty()) {
        skip_lf_ = false;
        if (piece.front() == '\n') piece.remove_prefix(1);
    }
    while (!piece.empty()) {
        const auto* const end =
            std::find_if(piece.begin(), piece.end(), [](char byte) { return byte == '\n' || byte == '\r'; });
        const auto length = static_cast<std::size_t>(end - piece.begin());
        if (line_.size() + data_.size() + length > max_event_)
            return Error(
                Code::kTooLarge,
                fmt::format("an event of the stream is larger than the limit of {} bytes", max_event_));
        if (length == piece.size()) {
            line_.append(piece);
            return {};
        }
        const bool carriage_return = *end == '\r';
        if (line_.empty()) {
            take_line(piece.substr(0, length), on_event);
        } else {
            line_.append(piece.substr(0, length));
            take_line(line_, on_event);
            line_.clear();
        }
        piece.remove_prefix(length + 1);
        if (!carriage_return) continue;
        // The line feed of a CRLF may be the first byte of the next piece.
        if (piece.empty())
            skip_lf_ = true;
        else if (piece.front() == '\n')
            piece.remove_prefix(1);
    }
    return {};
}

void SseParser::take_line(std::string_view line, const std::function<void(const SseEvent&)>& on_event) {
    if (at_start_ && line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
    at_start_ = false;
    if (line.empty()) {
        dispatch(on_event);
        return;
    }
    const std::size_t colon = line.find(':');
    const std::string_view field = line.substr(0, colon);
    std::string_view value = colon == std::string_view::npos ? std::string_view() : line.substr(colon + 1);
    if (value.starts_with(' ')) value.remove_prefix(1);
    if (field == "data") {
        if (has_data_) data_ += '\n';
        data_.append(value);
        has_data_ = true;
    } else if (field == "event") {
        event_.assign(value);
    }
    // Comments (no field name), id, retry and what later versions may add mean nothing to us.
}

void SseParser::dispatch(const std::function<void(const SseEvent&)>& on_event) {
    if (has_data_) on_event(SseEvent{event_.empty() ? "message" : event_, data_});
    data_.clear();
    event_.clear();
    has_data_ = false;
}

}  // namespace hearth::net
