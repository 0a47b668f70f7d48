#include "scaffold/slips.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <fmt/format.h>
#include <set>
#include <vector>

#include "core/text.h"
#include "scaffold/detail/brace_header.h"
#include "scaffold/detail/function_body.h"
#include "scaffold/source_outline.h"

namespace hearth::scaffold {
namespace {

bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

// What stands between two texts, wherever they are.
std::set<std::string> between(std::string_view text, std::string_view before, std::string_view behind) {
    std::set<std::string> out;
    for (auto at = text.find(before); at != std::string_view::npos; at = text.find(before, at + 1)) {
        const auto rest = text.substr(at + before.size());
        const auto end = rest.find(behind);
        if (end == std::string_view::npos || end == 0 || end > 60) continue;
        out.emplace(rest.substr(0, end));
    }
    return out;
}

// "self.total" at i, as a whole word.
bool stands_at(std::string_view text, std::size_t i, std::string_view word) {
    const auto end = i + word.size();
    return text.substr(i).starts_with(word) &&
           (i == 0 || (!detail::is_word(text[i - 1]) && text[i - 1] != '.')) &&
           (end >= text.size() || !detail::is_word(text[end]));
}

bool is_assignment(std::string_view behind) {
    behind = trim(behind.substr(0, behind.find('\n')));
    if (behind.starts_with("=")) return !behind.starts_with("==") && !behind.starts_with("=>");
    return behind.size() > 1 && behind[1] == '=' &&
           std::string_view("+-*/").find(behind[0]) != std::string_view::npos;
}

bool is_assigned(std::string_view code, std::string_view attribute) {
    for (auto at = code.find(attribute); at != std::string_view::npos; at = code.find(attribute, at + 1)) {
        if (stands_at(code, at, attribute) && is_assignment(code.substr(at + attribute.size()))) return true;
    }
    return false;
}

// With another name for the attribute wherever it is not called.
std::string renamed(std::string_view code, std::string_view attribute, std::string_view name) {
    std::string out;
    for (std::size_t i = 0; i < code.size();) {
        const bool is_called = code.substr(std::min(i + attribute.size(), code.size())).starts_with('(');
        if (stands_at(code, i, attribute) && !is_called) {
            out += name;
            i += attribute.size();
        } else {
            out += code[i++];
        }
    }
    return out;
}

bool tells_of_hidden_method(std::string_view failure, Syntax syntax) {
    if (syntax == Syntax::kIndent)
        return has(failure, "object is not callable") || has(failure, "has no setter") ||
               has(failure, "can't set attribute") || has(failure, "maximum recursion depth");
    return has(failure, "is not a function");
}

std::optional<std::string> without_hidden_methods(std::string_view content, Syntax syntax) {
    const std::string_view self = syntax == Syntax::kIndent ? "self." : "this.";
    const auto definitions = outline(content, syntax);
    const auto lines = split_lines(content);
    std::string text(content);
    bool changed = false;
    for (const auto& owner : definitions) {
        if (!owner.is_class) continue;
        auto code = detail::text_of_lines(lines, owner.first_line, owner.end_line);
        const auto old = code;
        for (const auto& method : definitions) {
            const bool inside =
                !method.is_class && method.first_line > owner.first_line && method.end_line <= owner.end_line;
            const auto attribute = fmt::format("{}{}", self, short_name(method.name));
            if (!inside || !is_assigned(code, attribute)) continue;
            auto name = fmt::format("{}_{}", self, short_name(method.name));
            if (has(code, name)) name += "_value";
            code = renamed(code, attribute, name);
        }
        const auto at = text.find(old);
        if (code == old || at == std::string::npos) continue;
        text.replace(at, old.size(), code);
        changed = true;
    }
    return changed ? std::optional(std::move(text)) : std::nullopt;
}

struct Origin {
    std::string_view name;
    std::string_view module;
};

constexpr std::array kPythonModules = {
    "bisect",     "calendar",  "collections", "copy",     "datetime",  "decimal", "fractions", "functools",
    "heapq",      "itertools", "json",        "math",     "operator",  "os",      "random",    "re",
    "statistics", "string",    "sys",         "textwrap", "threading", "time"};

constexpr std::array kPythonNames = {Origin{"deque", "collections"},
                                     Origin{"Counter", "collections"},
                                     Origin{"defaultdict", "collections"},
                                     Origin{"OrderedDict", "collections"},
                                     Origin{"namedtuple", "collections"},
                                     Origin{"List", "typing"},
                                     Origin{"Dict", "typing"},
                                     Origin{"Optional", "typing"},
                                     Origin{"Tuple", "typing"},
                                     Origin{"Set", "typing"},
                                     Origin{"Any", "typing"},
                                     Origin{"Union", "typing"},
                                     Origin{"Callable", "typing"},
                                     Origin{"dataclass", "dataclasses"},
                                     Origin{"field", "dataclasses"},
                                     Origin{"reduce", "functools"},
                                     Origin{"lru_cache", "functools"},
                                     Origin{"wraps", "functools"},
                                     Origin{"permutations", "itertools"},
                                     Origin{"combinations", "itertools"},
                                     Origin{"product", "itertools"},
                                     Origin{"chain", "itertools"},
                                     Origin{"groupby", "itertools"},
                                     Origin{"accumulate", "itertools"},
                                     Origin{"islice", "itertools"},
                                     Origin{"Enum", "enum"},
                                     Origin{"Decimal", "decimal"},
                                     Origin{"Fraction", "fractions"},
                                     Origin{"gcd", "math"},
                                     Origin{"sqrt", "math"},
                                     Origin{"ceil", "math"},
                                     Origin{"floor", "math"},
                                     Origin{"timedelta", "datetime"},
                                     Origin{"ABC", "abc"},
                                     Origin{"abstractmethod", "abc"},
                                     Origin{"StringIO", "io"}};

std::string python_import(std::string_view name, std::string_view content) {
    // A class of a module with its own name.
    if (name == "datetime" && !has(content, "datetime.datetime") && !has(content, "datetime.timedelta") &&
        !has(content, "datetime.date("))
        return "from datetime import datetime";
    if (std::ranges::find(kPythonModules, name) != kPythonModules.end())
        return fmt::format("import {}", name);
    const auto* const known = std::ranges::find(kPythonNames, name, &Origin::name);
    return known == kPythonNames.end() ? std::string()
                                       : fmt::format("from {} import {}", known->module, name);
}

// The first line that is no comment, docstring or import from __future__, which have to stand first.
std::size_t place_of_imports(const std::vector<std::string_view>& lines) {
    std::string_view quote;
    for (std::size_t n = 0; n < lines.size(); ++n) {
        const auto line = trim(lines[n]);
        if (!quote.empty()) {
            if (has(line, quote)) quote = {};
            continue;
        }
        if (line.empty() || line.starts_with('#') || line.starts_with("from __future__")) continue;
        if (!line.starts_with("\"\"\"") && !line.starts_with("'''")) return n;
        if (!has(line.substr(3), line.substr(0, 3))) quote = line.substr(0, 3);
    }
    return lines.size();
}

std::string with_line_at(std::string_view content, std::size_t place, std::string_view text) {
    const auto lines = split_lines(content);
    return fmt::format("{}{}\n{}", detail::text_of_lines(lines, 0, place), text,
                       detail::text_of_lines(lines, place, lines.size()));
}

std::optional<std::string> with_python_imports(std::string_view content, std::string_view failure) {
    std::string text(content);
    for (const auto& name : between(failure, "name '", "' is not defined")) {
        const auto line = python_import(name, content);
        if (line.empty() || has(text, line + "\n")) continue;
        text = with_line_at(text, place_of_imports(split_lines(text)), line);
    }
    return text == content ? std::nullopt : std::optional(std::move(text));
}

// Before the first #include, else behind what keeps a header from being read twice.
std::size_t place_of_includes(const std::vector<std::string_view>& lines) {
    std::size_t behind_guard = 0;
    for (std::size_t n = 0; n < lines.size(); ++n) {
        const auto line = trim(lines[n]);
        if (line.starts_with("#include")) return n;
        const bool guard = line.starts_with("#pragma once") || (n > 0 && line.starts_with("#define") &&
                                                                trim(lines[n - 1]).starts_with("#ifndef"));
        if (guard && behind_guard == 0) behind_guard = n + 1;
    }
    return behind_guard;
}

// GCC and Clang: "did you forget to '#include <algorithm>'?", "include '<string.h>' or provide a declaration of 'memset'".
std::optional<std::string> with_headers(std::string_view content, std::string_view failure) {
    std::string text(content);
    auto names = between(failure, "#include <", ">");
    names.merge(between(failure, "include \xE2\x80\x98<", ">"));
    names.merge(between(failure, "include '<", ">"));
    names.merge(between(failure, "include the header <", ">"));
    for (const auto& name : names) {
        if (has(text, fmt::format("#include <{}>", name))) continue;
        text = with_line_at(text, place_of_includes(split_lines(text)), fmt::format("#include <{}>", name));
    }
    return text == content ? std::nullopt : std::optional(std::move(text));
}

constexpr std::array kGoPackages = {"bufio",  "bytes", "errors",  "fmt",     "math", "os",   "regexp",
                                    "slices", "sort",  "strconv", "strings", "sync", "time", "unicode"};

std::optional<std::string> with_go_imports(std::string_view content, std::string_view failure) {
    std::string text(content);
    for (const auto& name : between(failure, ": \"", "\" imported and not used")) {
        std::string kept;
        for (const auto line : split_lines(text)) {
            const auto bare = trim(line);
            if (bare != fmt::format("\"{}\"", name) && bare != fmt::format("import \"{}\"", name))
                kept += fmt::format("{}\n", line);
        }
        text = std::move(kept);
    }
    for (const auto& name : between(failure, "undefined: ", "\n")) {
        const auto package = trim(name);
        if (std::ranges::find(kGoPackages, package) == kGoPackages.end()) continue;
        const auto lines = split_lines(text);
        const auto place = std::ranges::find_if(
            lines, [](std::string_view line) { return trim(line).starts_with("package "); });
        if (place == lines.end()) continue;
        text = with_line_at(text, static_cast<std::size_t>(place - lines.begin()) + 1,
                            fmt::format("\nimport \"{}\"", package));
    }
    return text == content ? std::nullopt : std::optional(std::move(text));
}

}  // namespace

std::optional<std::string> mend_slips(std::string_view path, std::string_view content,
                                      std::string_view failure) {
    const auto tag = fence_tag_of(path);
    const auto syntax = syntax_of(path);
    if (tag == "python") {
        if (auto mended = with_python_imports(content, failure)) return mended;
        if (tells_of_hidden_method(failure, syntax)) return without_hidden_methods(content, syntax);
    }
    if (tag == "javascript" && tells_of_hidden_method(failure, syntax))
        return without_hidden_methods(content, syntax);
    if (tag == "c" || tag == "cpp") return with_headers(content, failure);
    if (tag == "go") return with_go_imports(content, failure);
    return std::nullopt;
}

}  // namespace hearth::scaffold
