#include "scaffold/detail/imports.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "core/text.h"

namespace hearth::scaffold::detail {
namespace {

std::vector<Statement> imports_of(const Source& source, Syntax syntax) {
    auto found = statements_outside(source.lines, source.definitions, 0, source.lines.size(), syntax);
    std::erase_if(found, [](const Statement& each) { return !each.is_import; });
    return found;
}

// How deep each line stands in #if blocks.
std::vector<std::size_t> condition_depths(const Lines& lines) {
    std::vector<std::size_t> depths;
    std::size_t depth = 0;
    for (const auto& line : lines) {
        const auto text = trim(line);
        depths.push_back(depth);
        if (text.starts_with("#if")) ++depth;
        if (text.starts_with("#endif") && depth > 0) --depth;
    }
    return depths;
}

// Past the comments and the docstring at the head of a file, a "#pragma once" and an include guard.
std::size_t end_of_head(const Lines& lines, Syntax syntax) {
    std::size_t at = 0;
    bool in_comment = false;
    std::string_view quote;
    for (std::size_t n = 0; n < lines.size(); ++n) {
        const auto text = trim(lines[n]);
        if (!quote.empty()) {
            if (text.find(quote) != std::string_view::npos) quote = {};
        } else if (in_comment) {
            in_comment = text.find("*/") == std::string_view::npos;
        } else if (syntax == Syntax::kIndent && (text.starts_with("\"\"\"") || text.starts_with("'''"))) {
            quote = text.substr(0, 3);
            if (text.substr(3).find(quote) != std::string_view::npos) quote = {};
        } else if (text.starts_with("/*")) {
            in_comment = text.find("*/") == std::string_view::npos;
        } else if (syntax == Syntax::kIndent ? !text.starts_with('#')
                                             : !text.starts_with("//") && !text.starts_with("#pragma once") &&
                                                   !text.starts_with("package ")) {
            if (!text.empty()) break;
            continue;
        }
        at = n + 1;
    }
    const bool guard = at + 1 < lines.size() && trim(lines[at]).starts_with("#ifndef") &&
                       trim(lines[at + 1]).starts_with("#define");
    return guard && syntax == Syntax::kBraces ? at + 2 : at;
}

}  // namespace

std::optional<NewImports> missing_imports(const Source& file, const Source& code, Syntax syntax) {
    const auto in_file = imports_of(file, syntax);
    std::set<std::string> known;
    for (const auto& each : in_file)
        known.insert(flat_text(file.lines, each.first_line, each.end_line));
    NewImports added;
    for (const auto& each : imports_of(code, syntax)) {
        if (!known.insert(flat_text(code.lines, each.first_line, each.end_line)).second) continue;
        const auto from = indentation(code.lines, each.first_line);
        const auto lines = shifted(lines_of(code.lines, each.first_line, each.end_line), from, "");
        // What must come first in a file stays first.
        const bool future = trim(lines.front()).starts_with("from __future__");
        added.lines.insert(future ? added.lines.begin() : added.lines.end(), lines.begin(), lines.end());
    }
    if (added.lines.empty()) return std::nullopt;
    // Behind the last one that no further #if surrounds.
    const auto depths = condition_depths(file.lines);
    std::size_t least = static_cast<std::size_t>(-1);
    for (const auto& each : in_file)
        least = std::min(least, depths[each.first_line]);
    added.line = end_of_head(file.lines, syntax);
    for (const auto& each : in_file) {
        const bool indented = !indentation(file.lines, each.first_line).empty();
        if (!indented && depths[each.first_line] == least) added.line = each.end_line;
    }
    if (trim(added.lines.front()).starts_with("from __future__"))
        added.line = end_of_head(file.lines, syntax);
    if (in_file.empty()) added.lines.emplace_back();
    return added;
}

}  // namespace hearth::scaffold::detail
