#pragma once
#include <cstddef>
#include <string_view>
#include <vector>

#include "tui/style.h"
#include "tui/theme.h"

namespace hearth::tui {

// GitHub's Markdown as lines of at most `width` cells, safe to print. Raw HTML is shown as the text that it is. Pure; linear in the text.
[[nodiscard]] std::vector<Line> render_markdown(std::string_view text, int width, const Theme& theme);

// For a text that still grows: bytes of its front whose blocks are closed, so that what follows does not change how they look. Pure.
[[nodiscard]] std::size_t closed_blocks(std::string_view text);

}  // namespace hearth::tui
