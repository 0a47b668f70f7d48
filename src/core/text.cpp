#include "core/text.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <fmt/format.h>

namespace hearth {
namespace {

// Length of the valid UTF-8 sequence at the front (RFC 3629: no surrogates, no overlong forms), 0 if none.
std::size_t utf8_length(std::string_view text, std::uint32_t& code_point) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto tail = [&](std::size_t i) { return i < text.size() && (byte(i) & 0xC0U) == 0x80U; };
    const unsigned lead = byte(0);
    if (lead < 0x80) {
        code_point = lead;
        return 1;
    }
    if (lead >= 0xC2 && lead <= 0xDF && tail(1)) {
        code_point = ((lead & 0x1FU) << 6U) | (byte(1) & 0x3FU);
        return 2;
    }
    if (lead >= 0xE0 && lead <= 0xEF && tail(1) && tail(2)) {
        code_point = ((lead & 0x0FU) << 12U) | ((byte(1) & 0x3FU) << 6U) | (byte(2) & 0x3FU);
        const bool good = code_point >= 0x800 && (code_point < 0xD800 || code_point > 0xDFFF);
        return good ? 3 : 0;
    }
    if (lead >= 0xF0 && lead <= 0xF4 && tail(1) && tail(2) && tail(3)) {
        code_point = ((lead & 0x07U) << 18U) | ((byte(1) & 0x3FU) << 12U) | ((byte(2) & 0x3FU) << 6U) |
                     (byte(3) & 0x3FU);
        return code_point >= 0x10000 && code_point <= 0x10FFFF ? 4 : 0;
    }
    return 0;
}

// True for all bytes of a character but its first.
bool continues_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }

bool is_control(std::uint32_t code_point) {
    if (code_point == '\n' || code_point == '\t') return false;
    if (code_point < 0x20 || (code_point >= 0x7F && code_point <= 0x9F)) return true;
    const auto in = [code_point](std::uint32_t first, std::uint32_t last) {
        return code_point >= first && code_point <= last;
    };
    // Directions and line ends; what takes no room, but for the joiners that scripts and emoji need; tags, which can hide text.
    return in(0x200E, 0x200F) || in(0x2028, 0x202E) || in(0x2066, 0x2069) || code_point == 0x061C ||
           code_point == 0xFEFF || code_point == 0x200B || code_point == 0x180E || in(0x2060, 0x2064) ||
           in(0xFFF9, 0xFFFB) || in(0xE0000, 0xE007F);
}

}  // namespace

std::string_view trim(std::string_view text) {
    constexpr std::string_view kSpace = " \t\r\n\v\f";
    const auto first = text.find_first_not_of(kSpace);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> pieces;
    while (true) {
        const auto at = text.find(separator);
        pieces.push_back(text.substr(0, at));
        if (at == std::string_view::npos) return pieces;
        text.remove_prefix(at + 1);
    }
}

std::vector<std::string_view> split_lines(std::string_view text) {
    if (text.empty()) return {};
    auto lines = split(text, '\n');
    if (text.back() == '\n') lines.pop_back();
    return lines;
}

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
    return fmt::format("{}", fmt::join(parts, separator));
}

std::string to_lower_ascii(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

std::string replace_all(std::string_view text, std::string_view from, std::string_view to) {
    std::string out;
    if (from.empty()) return std::string(text);
    while (true) {
        const auto at = text.find(from);
        out += text.substr(0, at);
        if (at == std::string_view::npos) return out;
        out += to;
        text.remove_prefix(at + from.size());
    }
}

std::optional<std::int64_t> parse_number(std::string_view text) {
    std::int64_t value = 0;
    const auto* end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, value);
    if (error != std::errc{} || at != end || text.empty() || value < 0 || text.front() == '-')
        return std::nullopt;
    return value;
}

bool is_variable_name(std::string_view text) {
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    return !text.empty() && !is_digit(text.front()) && std::ranges::all_of(text, [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_';
    });
}

bool is_valid_utf8(std::string_view text) { return valid_utf8_bytes(text) == text.size(); }

std::size_t valid_utf8_bytes(std::string_view text) {
    std::uint32_t code_point = 0;
    std::string_view rest = text;
    while (!rest.empty()) {
        const auto length = utf8_length(rest, code_point);
        if (length == 0) break;
        rest.remove_prefix(length);
    }
    return text.size() - rest.size();
}

