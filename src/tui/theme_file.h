#pragma once
#include <string_view>

#include "core/result.h"
#include "tui/theme.h"

namespace hearth::tui {

// A theme as pi's theme files have it: {"name", "vars"?, "colors": {51 tokens and some that may be left out}}. A colour is "#rrggbb", a number of
// the palette of 256, "oklch(L C H)", the name of one of `vars`, or "" for the terminal's own. Of the palette's first 16, which terminals change,
// xterm's own are taken.
// Errors: kCorrupt for what is no such file, with the token or variable that is wrong or missing. Pure.
[[nodiscard]] Result<Theme> parse_theme(std::string_view text);

}  // namespace hearth::tui
