#include "scaffold/gaps.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <optional>
#include <string>
#include <utility>

#include "core/text.h"
#include "scaffold/detail/function_body.h"
#include "scaffold/detail/statements.h"
#include "scaffold/source_outline.h"

namespace hearth::scaffold {
namespace {

constexpr std::size_t kMostTests =
    3'000;  // bytes of tests in front; every gap of a run has them, so they are read once
constexpr std::size_t kLinesBehind = 12;  // that every gap has to read anew
constexpr std::size_t kLinesBefore = 60;  // of the file, in front of the function; the same for all its gaps
constexpr std::size_t kMostAnswer = 5;    // lines; more are another function, not a forgotten statement
constexpr int kMostTokens = 72;

using Lines = detail::LineViews;

std::size_t indent_of(std::string_view line) { return std::min(line.find_first_not_of(" \t"), line.size()); }

bool is_blank(std::string_view line) { return trim(line).empty(); }

// The next line that holds something; the end of the definition where there is none.
std::size_t next_line(const Lines& lines, std::size_t from, std::size_t end) {
    while (from < end && is_blank(lines[from]))
        ++from;
    return from;
}

struct Gap {
    std::size_t line;  // from 0: it is behind this one
    int score;
};

// Nothing runs behind these.
bool leaves(std::string_view line) {
    const auto text = trim(line);
    return std::ranges::any_of(
        std::array<std::string_view, 5>{"return", "raise", "throw", "continue", "break"},
        [&](std::string_view word) { return text.starts_with(word); });
}

// How likely something was forgotten behind line n; `next` is the next line of the function. Nothing where it could not run.
std::optional<int> score_of(const Lines& lines, std::size_t n, std::size_t next, std::size_t end) {
    const bool block_ends = next < end && indent_of(lines[next]) < indent_of(lines[n]);
    if (leaves(lines[n]) && !block_ends) return {};
    int score = leaves(lines[n]) ? -1 : 0;
    if (block_ends) score += 2;
    if (next < end && trim(lines[next]).starts_with("return")) score += 2;
    return score;
}

// Gaps of one function: the one behind its head, and one behind each line of its body.
void add_gaps(const Lines& lines, const Definition& definition, Syntax syntax, std::vector<Gap>& out) {
    const auto begin = detail::body_begin(lines, definition, syntax);
    const auto end = std::min(definition.end_line, lines.size());
    if (begin == 0 || begin >= end) return;
    out.push_back({begin - 1, 0});
    const auto behind = syntax == Syntax::kBraces ? end - 1 : end;  // nothing goes behind the last brace
    for (auto n = begin; n < behind; ++n) {
        if (is_blank(lines[n]) || detail::is_comment_line(lines[n], syntax)) continue;
        if (const auto score = score_of(lines, n, next_line(lines, n + 1, end), end))
            out.push_back({n, *score});
    }
}

// Whether the line stands among those that follow the gap.
bool repeats(std::string_view line, const Lines& lines, std::size_t at) {
    if (trim(line).size() < 2) return false;  // a brace
    for (auto n = at; n < std::min(at + kLinesBehind, lines.size()); ++n)
        if (trim(lines[n]) == trim(line)) return true;
    return false;
}

}  // namespace

std::vector<Target> likely_gaps(const Project& project, const std::vector<Target>& targets,
                                std::size_t most) {
    std::vector<Target> found;
    if (targets.empty()) return found;
    const auto& place = targets.front();
    const auto* file = project.find(place.file);
    if (file == nullptr) return found;
    const auto syntax = syntax_of(file->path);
    const auto lines = split_lines(file->content);
    const auto definitions = outline(file->content, syntax);
    // The named function alone, else all that may be meant, likeliest first.
    auto names = place.definitions;
    if (place.certain || names.empty()) names = {place.definition};
    for (const auto& name : names) {
        const auto definition = std::ranges::find(definitions, name, &Definition::name);
        if (definition == definitions.end() || definition->is_class) continue;
        std::vector<Gap> gaps;
        add_gaps(lines, *definition, syntax, gaps);
        std::sort(gaps.begin(), gaps.end(), [](const Gap& a, const Gap& b) {
            return a.score != b.score ? a.score > b.score : a.line < b.line;
        });
        for (const auto& gap : gaps) {
            if (found.size() == most) return found;
            Target target = place;
            target.definition = name;
            target.line = gap.line + 1;
            found.push_back(std::move(target));
        }
    }
    return found;
}

chat::FillRequest gap_request(const Project& project, const Target& gap) {
    chat::FillRequest request;
    const auto* file = project.find(gap.file);
    if (file == nullptr || !gap.line) return request;
    std::size_t room = kMostTests;
    for (const auto* test : project.with_role(FileRole::kTest)) {
        if (test->content.size() > room || is_blank(test->content)) continue;
        room -= test->content.size();
        request.context.emplace_back(test->path,
                                     test->content.ends_with('\n') ? test->content : test->content + "\n");
    }
    const auto lines = split_lines(file->content);
    const auto at = std::min(*gap.line, lines.size());
    const auto definitions = outline(file->content, syntax_of(file->path));
    const auto definition = std::ranges::find(definitions, gap.definition, &Definition::name);
    const auto first = definition == definitions.end() ? 0 : definition->first_line;
    request.file_name = file->path;
    request.prefix = detail::text_of_lines(lines, first - std::min(first, kLinesBefore), at);
    request.suffix = detail::text_of_lines(lines, at, at + kLinesBehind);
    request.max_tokens = {kMostTokens};
    return request;
}

Result<std::vector<FileEdit>> edit_of_gap(std::string_view answer, const Project& project,
                                          const Target& gap) {
    const auto* file = project.find(gap.file);
    if (file == nullptr || !gap.line) return Error(Code::kInvalidInput, "there is no such line");
    const auto lines = split_lines(file->content);
    const auto at = std::min(*gap.line, lines.size());
    std::string fill;
    std::size_t count = 0;
    std::size_t block = 0;  // the indentation of the first line
    for (const auto line : split_lines(answer)) {
        if (is_blank(line)) continue;
        if (count == 0) block = indent_of(line);
        if (repeats(line, lines, at) || (count > 0 && indent_of(line) < block)) break;
        fill += fmt::format("{}\n", line);
        ++count;
    }
    if (count == 0) return Error(Code::kInvalidInput, "the answer changes nothing");
    if (count > kMostAnswer)
        return Error(Code::kInvalidInput, "the answer is longer than what was forgotten");
    return std::vector<FileEdit>{{file->path, detail::text_of_lines(lines, 0, at) + fill +
                                                  detail::text_of_lines(lines, at, lines.size())}};
}

}  // namespace hearth::scaffold
