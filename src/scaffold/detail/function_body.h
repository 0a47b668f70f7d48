#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "scaffold/source_outline.h"

namespace hearth::scaffold::detail {

using LineViews = std::vector<std::string_view>;

// The lines [first, end) as a text, each with a line feed; those behind the last are none. Pure.
[[nodiscard]] std::string text_of_lines(const LineViews& lines, std::size_t first, std::size_t end);

// The first line of a function's body: behind its signature, and a docstring. The definition's end where there is none. Pure.
[[nodiscard]] std::size_t body_begin(const LineViews& lines, const Definition& definition, Syntax syntax);

}  // namespace hearth::scaffold::detail
