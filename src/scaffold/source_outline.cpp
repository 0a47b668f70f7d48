#include "scaffold/source_outline.h"

#include <array>
#include <cctype>
#include <utility>

#include "core/text.h"

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

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

std::string_view leading_word(std::string_view text) {
    std::size_t end = 0;
    while (end < text.size() && is_word(text[end]))
        ++end;
    return text.substr(0, end);
}

std::size_t indent_of(std::string_view line) {
    std::size_t columns = 0;
    for (const char c : line) {
        if (c == ' ') {
            ++columns;
        } else if (c == '\t') {
            columns += 8 - columns % 8;
        } else {
            break;
        }
    }
    return columns;
}

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

// What the text in front of a '{' opens.
struct Opening {
    enum class Kind : std::uint8_t { kFunction, kClass, kScope, kOther };
    Kind kind = Kind::kOther;
    std::string name;
};

bool is_control(std::string_view word) {
    constexpr std::array<std::string_view, 14> kWords = {"if",   "for",    "while",  "switch", "catch",
                                                         "else", "do",     "try",    "return", "match",
                                                         "loop", "select", "unless", "with"};
    for (const auto each : kWords) {
        if (word == each) return true;
    }
    return false;
}

// The identifier that ends right before `at`, with its "A::" qualifiers, "~" and "operator…" spelled out.
std::string name_before(std::string_view header, std::size_t at) {
    const auto before = trim(header.substr(0, at));
    if (const auto op = before.rfind("operator"); op != std::string_view::npos) {
        std::size_t start = op;
        while (start > 0 && (is_word(before[start - 1]) || before[start - 1] == ':'))
            --start;
        return std::string(before.substr(start));
    }
    std::size_t start = before.size();
    while (start > 0 && (is_word(before[start - 1]) || before[start - 1] == ':' || before[start - 1] == '~'))
        --start;
    return std::string(before.substr(start));
}

Opening classify(std::string_view raw_header) {
    auto header = trim(raw_header);
    while (header.starts_with("template")) {  // its <...> may hold the word class
        int depth = 0;
        std::size_t i = header.find('<');
        if (i == std::string_view::npos) return {};
        for (; i < header.size(); ++i) {
            if (header[i] == '<') ++depth;
            if (header[i] == '>' && --depth == 0) break;
        }
        if (i == header.size()) return {};
        header = trim(header.substr(i + 1));
    }
    if (is_control(leading_word(header))) return {};
    const auto paren = header.find('(');
    const auto first_part = header.substr(0, paren);
    for (const std::string_view word :
         {"namespace", "class", "struct", "union", "enum", "interface", "impl", "trait", "mod", "extern"}) {
        std::size_t at = 0;
        while ((at = first_part.find(word, at)) != std::string_view::npos) {
            const bool starts = at == 0 || !is_word(first_part[at - 1]);
            const auto after = at + word.size();
            if (starts && (after == first_part.size() || !is_word(first_part[after]))) {
                const bool scope = word == "namespace" || word == "mod" || word == "extern";
                if (paren != std::string_view::npos && !scope &&
                    first_part.find(':') == std::string_view::npos)
                    break;
                return {scope ? Opening::Kind::kScope : Opening::Kind::kClass,
                        std::string(leading_word(trim(first_part.substr(after))))};
            }
            at = after;
        }
    }
    if (paren == std::string_view::npos) return {};
    const auto equals = first_part.find('=');
    const bool arrow = header.ends_with("=>");
    if (equals != std::string_view::npos && first_part.find("operator") == std::string_view::npos) {
        if (!arrow && header.find("function") == std::string_view::npos)
            return {};  // an initialiser or a C++ lambda
        return {Opening::Kind::kFunction, name_before(first_part, equals)};
    }
    auto at = paren;
    if (header.starts_with("func (")) {  // a Go method: the receiver comes first
        const auto close = header.find(')');
        const auto second = close == std::string_view::npos ? close : header.find('(', close);
        if (second != std::string_view::npos) at = second;
    }
    if (first_part.ends_with("operator")) at = header.find('(', paren + 1);  // operator()
    auto name = name_before(header, at == std::string_view::npos ? paren : at);
    if (name.empty() || is_control(name)) return {};
    return {Opening::Kind::kFunction, std::move(name)};
}

class BraceOutliner {
public:
    explicit BraceOutliner(std::string_view source) : source_(source), lines_(split_lines(source)) {}

    std::vector<Definition> run() {
        for (std::size_t i = 0; i < source_.size(); ++i)
            i = step(i);
        while (!scopes_.empty())
            close(line_);
        return std::move(found_);
    }

private:
    struct Scope {
        Opening::Kind kind;
        std::size_t definition;  // index into found_, or npos
        std::string prefix;      // class names around what is inside
    };

    static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

    // Handles the character at i and returns the index of the last one it consumed.
    std::size_t step(std::size_t i) {
        const char c = source_[i];
        const auto rest = source_.substr(i);
        if (c == '\n') {
            ++line_;
            at_line_start_ = true;
            return i;
        }
        if (rest.starts_with("//") || (c == '#' && at_line_start_ && !rest.starts_with("#[")))
            return skip_line(i);
        if (rest.starts_with("/*")) return skip_to(i + 2, "*/");
        if (c != ' ' && c != '\t') at_line_start_ = false;
        if (c == '"' || c == '`' || (c == '\'' && !previous_is_word(i))) return skip_quoted(i);
        if (c == '{') {
            open(i);
        } else if (c == '}') {
            close(line_);
            mark_header(i + 1);
        } else if (c == ';' && parens_ == 0) {
            mark_header(i + 1);
        } else if (c == '(') {
            ++parens_;
        } else if (c == ')' && parens_ > 0) {
            --parens_;
        } else if (c == ':' && parens_ == 0) {
            skip_access_label(i);
        }
        return i;
    }