std::string to_valid_utf8(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    std::uint32_t code_point = 0;
    while (!text.empty()) {
        const auto length = utf8_length(text, code_point);
        if (length == 0) {
            out += "\xEF\xBF\xBD";
            text.remove_prefix(1);
        } else {
            out += text.substr(0, length);
            text.remove_prefix(length);
        }
    }
    return out;
}

std::string printable(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    std::uint32_t code_point = 0;
    while (!text.empty()) {
        const auto length = utf8_length(text, code_point);
        if (length == 0) {
            out += fmt::format("\\x{:02x}", static_cast<unsigned char>(text.front()));
            text.remove_prefix(1);
            continue;
        }
        if (!is_control(code_point)) {
            out += text.substr(0, length);
        } else {
            out += code_point < 0x100 ? fmt::format("\\x{:02x}", code_point)
                                      : fmt::format("\\u{:04x}", code_point);
        }
        text.remove_prefix(length);
    }
    return out;
}

std::string utf8_of(char32_t code_point) {
    const auto value = static_cast<std::uint32_t>(code_point);
    const auto byte = [](std::uint32_t bits) { return static_cast<char>(bits); };
    if (value < 0x80) return {byte(value)};
    if (value < 0x800) return {byte(0xC0U | (value >> 6U)), byte(0x80U | (value & 0x3FU))};
    if (value < 0x10000) {
        return {byte(0xE0U | (value >> 12U)), byte(0x80U | ((value >> 6U) & 0x3FU)),
                byte(0x80U | (value & 0x3FU))};
    }
    return {byte(0xF0U | (value >> 18U)), byte(0x80U | ((value >> 12U) & 0x3FU)),
            byte(0x80U | ((value >> 6U) & 0x3FU)), byte(0x80U | (value & 0x3FU))};
}

std::string_view utf8_front(std::string_view text, std::size_t bytes) {
    if (bytes >= text.size()) return text;
    // A character has at most three bytes after its first.
    std::size_t end = bytes;
    while (end > 0 && bytes - end < 4 && continues_character(text[end]))
        --end;
    return text.substr(0, end);
}

std::string_view utf8_end(std::string_view text, std::size_t bytes) {
    if (bytes >= text.size()) return text;
    std::size_t begin = text.size() - bytes;
    while (begin < text.size() && begin - (text.size() - bytes) < 4 && continues_character(text[begin]))
        ++begin;
    return text.substr(begin);
}

std::string shortened(std::string_view text, std::size_t bytes) {
    if (text.size() <= bytes) return std::string(text);
    return std::string(utf8_front(text, bytes)) + "…";
}

std::string head_and_tail(std::string_view text, std::size_t head, std::size_t tail) {
    if (text.size() <= head + tail) return std::string(text);
    auto first = utf8_front(text, head);
    auto last = utf8_end(text, tail);
    if (const auto at = first.rfind('\n'); at != std::string_view::npos) first = first.substr(0, at + 1);
    if (const auto at = last.find('\n'); at != std::string_view::npos) last = last.substr(at + 1);
    const auto left_out = text.size() - first.size() - last.size();
    return fmt::format("{}[... {} bytes left out ...]\n{}", first, left_out, last);
}

std::string percent_encoded(std::string_view text, std::string_view kept, HexCase hex) {
    std::string out;
    for (const char c : text) {
        const bool plain =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || kept.contains(c);
        const auto byte = static_cast<unsigned char>(c);
        if (plain)
            out += c;
        else
            out += hex == HexCase::kUpper ? fmt::format("%{:02X}", byte) : fmt::format("%{:02x}", byte);
    }
    return out;
}

std::string percent_decoded(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const std::string_view digits = text.substr(at + 1, 2);
        std::uint8_t byte = 0;
        const bool encoded =
            text[at] == '%' && digits.size() == 2 &&
            std::from_chars(digits.data(), digits.data() + 2, byte, 16).ptr == digits.data() + 2;
        out += encoded ? static_cast<char>(byte) : text[at];
        if (encoded) at += 2;
    }
    return out;
}

std::string to_hex(std::string_view bytes) {
    constexpr std::string_view kHexDigits = "0123456789abcdef";
    std::string out;
    out.reserve(bytes.size() * 2);
    for (const char c : bytes) {
        const auto value = static_cast<unsigned char>(c);
        out += kHexDigits[value >> 4U];
        out += kHexDigits[value & 0x0FU];
    }
    return out;
}

}  // namespace hearth
