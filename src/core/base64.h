#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace hearth {

// Bytes as base64 with padding (RFC 4648, section 4).
[[nodiscard]] std::string encode_base64(std::string_view bytes);

// Base64 in the digits that URLs and names of files take (section 5); padding stays.
[[nodiscard]] std::string url_safe_base64(std::string base64);

// The bytes of what encode_base64 makes; nothing for any other text, so that each sequence of bytes has one form.
[[nodiscard]] std::optional<std::string> decode_base64(std::string_view text);

// The bytes of base64 as people and programs write it: the padding may be left out, and bits behind the last byte are not looked at.
[[nodiscard]] std::optional<std::string> decode_loose_base64(std::string_view text);

}  // namespace hearth
