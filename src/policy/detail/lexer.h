#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace hearth::policy::detail {

// Stands in a text for `\*`, the star that is no wildcard: a byte that no valid text has.
inline constexpr char kStar = '\xff';

struct Token {
    enum class Kind : std::uint8_t { kEnd, kName, kText, kNumber, kSymbol };
    Kind kind = Kind::kEnd;
    std::string text;  // of kText without its quotes and escapes, but for kStar
    std::int64_t number = 0;
    std::size_t line = 1;
    std::size_t column = 1;

    [[nodiscard]] bool is(std::string_view symbol) const { return kind == Kind::kSymbol && text == symbol; }

    [[nodiscard]] bool is_name(std::string_view name) const { return kind == Kind::kName && text == name; }
};

[[nodiscard]] Error mistake(const std::string& file, std::size_t line, std::size_t column,
                            std::string_view what);

// The words of a policy without its comments; the last one is kEnd. Errors: kInvalidInput with its place. Pure.
[[nodiscard]] Result<std::vector<Token>> tokens_of(std::string_view text, const std::string& file);

// A text between quotes that is read again as the same.
[[nodiscard]] std::string quoted_text(std::string_view text);

}  // namespace hearth::policy::detail
