#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

namespace hearth::eval::detail {

// A piece of Markdown that is code or prose as a whole.
struct MarkdownPart {
    std::string_view text;
    std::size_t at = 0;    // bytes from the beginning of the whole text
    bool is_code = false;  // between backticks, one or more, or in a fence; those belong to the prose
};

// All parts together are the text again. Backticks that nothing closes, and all behind them, are prose. Views point into the text. Pure.
[[nodiscard]] std::vector<MarkdownPart> markdown_parts(std::string_view text);

}  // namespace hearth::eval::detail
