#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace hearth::chat {

// A JSON value as models write it, made strict.
struct LooseJson {
    std::string text;        // strict JSON
    std::size_t length = 0;  // bytes of the input that it took
    bool complete = true;    // false: the input ended inside of it, and what was open was closed
};

// Reads the value at the front of `text`, blanks before it allowed. Beside JSON it takes what small models make of it:
//     raw line breaks and other control characters in strings, quotes that nobody escaped, escapes that JSON does not have;
//     strings in single quotes, three double quotes or backquotes; keys and words without quotes; Python's True, False and None;
//     commas too many or none between members; an end that is missing.
// Nothing when no value is there: not even a loose reading makes sense of it, or it has over 64 levels. Bytes that are no UTF-8
// are replaced. Pure; linear.
[[nodiscard]] std::optional<LooseJson> read_loose_json(std::string_view text);

// The same where a value is one of the arguments of a Python call: a word ends at ')' too.
[[nodiscard]] std::optional<LooseJson> read_loose_argument(std::string_view text);

}  // namespace hearth::chat
