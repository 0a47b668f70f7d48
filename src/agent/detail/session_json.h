#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/session.h"

// The lines of a session file: version 3 of pi's format (header, then entries with id and parentId; roles system, user,
// assistant and toolResult; content as blocks).
namespace hearth::agent::detail {

[[nodiscard]] std::string encode_header(std::string_view id, std::int64_t unix_ms,
                                        std::string_view workspace);

[[nodiscard]] bool is_header(std::string_view line);

[[nodiscard]] std::string encode_entry(const Entry& entry, std::int64_t unix_ms);

// Nothing for a line that is no entry. Types that hearth does not write are kept with id, parent and type alone.
[[nodiscard]] std::optional<Entry> decode_entry(std::string_view line);

}  // namespace hearth::agent::detail
