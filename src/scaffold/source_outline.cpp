#include "scaffold/source_outline.h"

#include <array>
#include <utility>

#include "core/text.h"
#include "scaffold/detail/brace_header.h"
#include "scaffold/detail/brace_outline.h"

namespace hearth::scaffold {
namespace {

struct Language {
    std::string_view extension;
    std::string_view tag;
    Syntax syntax;
};

constexpr std::array kLanguages = {
    Language{".py", "python", Syntax::kIndent},      Language{".cpp", "cpp", Syntax::kBraces},
    Language{".cc", "cpp", Syntax::kBraces},         Language{".cxx", "cpp", Syntax::kBraces},
    Language{".hpp", "cpp", Syntax::kBraces},        Language{".hh", "cpp", Syntax::kBraces},
    Language{".h", "cpp", Syntax::kBraces},          Language{".c", "c", Syntax::kBraces},
    Language{".java", "java", Syntax::kBraces},      Language{".js", "javascript", Syntax::kBraces},
    Language{".mjs", "javascript", Syntax::kBraces}, Language{".ts", "typescript", Syntax::kBraces},
    Language{".tsx", "tsx", Syntax::kBraces},        Language{".jsx", "jsx", Syntax::kBraces},
    Language{".go", "go", Syntax::kBraces},          Language{".rs", "rust", Syntax::kBraces},
    Language{".cs", "csharp", Syntax::kBraces},      Language{".kt", "kotlin", Syntax::kBraces},
    Language{".swift", "swift", Syntax::kBraces},    Language{".rb", "ruby", Syntax::kUnknown},
    Language{".sh", "bash", Syntax::kUnknown},       Language{".toml", "toml", Syntax::kUnknown},
    Language{".json", "json", Syntax::kUnknown},     Language{".md", "markdown", Syntax::kUnknown},
};

const Language* language_of(std::string_view path) {
    const auto dot = path.rfind('.');
    if (dot == std::string_view::npos) return nullptr;
    for (const auto& language : kLanguages) {
        if (language.extension == path.substr(dot)) return &language;
    }
    return nullptr;
}

using detail::indent_of;
using detail::leading_word;

// Marks the lines of a Python text that start inside a triple-quoted string or an open bracket, whose
// indentation therefore says nothing.
std::vector<bool> continuation_lines(const std::vector<std::string_view>& lines) {
    std::vector<bool> inside(lines.size(), false);
    std::string_view quote;
    int depth = 0;
    for (std::size_t n = 0; n < lines.size(); ++n) {
        inside[n] = !quote.empty() || depth > 0;
        const auto line = lines[n];
        for (std::size_t i = 0; i < line.size(); ++i) {
            const auto rest = line.substr(i);
            if (!quote.empty()) {
                if (rest.front() == '\\') {
                    ++i;
                } else if (rest.starts_with(quote)) {
                    i += quote.size() - 1;
                    quote = {};
                }
                continue;
            }
            if (rest.front() == '#') break;
            if (rest.starts_with("\"\"\"") || rest.starts_with("'''")) {
                quote = rest.substr(0, 3);
                i += 2;
            } else if (rest.front() == '"' || rest.front() == '\'') {
                quote = rest.substr(0, 1);
            } else if (std::string_view("([{").find(rest.front()) != std::string_view::npos) {
                ++depth;
            } else if (std::string_view(")]}").find(rest.front()) != std::string_view::npos && depth > 0) {
                --depth;
            }
        }
        if (quote.size() == 1) quote = {};  // a one-line string ends with its line
    }
    return inside;
}

std::vector<Definition> outline_indent(std::string_view source) {
    const auto lines = split_lines(source);
    const auto inside = continuation_lines(lines);
    std::vector<Definition> found;
    std::vector<std::size_t> open;  // indices into found, innermost last
    std::size_t decorated_from = lines.size();
    std::size_t last_content = 0;
    const auto close_down_to = [&](std::size_t indent) {
        while (!open.empty() && found[open.back()].indent >= indent) {
            found[open.back()].end_line = last_content + 1;
            open.pop_back();
        }
    };
    for (std::size_t n = 0; n < lines.size(); ++n) {
        const auto text = trim(lines[n]);
        if (text.empty() || (text.front() == '#' && !inside[n])) continue;
        if (inside[n]) {
            last_content = n;
            continue;
        }
        const auto indent = indent_of(lines[n]);
        close_down_to(indent);
        last_content = n;
        if (text.front() == '@') {
            if (decorated_from == lines.size()) decorated_from = n;
            continue;
        }
        auto rest = text;
        if (rest.starts_with("async ")) rest = trim(rest.substr(6));
        const bool is_class = rest.starts_with("class ");
        if (is_class || rest.starts_with("def ")) {
            const auto name = leading_word(trim(rest.substr(is_class ? 6 : 4)));
            const bool in_function = !open.empty() && !found[open.back()].is_class;
            if (!name.empty() && !in_function) {
                Definition definition;
                definition.name =
                    open.empty() ? std::string(name) : found[open.back()].name + "." + std::string(name);
                definition.is_class = is_class;
                definition.is_nested = !open.empty();
                definition.first_line = decorated_from < n ? decorated_from : n;
                definition.end_line = n + 1;
                definition.indent = indent;
                open.push_back(found.size());
                found.push_back(std::move(definition));
            }
        }
        decorated_from = lines.size();
    }
    close_down_to(0);
    return found;
}

}  // namespace

Syntax syntax_of(std::string_view path) {
    const auto* language = language_of(path);
    return language == nullptr ? Syntax::kUnknown : language->syntax;
}

std::string_view fence_tag_of(std::string_view path) {
    const auto* language = language_of(path);
    return language == nullptr ? std::string_view() : language->tag;
}

std::vector<Definition> outline(std::string_view source, Syntax syntax) {
    switch (syntax) {
        case Syntax::kIndent: return outline_indent(source);
        case Syntax::kBraces: return detail::outline_braces(source);
        case Syntax::kUnknown: return {};
    }
    return {};
}

std::string_view short_name(std::string_view name) {
    const auto at = name.find_last_of(".:");
    return at == std::string_view::npos ? name : name.substr(at + 1);
}

}  // namespace hearth::scaffold
