#pragma once
#include <string>
#include <string_view>

namespace hearth {

// Bytes as base64 with padding (RFC 4648, section 4).
[[nodiscard]] std::string encode_base64(std::string_view bytes);

}  // namespace hearth
