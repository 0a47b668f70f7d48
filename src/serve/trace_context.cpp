#include "serve/trace_context.h"

#include <algorithm>

namespace hearth::serve {
namespace {

// "00-" trace "-" parent "-" flags
constexpr std::size_t kTraceAt = 3;
constexpr std::size_t kTraceDigits = 32;
constexpr std::size_t kParentAt = kTraceAt + kTraceDigits + 1;
constexpr std::size_t kParentDigits = 16;
constexpr std::size_t kFlagsAt = kParentAt + kParentDigits + 1;
constexpr std::size_t kLength = kFlagsAt + 2;

bool is_hex(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool is_id(std::string_view text) {
    return is_hex(text) && std::ranges::any_of(text, [](char c) { return c != '0'; });
}

}  // namespace

std::optional<TraceContext> parse_traceparent(std::string_view text) {
    if (text.size() < kLength) return std::nullopt;
    const std::string_view version = text.substr(0, 2);
    const std::string_view flags = text.substr(kFlagsAt, 2);
    if (!is_hex(version) || version == "ff" || !is_hex(flags)) return std::nullopt;
    if (text[kTraceAt - 1] != '-' || text[kParentAt - 1] != '-' || text[kFlagsAt - 1] != '-')
        return std::nullopt;
    const bool longer = text.size() > kLength;
    if (longer && (version == "00" || text[kLength] != '-')) return std::nullopt;
    const std::string_view trace = text.substr(kTraceAt, kTraceDigits);
    const std::string_view parent = text.substr(kParentAt, kParentDigits);
    if (!is_id(trace) || !is_id(parent)) return std::nullopt;
    // The lowest bit: every second digit has it.
    const bool sampled = std::string_view("13579bdf").find(flags[1]) != std::string_view::npos;
    return TraceContext{.trace_id = std::string(trace), .parent_id = std::string(parent), .sampled = sampled};
}

std::optional<TraceContext> trace_context_of(const net::Headers& headers) {
    const auto is_parent = [](const auto& header) { return header.first == "traceparent"; };
    const auto found = std::ranges::find_if(headers, is_parent);
    if (found == headers.end() || std::ranges::count_if(headers, is_parent) > 1) return std::nullopt;
    return parse_traceparent(found->second);
}

}  // namespace hearth::serve
