#include "scaffold/focus_prompt.h"

#include <algorithm>
#include <cstddef>
#include <fmt/format.h>
#include <vector>

#include "core/text.h"
#include "scaffold/detail/function_body.h"
#include "scaffold/detail/statements.h"
#include "scaffold/source_outline.h"

namespace hearth::scaffold {
namespace {

constexpr std::size_t kMostTask = 600;
constexpr std::size_t kMostAround = 700;   // constants and imports
constexpr std::size_t kMostCallers = 900;  // functions that use it
constexpr std::size_t kMostFailure = 600;

// Imports and constants of the file, what fits.
std::string around(const ProjectFile& file, const std::vector<Definition>& definitions) {
    const auto views = split_lines(file.content);
    const detail::Lines lines(views.begin(), views.end());
    std::string text;
    for (const auto& each :
         detail::statements_outside(lines, definitions, 0, lines.size(), syntax_of(file.path))) {
        const auto statement = detail::text_of_lines(views, each.first_line, each.end_line);
        if (text.size() + statement.size() <= kMostAround) text += statement;
    }
    return text;
}

bool calls(std::string_view code, std::string_view name) {
    const auto at = code.find(fmt::format("{}(", name));
    if (at == std::string_view::npos) return false;
    const char before = at == 0 ? ' ' : code[at - 1];
    return std::isalnum(static_cast<unsigned char>(before)) == 0 && before != '_';
}

// Functions of the sources that use the function, what fits.
std::string callers(const FocusInput& input, std::string_view own) {
    const auto name = short_name(input.target.definition);
    std::string text;
    for (const auto* file : input.project.with_role(FileRole::kSource)) {
        const auto lines = split_lines(file->content);
        for (const auto& each : outline(file->content, syntax_of(file->path))) {
            if (each.is_class) continue;
            const auto code = detail::text_of_lines(lines, each.first_line, each.end_line);
            if (code == own || !calls(code, name) || text.size() + code.size() > kMostCallers) continue;
            text += code;
        }
    }
    return text;
}

// The failures that the report tells of this test: from its name to the next failure.
std::string failure_of(const TestReport& report, std::string_view test) {
    const auto definitions = [&] {
        auto found = outline(test, Syntax::kIndent);
        return found.empty() ? outline(test, Syntax::kBraces) : found;
    }();
    const auto name = definitions.empty() ? std::string_view() : short_name(definitions.front().name);
    std::string text;
    bool inside = false;
    for (const auto line : split_lines(report.digest)) {
        const bool heading =
            line.starts_with("FAIL") || line.starts_with("ERROR") || line.starts_with("[ RUN");
        const bool named = !name.empty() && line.find(name) != std::string_view::npos;
        if (heading || named) inside = named;
        if (inside && text.size() < kMostFailure) text += fmt::format("{}\n", line);
    }
    return text;
}

}  // namespace

std::string focus_prompt(const FocusInput& input) {
    const auto* file = input.project.find(input.target.file);
    if (file == nullptr) return {};
    const auto definitions = outline(file->content, syntax_of(file->path));
    const auto place = std::ranges::find(definitions, input.target.definition, &Definition::name);
    if (place == definitions.end()) return {};
    const auto lines = split_lines(file->content);
    const auto code = detail::text_of_lines(lines, place->first_line, place->end_line);
    const auto tag = fence_tag_of(file->path);
    const auto fenced = [&](std::string_view text) { return fmt::format("```{}\n{}```\n", tag, text); };
    std::string out =
        fmt::format("{}\n\n", head_and_tail(trim(input.task), kMostTask * 2 / 3, kMostTask / 3));
    if (const auto text = around(*file, definitions); !text.empty())
        out += fmt::format("{} begins with:\n{}\n", file->path, fenced(text));
    out += fmt::format("This is `{}` in it now:\n{}\n", input.target.definition, fenced(code));
    if (const auto text = callers(input, code); !text.empty())
        out += fmt::format("It is used here:\n{}\n", fenced(text));
    out += fmt::format("This test fails:\n{}{}\n", fenced(input.test), failure_of(input.report, input.test));
    out += fmt::format(
        "Reply with the new version of `{}` in one {} code block. It must do what the old version does right "
        "and, in "
        "addition, what the failing test needs.",
        input.target.definition, tag);
    return out;
}

}  // namespace hearth::scaffold
