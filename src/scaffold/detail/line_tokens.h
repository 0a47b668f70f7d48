#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "scaffold/source_outline.h"

namespace hearth::scaffold::detail {

enum class TokenKind : std::uint8_t { kWord, kNumber, kString, kSign };

struct Token {
    TokenKind kind = TokenKind::kSign;
    std::size_t at = 0;     // byte in the line
    std::string_view text;  // of a string with its quotes
    int depth = 0;          // open brackets before it
};

// One line of source cut into words, numbers, strings and operators; spaces and a comment at the end are left out. Takes any text.
// Pure; one pass.
[[nodiscard]] std::vector<Token> line_tokens(std::string_view line, Syntax syntax);

}  // namespace hearth::scaffold::detail
