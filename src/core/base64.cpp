#include "core/base64.h"

#include <cstdint>

namespace hearth {
namespace {

constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

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

std::optional<std::string> decode_base64(std::string_view text) {
    if (text.size() % 4 != 0) return std::nullopt;
    std::string out;
    out.reserve(text.size() / 4 * 3);
    for (std::size_t at = 0; at < text.size(); at += 4) {
        std::uint32_t bits = 0;
        for (const char c : text.substr(at, 4)) {
            const std::size_t digit = c == '=' ? 0 : kDigits.find(c);
            if (digit == std::string_view::npos) return std::nullopt;
            bits = bits << 6U | static_cast<std::uint32_t>(digit);
        }
        for (const unsigned shift : {16U, 8U, 0U})
            out += static_cast<char>(static_cast<unsigned char>(bits >> shift & 0xFFU));
    }
    for (int padding = 0; padding < 2 && text.ends_with('='); ++padding) {
        text.remove_suffix(1);
        out.pop_back();
    }
    // '=' elsewhere, and bits that are in no byte.
    const std::string again = encode_base64(out);
    if (std::string_view(again).substr(0, text.size()) != text || again.size() - text.size() > 2)
        return std::nullopt;
    return out;
}

}  // namespace hearth
