#include "scaffold/stubs.h"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "core/text.h"
#include "scaffold/detail/function_body.h"
#include "scaffold/detail/statements.h"

namespace hearth::scaffold {
namespace {

using Lines = detail::LineViews;

constexpr std::size_t kShort = 8;  // lines, the signature's among them

bool says_so(std::string_view code) {
    constexpr std::array<std::string_view, 7> kSigns = {
        "NotImplementedError", "not implemented",    "Not implemented", "TODO", "FIXME",
        "unimplemented!",      "not yet implemented"};
    return std::ranges::any_of(
        kSigns, [&](std::string_view sign) { return code.find(sign) != std::string_view::npos; });
}

// What is left of the lines [first, end) without comments and empty lines.
std::vector<std::string_view> statements(const Lines& lines, std::size_t first, std::size_t end,
                                         Syntax syntax) {
    std::vector<std::string_view> left;
    for (auto n = first; n < std::min(end, lines.size()); ++n) {
        const auto text = trim(lines[n]);
        if (!text.empty() && !detail::is_comment_line(text, syntax)) left.push_back(text);
    }
    return left;
}

bool does_nothing(std::string_view statement) {
    constexpr std::array<std::string_view, 6> kIdle = {"pass",        "...",     "return",
                                                       "return None", "return;", ";"};
    return std::ranges::find(kIdle, statement) != kIdle.end();
}

bool only_throws(std::string_view statement) {
    constexpr std::array<std::string_view, 5> kStarts = {"throw ", "raise ", "panic(", "panic!(", "todo!("};
    return std::ranges::any_of(kStarts, [&](std::string_view start) { return statement.starts_with(start); });
}

// "return -1;", "return {};", "return 'none'": the same whatever is asked.
bool returns_constant(std::string_view statement) {
    if (!statement.starts_with("return")) return false;
    auto value = trim(statement.substr(6));
    if (value.ends_with(';')) value = trim(value.substr(0, value.size() - 1));
    constexpr std::array<std::string_view, 13> kNamed = {"true", "false", "True",      "False",   "null",
                                                         "NULL", "nil",   "undefined", "nullptr", "{}",
                                                         "[]",   "()",    "0.0"};
    if (std::ranges::find(kNamed, value) != kNamed.end()) return true;
    const auto quote = value.empty() ? ' ' : value.front();
    if (quote == '"' || quote == '\'') return value.size() > 1 && value.find(quote, 1) == value.size() - 1;
    const auto digits = value.starts_with('-') ? value.substr(1) : value;
    return !digits.empty() && std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
}

// A statement that only keeps a compiler from complaining of an unused parameter.
bool mentions_only(std::string_view statement) {
    return statement.starts_with("(void)") || statement.starts_with("_ = ") || statement.starts_with("void ");
}

// `asked`: whether there are parameters, which what is written would look at.
bool is_idle(std::vector<std::string_view> body, bool asked) {
    std::erase_if(body, mentions_only);
    if (body.empty()) return true;
    const auto statement = body.front();
    return body.size() == 1 &&
           (does_nothing(statement) || only_throws(statement) || (asked && returns_constant(statement)));
}

// Whether the parentheses behind a function's name hold more than the object itself.
bool has_parameters(std::string_view code) {
    const auto open = code.find('(');
    const auto close = code.find(')', std::min(open, code.size()));
    if (open == std::string_view::npos || close == std::string_view::npos) return false;
    const auto inside = trim(code.substr(open + 1, close - open - 1));
    return !inside.empty() && inside != "self" && inside != "cls" && inside != "void" && inside != "&self" &&
           inside != "&mut self";
}

bool has_idle_indented_body(const Lines& lines, const Definition& definition) {
    const auto at = detail::body_begin(lines, definition, Syntax::kIndent);
    if (at < definition.end_line) {
        const auto asked = has_parameters(detail::text_of_lines(lines, definition.first_line, at));
        return is_idle(statements(lines, at, definition.end_line, Syntax::kIndent), asked);
    }
    // All on one line, or a docstring alone.
    const auto head = trim(lines[definition.first_line]);
    const auto colon = head.rfind(':');
    if (colon == std::string_view::npos) return false;
    const auto behind = trim(head.substr(colon + 1));
    return behind.empty() ? definition.end_line > definition.first_line + 1 : does_nothing(behind);
}

bool has_idle_braced_body(const Lines& lines, const Definition& definition) {
    const auto own = short_name(definition.name);
    if (is_constructor(definition.name) || own.starts_with('~') || own == "constructor") return false;
    const auto text = detail::text_of_lines(lines, definition.first_line, definition.end_line);
    const auto end = text.rfind('}');
    const auto parameters = definition.is_class ? 0 : std::min(text.find(')'), text.size());
    const auto begin = text.find('{', parameters);
    if (begin == std::string::npos || end == std::string::npos || end <= begin) return false;
    const auto body = std::string_view(text).substr(begin + 1, end - begin - 1);
    const auto views = split_lines(body);
    const bool asked = has_parameters(std::string_view(text).substr(0, begin));
    return is_idle(statements(views, 0, views.size(), Syntax::kBraces), asked);
}

// An exception's class is complete without a body.
bool is_bare_exception(std::string_view head) {
    return head.find("Error") != std::string_view::npos || head.find("Exception") != std::string_view::npos ||
           head.find("Warning") != std::string_view::npos;
}

// What says how a file belongs to others, and does nothing itself.
bool is_frame(std::string_view line, Syntax syntax) {
    constexpr std::array<std::string_view, 10> kStarts = {"namespace", "package", "#",      "'use strict'",
                                                          "using",     "module",  "extern", "\"use strict\"",
                                                          "mod ",      "@file"};
    if (syntax == Syntax::kBraces) line = trim(line.substr(0, line.find("//")));
    if (detail::is_import(line, syntax)) return true;
    if (line.find_first_not_of("{}(); ") == std::string_view::npos) return true;
    return syntax == Syntax::kBraces &&
           std::ranges::any_of(kStarts, [&](std::string_view start) { return line.starts_with(start); });
}

}  // namespace

bool is_constructor(std::string_view name) {
    const auto own = short_name(name);
    if (own.size() == name.size()) return false;
    auto owner = name.substr(0, name.size() - own.size());
    owner.remove_suffix(owner.size() - (owner.find_last_not_of(".:") + 1));
    return short_name(owner) == own;
}

Unwritten unwritten(std::string_view source, const Definition& definition, Syntax syntax) {
    const auto lines = split_lines(source);
    if (definition.first_line >= lines.size() || definition.end_line <= definition.first_line)
        return Unwritten::kNo;
    // A note in a longer body is about a part of it.
    if (statements(lines, definition.first_line, definition.end_line, syntax).size() <= kShort &&
        says_so(detail::text_of_lines(lines, definition.first_line, definition.end_line)))
        return Unwritten::kSaysSo;
    if (definition.is_class && is_bare_exception(lines[definition.first_line])) return Unwritten::kNo;
    const bool idle = syntax == Syntax::kIndent   ? has_idle_indented_body(lines, definition)
                      : syntax == Syntax::kBraces ? has_idle_braced_body(lines, definition)
                                                  : false;
    return idle ? Unwritten::kEmpty : Unwritten::kNo;
}

bool is_blank_source(std::string_view source, Syntax syntax) {
    if (syntax == Syntax::kUnknown || !outline(source, syntax).empty()) return false;
    const auto lines = split_lines(source);
    const auto left = statements(lines, 0, lines.size(), syntax);
    return std::ranges::all_of(left, [&](std::string_view line) { return is_frame(line, syntax); });
}

}  // namespace hearth::scaffold
