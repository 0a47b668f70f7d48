#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "tui/style.h"

namespace hearth::tui {

// Lines of spans that fit a width. All results are safe to print (width.h) and at most `width` cells wide. All are pure.

// Breaks a line at spaces, at wide characters and, where there is neither, anywhere; and at each line feed of its text. An empty text is one
// empty line. `rest_indent` spaces stand before every line but the first of each text line.
[[nodiscard]] std::vector<Line> wrap(const Line& line, int width, int rest_indent = 0);
[[nodiscard]] std::vector<Line> wrap(std::string_view text, const Style& style, int width);

// The front of one line that fits, with an ellipsis where something was cut.
[[nodiscard]] Line clip(const Line& line, int width);

[[nodiscard]] int line_width(const Line& line);

// The line with `prefix` before it.
[[nodiscard]] Line prefixed(const Line& prefix, Line line);

// The line filled up with spaces of a style.
[[nodiscard]] Line padded(Line line, int width, const Style& style);

}  // namespace hearth::tui
