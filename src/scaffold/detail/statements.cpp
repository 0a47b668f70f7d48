#include "scaffold/detail/statements.h"

#include <algorithm>
#include <array>

#include "core/text.h"
#include "scaffold/detail/brace_header.h"
#include "scaffold/detail/brace_outline.h"

namespace hearth::scaffold::detail {
namespace {

// How many brackets a line leaves open; strings are passed over.
int open_brackets(std::string_view line) {
    int depth = 0;
    char quote = '\0';
    for (std::size_t i = 0; i < line.size(); ++i) {
        const char c = line[i];
        if (quote != '\0') {
            if (c == '\\') ++i;
            if (c == quote) quote = '\0';
        } else if (c == '"' || (c == '\'' && (i == 0 || !is_word(line[i - 1])))) {
            quote = line.find(c, i + 1) == std::string_view::npos ? '\0' : c;
        } else if (c == '#' || line.substr(i).starts_with("//")) {
            break;
        } else if (std::string_view("([{").find(c) != std::string_view::npos) {
            ++depth;
        } else if (std::string_view(")]}").find(c) != std::string_view::npos) {
            --depth;
        }
    }
    return depth;
}

bool is_comment(std::string_view text, Syntax syntax) {
    if (syntax == Syntax::kIndent) return text.starts_with('#');
    return text.starts_with("//") || text.starts_with("/*") || text.starts_with("*/") || text == "*" ||
           text.starts_with("* ");
}

// Lines that only open or close what is around others.
bool is_frame(std::string_view text) {
    if (text.find_first_not_of("{}();, ") == std::string_view::npos) return true;
    constexpr std::array<std::string_view, 8> kBeginnings = {"namespace ", "extern \"C\"", "#pragma",  "#if",
                                                             "#endif",     "#else",        "package ", "@"};
    if (text.ends_with(':') && text.find(' ') == std::string_view::npos) return true;  // public:
    return std::any_of(kBeginnings.begin(), kBeginnings.end(),
                       [&](std::string_view each) { return text.starts_with(each); });
}

std::string python_name(std::string_view text) {
    if (text.starts_with("if __name__")) return "if __name__";
    const auto name = leading_word(text);
    const auto rest = trim(text.substr(name.size()));
    const auto equals = rest.find('=');
    if (name.empty() || equals == std::string_view::npos || rest.substr(equals).starts_with("==")) return {};
    return rest.front() == '=' || rest.front() == ':' ? std::string(name) : std::string();
}

std::string last_word(std::string_view text) {
    text = trim(text);
    std::size_t start = text.size();
    while (start > 0 && is_word(text[start - 1]))
        --start;
    return std::string(text.substr(start));
}

std::string brace_name(std::string_view text) {
    if (text.starts_with("#define")) return std::string(leading_word(trim(text.substr(7))));
    if (text.starts_with("#")) return {};
    auto head = text.substr(0, text.find('='));
    const bool has_value = head.size() < text.size();
    const auto paren = head.find('(');
    if (paren != std::string_view::npos) {
        if (has_value && paren > 0 && text.find("= 0") == std::string_view::npos) return {};
        const auto name = last_word(head.substr(0, paren));
        const auto before = trim(head.substr(0, paren));
        // A call has nothing in front of its name, a prototype has its type.
        return name.empty() || before.size() == name.size() ? std::string() : name + "(";
    }
    if (!has_value && text.find(';') == std::string_view::npos) return {};
    head = head.substr(0, head.find_first_of("{[;"));
    if (const auto colon = head.find(": "); colon != std::string_view::npos) head = head.substr(0, colon);
    auto name = last_word(head);
    // "const { a, b } = ..." and "auto [a, b] = ..." define several.
    return name == "const" || name == "let" || name == "var" || name == "auto" ? std::string() : name;
}

bool is_triple_quoted(std::string_view text) { return text.starts_with("\"\"\"") || text.starts_with("'''"); }

}  // namespace

bool is_import(std::string_view line, Syntax syntax) {
    const auto text = trim(line);
    if (syntax == Syntax::kIndent) return text.starts_with("import ") || text.starts_with("from ");
    const bool requires_module =
        text.find("require(") != std::string_view::npos &&
        (text.starts_with("const ") || text.starts_with("let ") || text.starts_with("var "));
    return text.starts_with("#include") || text.starts_with("import ") || text.starts_with("use ") ||
           requires_module || (text.starts_with("using ") && text.find('=') == std::string_view::npos);
}

std::vector<Statement> statements_outside(const Lines& lines, const std::vector<Definition>& definitions,
                                          std::size_t first, std::size_t end, Syntax syntax) {
    std::vector<Statement> found;
    end = std::min(end, lines.size());
    std::size_t n = first;
    const auto definition_end = [&](std::size_t line) {
        std::size_t furthest = line;
        for (const auto& each : definitions) {
            if (each.first_line >= first && each.first_line <= line && line < each.end_line)
                furthest = std::max(furthest, each.end_line);
        }
        return furthest;
    };
    const auto past_docstring = [&](std::size_t line) {
        const auto quote = trim(lines[line]).substr(0, 3);
        if (trim(lines[line]).substr(3).find(quote) != std::string_view::npos) return line + 1;
        ++line;
        while (line < end && lines[line].find(quote) == std::string::npos)
            ++line;
        return std::min(line + 1, end);
    };
    while (n < end) {
        if (const auto past = definition_end(n); past > n) {
            n = past;
            continue;
        }
        const auto text = trim(lines[n]);
        if (syntax == Syntax::kIndent && is_triple_quoted(text)) {
            n = past_docstring(n);
            continue;
        }
        if (text.empty() || is_comment(text, syntax) || (syntax == Syntax::kBraces && is_frame(text))) {
            ++n;
            continue;
        }
        Statement statement;
        statement.first_line = n;
        statement.is_import = is_import(text, syntax);
        const auto indent = indent_of(lines[n]);
        int depth = open_brackets(text);
        std::size_t next = n + 1;
        while (next < end && (depth > 0 || lines[next - 1].ends_with('\\') ||
                              (syntax == Syntax::kIndent && !trim(lines[next]).empty() &&
                               indent_of(lines[next]) > indent))) {
            depth += open_brackets(lines[next]);
            ++next;
        }
        statement.end_line = next;
        if (!statement.is_import)
            statement.name = syntax == Syntax::kIndent ? python_name(text) : brace_name(text);
        found.push_back(std::move(statement));
        n = next;
    }
    return found;
}

bool is_left_out(const Lines& lines, const Definition& definition, Syntax syntax) {
    if (definition.is_class) return false;
    const auto end = std::min(definition.end_line, lines.size());
    std::size_t n = definition.first_line;
    const char opener = syntax == Syntax::kIndent ? ':' : '{';
    while (n < end && !trim(lines[n]).ends_with(opener))
        ++n;
    if (n >= end) return false;  // all on one line
    bool comment = false;
    bool dots = false;
    bool docstring = false;
    for (++n; n < end; ++n) {
        const auto text = trim(lines[n]);
        if (text.empty() || text == "}") continue;
        if (docstring || (syntax == Syntax::kIndent && is_triple_quoted(text))) {
            const bool one_line =
                !docstring && text.size() > 5 && (text.ends_with("\"\"\"") || text.ends_with("'''"));
            const bool closes = docstring && (text.ends_with("\"\"\"") || text.ends_with("'''"));
            docstring = !one_line && !closes;
        } else if (is_comment(text, syntax)) {
            comment = true;
        } else if (text == "...") {
            dots = true;
        } else if (text.starts_with("pass") && leading_word(text) == "pass") {
            comment = comment || text.find('#') != std::string_view::npos;
        } else {
            return false;
        }
    }
    return dots || comment;
}

std::string flat_text(const Lines& lines, std::size_t first, std::size_t end) {
    std::string out;
    for (auto n = first; n < std::min(end, lines.size()); ++n) {
        for (const char c : trim(lines[n])) {
            const bool space = c == ' ' || c == '\t';
            if (!space || out.empty() || out.back() != ' ') out += space ? ' ' : c;
        }
        if (!out.empty() && out.back() != ' ') out += ' ';
    }
    return std::string(trim(out));
}

bool is_comment_line(std::string_view line, Syntax syntax) {
    const auto text = trim(line);
    if (syntax == Syntax::kIndent) return text.starts_with('#') && !text.starts_with("#!");
    return text.starts_with("//") || text.starts_with("/*") || text.starts_with("* ") || text == "*" ||
           text == "*/";
}

}  // namespace hearth::scaffold::detail
