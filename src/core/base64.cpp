#include "core/base64.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace hearth {
namespace {

constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t kNone = 0xFF;

// Searching for each digit would take most of the time that images take.
constexpr std::array<std::uint8_t, 256> kValues = [] {
    std::array<std::uint8_t, 256> values{};
    values.fill(kNone);
    for (std::size_t i = 0; i < kDigits.size(); ++i)
        values[static_cast<unsigned char>(kDigits[i])] = static_cast<std::uint8_t>(i);
    return values;
}();

}  // namespace

std::string encode_base64(std::string_view bytes) {
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        const std::string_view group = bytes.substr(at, 3);
        std::uint32_t bits = 0;
        for (std::size_t i = 0; i < 3; ++i)
            bits = bits << 8U | (i < group.size() ? static_cast<unsigned char>(group[i]) : 0U);
        for (std::size_t digit = 0; digit < 4; ++digit)
            out += digit <= group.size() ? kDigits[bits >> (18 - 6 * digit) & 63U] : '=';
    }
    return out;
}

std::string url_safe_base64(std::string base64) {
    std::ranges::replace(base64, '+', '-');
    std::ranges::replace(base64, '/', '_');
    return base64;
}

std::optional<std::string> decode_loose_base64(std::string_view text) {
    while (text.ends_with('=') && text.size() % 4 != 1)
        text.remove_suffix(1);
    if (text.size() % 4 == 1) return std::nullopt;
    std::string bytes;
    bytes.reserve(text.size() / 4 * 3 + 2);
    std::uint32_t bits = 0;
    unsigned have = 0;
    for (const char c : text) {
        const auto digit = kValues[static_cast<unsigned char>(c)];
        if (digit == kNone) return std::nullopt;
        bits = (bits << 6U) | digit;
        have += 6;
        if (have < 8) continue;
        have -= 8;
        bytes.push_back(static_cast<char>((bits >> have) & 0xFFU));
    }
    return bytes;
}

std::optional<std::string> decode_base64(std::string_view text) {
    auto bytes = decode_loose_base64(text);
    if (bytes && encode_base64(*bytes) != text) return std::nullopt;
    return bytes;
}

}  // namespace hearth
