// Markdown of a model: every line fits and is safe to print, and the closed front of a text ends within it.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/result.h"
#include "core/text.h"
#include "tui/lines.h"
#include "tui/markdown.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace hearth::tui;
    if (size == 0) return 0;
    const int width = 4 + data[0] % 100;
    const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
    HEARTH_ASSERT(closed_blocks(text) <= text.size());
    for (const auto& line : render_markdown(text, width, dark_theme())) {
        HEARTH_ASSERT(line_width(line) <= width);
        for (const auto& span : line) {
            HEARTH_ASSERT(hearth::printable(span.text) == span.text);
            HEARTH_ASSERT(span.text.find('\n') == std::string_view::npos);
        }
    }
    return 0;
}
