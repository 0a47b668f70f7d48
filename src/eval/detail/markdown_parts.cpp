#include "eval/detail/markdown_parts.h"

#include <algorithm>

namespace hearth::eval::detail {

std::vector<MarkdownPart> markdown_parts(std::string_view text) {
    std::vector<MarkdownPart> parts;
    std::size_t prose = 0;
    std::size_t at = 0;
    while ((at = text.find('`', at)) != std::string_view::npos) {
        const auto after = std::min(text.find_first_not_of('`', at), text.size());
        const auto close = text.find(text.substr(at, after - at), after);
        if (close == std::string_view::npos) break;
        parts.push_back({.text = text.substr(prose, after - prose), .at = prose});
        parts.push_back({.text = text.substr(after, close - after), .at = after, .is_code = true});
        prose = close;
        at = close + (after - at);
    }
    parts.push_back({.text = text.substr(prose), .at = prose});
    return parts;
}

}  // namespace hearth::eval::detail
