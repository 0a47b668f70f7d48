#include "scaffold/detail/function_body.h"

#include <algorithm>
#include <fmt/format.h>

#include "core/text.h"

namespace hearth::scaffold::detail {
namespace {

// The first line behind the docstring that begins at `at`, perhaps after empty lines; `at` when none begins there.
std::size_t behind_docstring(const LineViews& lines, std::size_t at, std::size_t end) {
    auto first = at;
    while (first < end && trim(lines[first]).empty())
        ++first;
    if (first >= end) return at;
    const auto line = trim(lines[first]);
    const auto quote = std::min(line.find(R"(""")"), line.find("'''"));
    if (quote > 1) return at;  // more than a prefix such as r stands before it
    const auto mark = line.substr(quote, 3);
    if (line.substr(quote + 3).find(mark) != std::string_view::npos) return first + 1;
    for (auto n = first + 1; n < end; ++n)
        if (lines[n].find(mark) != std::string_view::npos) return n + 1;
    return at;
}

bool ends_signature(std::string_view line, Syntax syntax) {
    if (syntax == Syntax::kBraces) return line.find('{') != std::string_view::npos;
    return syntax == Syntax::kIndent && trim(line.substr(0, line.find(" #"))).ends_with(':');
}

}  // namespace

std::string text_of_lines(const LineViews& lines, std::size_t first, std::size_t end) {
    std::string text;
    for (auto n = first; n < std::min(end, lines.size()); ++n)
        text += fmt::format("{}\n", lines[n]);
    return text;
}

std::size_t body_begin(const LineViews& lines, const Definition& definition, Syntax syntax) {
    const auto end = std::min(definition.end_line, lines.size());
    auto at = definition.first_line;
    while (at < end && !ends_signature(lines[at], syntax))
        ++at;
    if (at >= end) return end;
    return syntax == Syntax::kIndent ? behind_docstring(lines, at + 1, end) : at + 1;
}

}  // namespace hearth::scaffold::detail
