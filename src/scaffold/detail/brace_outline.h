#pragma once
#include <string_view>
#include <vector>

#include "scaffold/source_outline.h"

namespace hearth::scaffold::detail {

// outline() for languages that use braces.
[[nodiscard]] std::vector<Definition> outline_braces(std::string_view source);

// Columns before the first character of a line; a tab goes to the next multiple of 8.
[[nodiscard]] std::size_t indent_of(std::string_view line);

}  // namespace hearth::scaffold::detail
