#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "agent/session.h"

// The lines of a session file: version 3 of pi's format, a header and then entries with id and parentId.
namespace hearth::agent::detail {

[[nodiscard]] std::string encode_header(std::string_view id, std::int64_t unix_ms, std::string_view workspace,
                                        std::string_view parent_session = {});

// Nothing for a line that is no header.
[[nodiscard]] std::optional<SessionHeader> decode_header(std::string_view line);

// An entry of type "message" or "custom".
[[nodiscard]] std::string encode_entry(const Entry& entry, std::int64_t unix_ms);

// An entry of any type; `fields` is a JSON object, which loses members that every entry has. Errors: kInvalidInput.
[[nodiscard]] Result<std::string> encode_fields(std::string_view type, std::string_view id,
                                                std::string_view parent_id, std::int64_t unix_ms,
                                                std::string_view fields);

// Nothing for a line that is no entry. Types that hearth does not know are kept as they are.
[[nodiscard]] std::optional<Entry> decode_entry(std::string_view line);

// The line of an entry of a version 1 file, which has no ids, as version 3 has it.
[[nodiscard]] std::string with_place(std::string_view line, std::string_view id, std::string_view parent_id);

}  // namespace hearth::agent::detail
