#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "net/http_server.h"

namespace hearth::serve {

// Where a request stands in a trace that its client began.
struct TraceContext {
    std::string trace_id;   // 32 lower-case hexadecimal digits, not all of them 0
    std::string parent_id;  // 16 of them: the client's span
    bool sampled = false;   // the client records this trace
};

// Source: W3C Trace Context, section 3.2 (traceparent). Strict: lower-case digits, no identifier of zeros, version 00 of exactly its four
// fields; of a later version the four fields that it begins with. Nothing for anything else. Pure.
[[nodiscard]] std::optional<TraceContext> parse_traceparent(std::string_view text);

// That of a request; nothing when there is none, a bad one or more than one. Pure.
[[nodiscard]] std::optional<TraceContext> trace_context_of(const net::Headers& headers);

}  // namespace hearth::serve
