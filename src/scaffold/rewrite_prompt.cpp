#include "scaffold/rewrite_prompt.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "core/text.h"
#include "scaffold/detail/brace_header.h"
#include "scaffold/detail/function_body.h"
#include "scaffold/prompt_pack.h"

namespace hearth::scaffold {
namespace {

constexpr std::size_t kMostLines = 60;  // of a body; a longer one is not rewritten in one piece

std::optional<std::string> without_indented_body(const detail::LineViews& lines,
                                                 const Definition& definition) {
    const auto at = detail::body_begin(lines, definition, Syntax::kIndent);
    if (at >= definition.end_line || definition.end_line - at > kMostLines) return {};
    const auto indent = std::min(lines[at].find_first_not_of(" \t"), lines[at].size());
    return detail::text_of_lines(lines, 0, at) +
           fmt::format("{}# write this\n", lines[at].substr(0, indent)) +
           detail::text_of_lines(lines, definition.end_line, lines.size());
}

// The brace that opens the body: not one of a default value among the parameters.
std::size_t opening_brace(std::string_view text) {
    int depth = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '(') ++depth;
        if (text[i] == ')') --depth;
        if (text[i] == '{' && depth <= 0) return i;
    }
    return std::string_view::npos;
}

std::optional<std::string> without_braced_body(const detail::LineViews& lines, const Definition& definition) {
    const auto text = detail::text_of_lines(lines, definition.first_line, definition.end_line);
    const auto begin = opening_brace(text);
    const auto end = text.rfind('}');
    if (begin == std::string::npos || end == std::string::npos || end <= begin + 1) return {};
    if (detail::may_be_member_initialiser(text.substr(0, begin))) return {};
    const auto body = std::string_view(text).substr(begin + 1, end - begin - 1);
    if (trim(body).empty() || static_cast<std::size_t>(std::ranges::count(body, '\n')) > kMostLines)
        return {};
    const std::string indent(definition.indent, ' ');
    return detail::text_of_lines(lines, 0, definition.first_line) +
           fmt::format("{}\n{}    // write this\n{}{}", text.substr(0, begin + 1), indent, indent,
                       text.substr(end)) +
           detail::text_of_lines(lines, definition.end_line, lines.size());
}

}  // namespace

std::optional<std::string> without_body(std::string_view source, const Definition& definition,
                                        Syntax syntax) {
    const auto lines = split_lines(source);
    if (definition.is_class || definition.end_line > lines.size()) return {};
    if (syntax == Syntax::kIndent) return without_indented_body(lines, definition);
    if (syntax == Syntax::kBraces) return without_braced_body(lines, definition);
    return {};
}

std::string rewrite_prompt(const Project& project, std::string_view task, const Target& target,
                           std::size_t max_bytes) {
    Project shown = project;
    const auto file = std::ranges::find(shown.files, target.file, &ProjectFile::path);
    if (file == shown.files.end()) return {};
    const auto syntax = syntax_of(file->path);
    const auto definitions = outline(file->content, syntax);
    const auto place = std::ranges::find(definitions, target.definition, &Definition::name);
    if (place == definitions.end()) return {};
    auto holed = without_body(file->content, *place, syntax);
    if (!holed) return {};
    file->content = std::move(*holed);
    const auto pack = build_pack({.project = shown,
                                  .task = task,
                                  .test_command = {},
                                  .baseline = {},
                                  .targets = {target},
                                  .max_bytes = max_bytes});
    return fmt::format(
        "{}The body of `{}` in {} has yet to be written. Reply with the complete `{}` in one {} code block: "
        "it does "
        "what its signature, its comments and the tests say.",
        pack, target.definition, target.file, target.definition, fence_tag_of(target.file));
}

}  // namespace hearth::scaffold
