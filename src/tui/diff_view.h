#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

#include "tui/style.h"
#include "tui/theme.h"

namespace hearth::tui {

// What changes from one text to another: lines with "-" and "+", a few unchanged ones around, and marks on the words that differ where a line
// took the place of another. At most `width` cells wide. Pure; for texts of more than some thousand lines the common front and end alone
// are found.
[[nodiscard]] std::vector<Line> render_change(std::string_view before, std::string_view after, int width,
                                              const Theme& theme);

}  // namespace hearth::tui