    [[nodiscard]] bool previous_is_word(std::size_t i) const { return i > 0 && is_word(source_[i - 1]); }

    std::size_t skip_line(std::size_t i) {
        while (i < source_.size() && source_[i] != '\n') {
            if (source_[i] == '\\' && i + 1 < source_.size() && source_[i + 1] == '\n') {
                ++line_;
                ++i;
            }
            ++i;
        }
        if (trim(source_.substr(header_, i - header_)).starts_with("#")) mark_header(i);
        return i - 1;
    }

    std::size_t skip_to(std::size_t from, std::string_view end) {
        auto at = source_.find(end, from);
        if (at == std::string_view::npos) at = source_.size();
        for (std::size_t i = from; i < at; ++i) {
            if (source_[i] == '\n') ++line_;
        }
        return at == source_.size() ? at : at + end.size() - 1;
    }

    std::size_t skip_quoted(std::size_t i) {
        const char quote = source_[i];
        std::size_t at = i + 1;
        for (; at < source_.size() && source_[at] != quote; ++at) {
            if (source_[at] == '\\') {
                ++at;
            } else if (source_[at] == '\n') {
                if (quote != '`') return at - 1;  // an unclosed quote: a lifetime or a stray apostrophe
                ++line_;
            }
        }
        return at;
    }

    void mark_header(std::size_t at) {
        header_ = at;
        header_line_ = line_;
        parens_ = 0;
    }

    // "public:" does not belong to the header of what follows.
    void skip_access_label(std::size_t i) {
        const auto label = trim(source_.substr(header_, i - header_));
        if (label == "public" || label == "private" || label == "protected") mark_header(i + 1);
    }

    void open(std::size_t i) {
        // What stands inside a function or an initialiser is not looked at.
        const bool visible = scopes_.empty() || scopes_.back().kind == Opening::Kind::kClass ||
                             scopes_.back().kind == Opening::Kind::kScope;
        const Opening opening =
            visible ? classify(without_comments(source_.substr(header_, i - header_))) : Opening{};
        const std::string prefix = scopes_.empty() ? std::string() : scopes_.back().prefix;
        Scope scope{opening.kind, kNone, prefix};
        if (opening.kind == Opening::Kind::kFunction ||
            (opening.kind == Opening::Kind::kClass && !opening.name.empty())) {
            scope.definition = found_.size();
            Definition definition;
            definition.name = prefix + opening.name;
            definition.is_class = opening.kind == Opening::Kind::kClass;
            definition.is_nested = !prefix.empty();
            definition.first_line = header_line();
            definition.indent = indent_of(line_text(definition.first_line));
            found_.push_back(std::move(definition));
            if (opening.kind == Opening::Kind::kClass) scope.prefix = prefix + opening.name + "::";
        }
        scopes_.push_back(std::move(scope));
        mark_header(i + 1);
    }

    void close(std::size_t line) {
        if (scopes_.empty()) return;
        if (const auto index = scopes_.back().definition; index != kNone) found_[index].end_line = line + 1;
        scopes_.pop_back();
    }

    static std::string without_comments(std::string_view text) {
        std::string out;
        for (const auto line : split(text, '\n')) {
            const auto body = line.substr(0, line.find("//"));
            if (!trim(body).starts_with("#") && !trim(body).starts_with("*") &&
                !trim(body).starts_with("/*")) {
                out += body;
            }
            out += ' ';
        }
        return out;
    }

    // The line where the header's own text starts, past blank lines and comments.
    [[nodiscard]] std::size_t header_line() const {
        std::size_t line = header_line_;
        bool in_comment = false;
        for (auto at = header_; at < source_.size();) {
            const auto end = std::min(source_.find('\n', at), source_.size());
            const auto text = trim(source_.substr(at, end - at));
            if (text.starts_with("/*")) in_comment = true;
            if (!text.empty() && !in_comment && !text.starts_with("//") && !text.starts_with("#"))
                return line;
            if (text.ends_with("*/")) in_comment = false;
            ++line;
            at = end + 1;
        }
        return line;
    }

    [[nodiscard]] std::string_view line_text(std::size_t number) const {
        return number < lines_.size() ? lines_[number] : std::string_view();
    }

    std::string_view source_;
    std::vector<std::string_view> lines_;
    std::vector<Definition> found_;
    std::vector<Scope> scopes_;
    std::size_t header_ = 0;
    std::size_t header_line_ = 0;
    std::size_t line_ = 0;
    int parens_ = 0;
    bool at_line_start_ = true;
};

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
        case Syntax::kBraces: return BraceOutliner(source).run();
        case Syntax::kUnknown: return {};
    }
    return {};
}

std::string_view short_name(std::string_view name) {
    const auto at = name.find_last_of(".:");
    return at == std::string_view::npos ? name : name.substr(at + 1);
}

}  // namespace hearth::scaffold
