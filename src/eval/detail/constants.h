#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "eval/detail/code_tokens.h"

namespace hearth::eval::detail {

// A number or a word inside a text that could be another one.
struct Atom {
    std::size_t at = 0;  // bytes from the beginning of the text
    std::string_view text;
    bool number = false;  // digits, perhaps with decimals; else ASCII letters, three or more
};

// A whole constant of source text: a number with its sign, or a string with its quotes.
struct Leaf {
    std::size_t at = 0;
    std::size_t size = 0;
    bool number = false;
    std::string value;  // as computed: "-20", "1.5"; a string without quotes and escapes

    bool operator==(const Leaf&) const = default;
};

// What words and numbers are made of: an ASCII letter, a digit, an underscore, a byte of any other letter.
[[nodiscard]] bool is_part_of_name(char c);

// Where a token stands in its text.
[[nodiscard]] inline std::size_t offset_in(std::string_view text, const CodeToken& token) {
    return static_cast<std::size_t>(token.text.data() - text.data());
}

// What a string token means. Empty where that cannot be said without its language's whole rules: raw strings, prefixes, expressions
// inside, patterns, characters of C, rare escapes.
[[nodiscard]] std::optional<std::string> string_value(const CodeToken& token, CodeLanguage language);

// The other way: a value between the quotes of `like`. Empty when it cannot be written with plain escapes.
[[nodiscard]] std::optional<std::string> string_token(std::string_view value, std::string_view like);

// A number token in plain decimal form without the letters that C puts behind it; empty for others (hex, exponents, "1_000").
[[nodiscard]] std::string_view plain_number(const CodeToken& token);

// The atoms of a string's inside, or of prose: words that stand alone, numbers that stand alone. What follows a backslash or a percent
// sign is none, nor is a number beside a letter. `offset` is added to every place.
[[nodiscard]] std::vector<Atom> atoms_of_text(std::string_view text, std::size_t offset = 0);

// The atoms of source text: its numbers, and what is inside its strings. Indices in brackets, sizes of arrays, names of modules and
// of headers, directives and strings that are statements of their own (docstrings) are left out.
[[nodiscard]] std::vector<Atom> atoms_of_code(std::string_view text, CodeLanguage language);

}  // namespace hearth::eval::detail
