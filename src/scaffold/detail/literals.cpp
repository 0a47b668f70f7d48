#include "scaffold/detail/literals.h"

#include <array>

#include "core/text.h"

namespace hearth::scaffold::detail {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_word(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' || c == '$';
}

std::size_t word_bytes(std::string_view text) {
    std::size_t end = 0;
    while (end < text.size() && is_word(text[end]))
        ++end;
    return end;
}

bool is_constant(std::string_view word) {
    constexpr std::array kConstants = {"True",      "False",    "None", "true", "false", "null",
                                       "undefined", "Infinity", "NaN",  "new",  "in",    "not"};
    for (const std::string_view each : kConstants)
        if (word == each) return true;
    return false;
}

std::size_t string_bytes(std::string_view text) {
    if (text.empty() || (text[0] != '"' && text[0] != '\'')) return 0;
    for (std::size_t i = 1; i < text.size() && text[i] != '\n'; ++i) {
        if (text[i] == '\\') {
            ++i;
        } else if (text[i] == text[0]) {
            return i + 1;
        }
    }
    return 0;
}

std::size_t number_bytes(std::string_view text) {
    std::size_t i = text.starts_with('-') || text.starts_with('+') ? 1 : 0;
    const std::size_t first = i;
    while (i < text.size() && (is_digit(text[i]) || text[i] == '_'))
        ++i;
    if (i == first) return 0;
    // The dot that ends a sentence is none of a number.
    if (i + 1 < text.size() && text[i] == '.' && is_digit(text[i + 1])) {
        ++i;
        while (i < text.size() && is_digit(text[i]))
            ++i;
    }
    return i < text.size() && is_word(text[i]) ? 0 : i;
}

}  // namespace

std::size_t bracket_bytes(std::string_view text) {
    std::string open;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '"' || c == '\'') {
            const auto bytes = string_bytes(text.substr(i));
            if (bytes == 0) return 0;
            i += bytes - 1;
        } else if (c == '(' || c == '[' || c == '{') {
            open += c == '(' ? ')' : c == '[' ? ']' : '}';
        } else if (c == ')' || c == ']' || c == '}') {
            if (open.empty() || open.back() != c) return 0;
            open.pop_back();
            if (open.empty()) return i + 1;
        }
    }
    return 0;
}

std::size_t literal_bytes(std::string_view text) {
    if (text.empty()) return 0;
    if (const auto bytes = string_bytes(text); bytes > 0) return bytes;
    if (const auto bytes = number_bytes(text); bytes > 0) return bytes;
    if (text[0] == '[' || text[0] == '(' || text[0] == '{') {
        const auto bytes = bracket_bytes(text);
        return bytes > 0 && is_written_out(text.substr(0, bytes), {}) ? bytes : 0;
    }
    const auto bytes = word_bytes(text);
    return bytes > 0 && is_constant(text.substr(0, bytes)) ? bytes : 0;
}

bool is_written_out(std::string_view code, const Names& names) {
    for (std::size_t i = 0; i < code.size();) {
        if (code[i] == '"' || code[i] == '\'') {
            const auto bytes = string_bytes(code.substr(i));
            if (bytes == 0) return false;
            i += bytes;
            continue;
        }
        const auto bytes = word_bytes(code.substr(i));
        if (bytes == 0) {
            // "..." stands for what the writer left out.
            if (code.substr(i).starts_with("...") || code.substr(i).starts_with("\xe2\x80\xa6")) return false;
            ++i;
            continue;
        }
        const auto word = code.substr(i, bytes);
        const auto rest = trim(code.substr(i + bytes));
        const bool keyword = (rest.starts_with('=') && !rest.starts_with("==")) || rest.starts_with(':');
        const bool method = i > 0 && code[i - 1] == '.';
        // "5e", "0x1f" and "3rd" begin as numbers do; what they are is for the language to say.
        if (!is_digit(word[0]) && !keyword && !method && !is_constant(word) && !names.contains(word))
            return false;
        i += bytes;
    }
    return true;
}

}  // namespace hearth::scaffold::detail
