#include "core/toml_text.h"

#include <algorithm>
#include <cstddef>
#include <string>

#include "core/text.h"

namespace hearth {
namespace {

// Behind the string or comment that starts at `at`.
std::size_t end_of_text(std::string_view text, std::size_t at) {
    const char c = text[at];
    if (c == '#') return std::min(text.find('\n', at), text.size());
    const std::string three(3, c);
    const bool multiline = text.substr(at, 3) == three;
    const std::string quote = multiline ? three : three.substr(0, 1);
    at += quote.size();
    while (at < text.size() && text.substr(at, quote.size()) != quote && (multiline || text[at] != '\n'))
        at += c == '"' && text[at] == '\\' ? 2 : 1;
    return std::min(at + quote.size(), text.size());
}

// A quote behind anything else is part of a broken value, and what follows it no string to the library either.
bool may_start_string(std::string_view text, std::size_t at) {
    return at == 0 || std::string_view(" \t\r\n=[{,.").find(text[at - 1]) != std::string_view::npos;
}

std::optional<std::size_t> first_stray_byte(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size()) {
        const char c = text[at];
        if (static_cast<unsigned char>(c) > 0x7F) return at;
        const bool quote = (c == '"' || c == '\'') && may_start_string(text, at);
        at = c == '#' || quote ? end_of_text(text, at) : at + 1;
    }
    return std::nullopt;
}

}  // namespace

std::optional<TomlMistake> toml_mistake(std::string_view text) {
    if (!is_valid_utf8(text)) return TomlMistake{.what = "this file is not UTF-8"};
    const std::optional<std::size_t> stray = first_stray_byte(text);
    if (!stray) return std::nullopt;
    const std::string_view before = text.substr(0, *stray);
    const std::size_t line_feed = before.rfind('\n');
    const std::size_t line_start = line_feed == std::string_view::npos ? 0 : line_feed + 1;
    return TomlMistake{.line = static_cast<unsigned>(1 + std::ranges::count(before, '\n')),
                       .column = static_cast<unsigned>(1 + *stray - line_start),
                       .what = "a character over ASCII outside of quotes"};
}

}  // namespace hearth
