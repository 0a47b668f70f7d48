#pragma once
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

#include "core/result.h"

namespace hearth::net {

struct SseEvent {
    std::string event;  // "message" unless the stream names it
    std::string data;   // lines joined with '\n'
};

// Cuts a text/event-stream into events, whatever the sizes of the pieces (WHATWG HTML, "Server-sent events": CR, LF and
// CRLF line ends, comments, a leading BOM, events without data are dropped; so is an event that the stream ends in the
// middle of). Bytes are passed on as they are: who parses the data checks its UTF-8.
// Errors: kTooLarge when one event grows over `max_event` bytes. Threads: one owner.
class SseParser {
public:
    explicit SseParser(std::size_t max_event = std::size_t{16} << 20U) : max_event_(max_event) {}

    [[nodiscard]] Status feed(std::string_view piece, const std::function<void(const SseEvent&)>& on_event);

private:
    void take_line(std::string_view line, const std::function<void(const SseEvent&)>& on_event);
    void dispatch(const std::function<void(const SseEvent&)>& on_event);

    std::size_t max_event_;
    std::string line_;
    std::string data_;
    std::string event_;
    bool has_data_ = false;  // also when the data is empty
    bool at_start_ = true;
    bool skip_lf_ = false;  // the last piece ended in CR
};

}  // namespace hearth::net
