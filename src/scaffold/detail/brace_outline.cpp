#include "scaffold/detail/brace_outline.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "core/text.h"
#include "scaffold/detail/brace_header.h"

namespace hearth::scaffold::detail {
namespace {

using Kind = Opening::Kind;

bool is_directive(std::string_view word) {
    constexpr std::array<std::string_view, 19> kWords = {
        "include",   "define", "undef",    "if",    "ifdef",   "ifndef", "elif",
        "else",      "endif",  "pragma",   "error", "warning", "line",   "region",
        "endregion", "import", "nullable", "embed", "elifdef"};
    return std::find(kWords.begin(), kWords.end(), word) != kWords.end();
}

// A line that begins so starts something new, also where no semicolon ended what was before.
bool starts_anew(std::string_view line, std::string_view header) {
    if (header.empty() || header.starts_with("template") || header.starts_with("@") ||
        header.starts_with("[") || header.starts_with("#["))
        return false;
    constexpr std::array<std::string_view, 10> kAlways = {"func",  "fn",     "fun", "function", "impl",
                                                          "trait", "export", "pub", "import",   "package"};
    constexpr std::array<std::string_view, 6> kBehindValue = {"class", "const", "let",
                                                              "var",   "type",  "async"};
    const auto is_in = [word = leading_word(line)](const auto& words) {
        return std::find(words.begin(), words.end(), word) != words.end();
    };
    return is_in(kAlways) || (is_in(kBehindValue) && header.find('=') != std::string_view::npos);
}

class BraceOutliner {
public:
    explicit BraceOutliner(std::string_view source) : source_(source), lines_(split_lines(source)) {
        // Only Rust writes 'a without a second quote.
        rust_ = std::any_of(lines_.begin(), lines_.end(), [](std::string_view line) {
            const auto text = trim(line);
            return text.starts_with("fn ") || text.starts_with("pub fn ") || text.starts_with("impl ") ||
                   text.starts_with("impl<");
        });
    }

    std::vector<Definition> run() {
        for (std::size_t i = 0; i < source_.size();) {
            const auto next = std::min(step(i), source_.size());
            line_ += static_cast<std::size_t>(std::count(source_.begin() + static_cast<std::ptrdiff_t>(i),
                                                         source_.begin() + static_cast<std::ptrdiff_t>(next),
                                                         '\n'));
            i = next;
        }
        while (!scopes_.empty())
            close();
        return std::move(found_);
    }

private:
    struct Scope {
        Kind kind = Kind::kOther;
        std::size_t definition = kNone;  // index into found_
        std::string prefix;              // class names around what is inside
        std::string header;              // in front of it; goes on behind it when `inside_header`
        std::size_t header_line = 0;
        int parens = 0;
        bool inside_header = false;
        bool maybe_initialiser = false;
    };

    static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

    // Handles what starts at i and returns where it ends. line_ is the line of i.
    std::size_t step(std::size_t i) {
        const char c = source_[i];
        const auto rest = source_.substr(i);
        if (c == '\n') {
            at_line_start_ = true;
            add(' ');
            return i + 1;
        }
        if (rest.starts_with("//")) return end_of_line(i);
        if (rest.starts_with("/*")) return after(i + 2, "*/");
        if (c == '#' && at_line_start_ && is_directive(leading_word(trim(rest.substr(1, 40)))))
            return end_of_line(i);
        if (at_line_start_ && c != ' ' && c != '\t' && c != '\r') {
            at_line_start_ = false;
            if (parens_ == 0 && starts_anew(rest.substr(0, 40), header_)) clear_header();
        }
        if (const auto end = end_of_string(i); end != i) {
            add('"');
            add('"');
            return end;
        }
        switch (c) {
            case '{': open(); break;
            case '}': end_scope(i); break;
            case ';':
                if (parens_ == 0) {
                    clear_header();
                } else {
                    add(c);
                }
                break;
            case ':':
                if (!is_access_label()) add(c);
                break;
            default:
                if (c == '(') ++parens_;
                if (c == ')' && parens_ > 0) --parens_;
                add(c);
        }
        return i + 1;
    }

    void add(char c) {
        const bool space = c == ' ' || c == '\t' || c == '\r';
        if (header_.empty()) {
            if (space) return;
            header_line_ = line_;
        }
        if (!space) {
            header_ += c;
        } else if (header_.back() != ' ') {
            header_ += ' ';
        }
    }

    void clear_header() {
        header_.clear();
        parens_ = 0;
    }

    // A line, with those that its backslash adds.
    [[nodiscard]] std::size_t end_of_line(std::size_t i) const {
        while (i < source_.size() && source_[i] != '\n') {
            const bool goes_on = source_[i] == '\\' && source_.substr(i + 1).starts_with('\n');
            const bool goes_on_crlf = source_[i] == '\\' && source_.substr(i + 1).starts_with("\r\n");
            i += goes_on_crlf ? 3 : goes_on ? 2 : 1;
        }
        return i;
    }

    [[nodiscard]] std::size_t after(std::size_t from, std::string_view end) const {
        const auto at = source_.find(end, from);
        return at == std::string_view::npos ? source_.size() : at + end.size();
    }

    // Where the string or character literal that starts at i ends; i when none starts there.
    [[nodiscard]] std::size_t end_of_string(std::size_t i) const {
        const char quote = source_[i];
        if (quote == '\'') return end_of_single_quoted(i);
        if (quote == '`') return end_of_quoted(i, true);
        if (quote != '"') return i;
        if (source_.substr(i).starts_with("\"\"\"")) return after(i + 3, "\"\"\"");
        const auto prefix = word_before(i);
        if (prefix.ends_with('R') && prefix.size() <= 3) {  // C++ R"x(...)x"
            const auto bracket = source_.find('(', i);
            if (bracket != std::string_view::npos && bracket - i <= 17)
                return after(bracket, ")" + std::string(source_.substr(i + 1, bracket - i - 1)) + "\"");
        }
        if (i > 0 && source_[i - 1] == '@') return end_of_verbatim(i);
        if (rust_) {
            std::size_t start = i;
            while (start > 0 && source_[start - 1] == '#')
                --start;
            if (start > 0 && source_[start - 1] == 'r')
                return after(i + 1, "\"" + std::string(i - start, '#'));
        }
        return end_of_quoted(i, rust_);
    }

    [[nodiscard]] std::string_view word_before(std::size_t i) const {
        std::size_t start = i;
        while (start > 0 && i - start < 4 && is_word(source_[start - 1]))
            --start;
        return source_.substr(start, i - start);
    }

    [[nodiscard]] std::size_t end_of_single_quoted(std::size_t i) const {
        const auto prefix = word_before(i);
        const bool literal_prefix =
            prefix == "u8" || prefix == "u" || prefix == "U" || prefix == "L" || prefix == "b";
        if (!prefix.empty() && !literal_prefix) return i;  // 1'000, or an apostrophe
        if (rust_) {
            const auto letters = leading_word(source_.substr(i + 1, 64));
            const bool closed =
                i + 1 + letters.size() < source_.size() && source_[i + 1 + letters.size()] == '\'';
            if (!letters.empty() && !closed) return i + 1 + letters.size();  // a lifetime
        }
        return end_of_quoted(i, false);
    }

    [[nodiscard]] std::size_t end_of_verbatim(std::size_t i) const {  // C# @"...": a quote is written twice
        for (++i; i < source_.size(); ++i) {
            if (source_[i] != '"') continue;
            if (!source_.substr(i + 1).starts_with('"')) return i + 1;
            ++i;
        }
        return source_.size();
    }

    // A quote that stays open on its line is a stray sign, and just that is passed over.
    [[nodiscard]] std::size_t end_of_quoted(std::size_t i, bool many_lines) const {
        const char quote = source_[i];
        for (std::size_t at = i + 1; at < source_.size(); ++at) {
            if (source_[at] == quote) return at + 1;
            if (source_[at] == '\\') {
                ++at;
            } else if (source_[at] == '\n' && !many_lines) {
                return i + 1;
            }
        }
        return many_lines ? source_.size() : i + 1;
    }

    // "public:" does not belong to the header of what follows.
    bool is_access_label() {
        if (parens_ > 0) return false;
        const auto text = trim(header_);
        for (const std::string_view label : {"public", "private", "protected", "public slots", "signals"}) {
            if (!text.ends_with(label)) continue;
            const auto before = text.substr(0, text.size() - label.size());
            if (!before.empty() && is_word(before.back())) continue;
            if (before.find(':') != std::string_view::npos) continue;
            clear_header();
            return true;
        }
        return false;
    }

    void open() {
        // What stands inside a function or an initialiser is not looked at.
        const bool visible =
            scopes_.empty() || scopes_.back().kind == Kind::kClass || scopes_.back().kind == Kind::kScope;
        const auto text = trim(header_);
        const bool callback = parens_ > 0 && text.ends_with("=>") && text.find('=') + 2 < text.size();
        Scope scope;
        scope.inside_header = parens_ > 0 && !callback;
        const Opening opening = visible && !scope.inside_header ? classify_header(text) : Opening{};
        scope.kind = opening.kind;
        scope.prefix = scopes_.empty() ? std::string() : scopes_.back().prefix;
        scope.maybe_initialiser = opening.kind == Kind::kFunction && may_be_member_initialiser(text);
        scope.header_line = header_line_;
        scope.parens = parens_;
        if ((opening.kind == Kind::kFunction || opening.kind == Kind::kClass) && !opening.name.empty()) {
            scope.definition = found_.size();
            Definition definition;
            definition.name = scope.prefix + opening.name;
            definition.is_class = opening.kind == Kind::kClass;
            definition.is_nested = !scope.prefix.empty();
            definition.first_line = header_line_;
            definition.indent =
                indent_of(header_line_ < lines_.size() ? lines_[header_line_] : std::string_view());
            if (definition.is_class) scope.prefix = definition.name + "::";
            found_.push_back(std::move(definition));
        }
        if (scope.inside_header || scope.maybe_initialiser) scope.header = std::move(header_);
        clear_header();
        scopes_.push_back(std::move(scope));
    }

    void end_scope(std::size_t i) {
        if (scopes_.empty()) {
            clear_header();
            return;
        }
        auto& scope = scopes_.back();
        const auto next = source_.find_first_not_of(" \t\r\n", i + 1);
        const bool initialiser = scope.maybe_initialiser && next != std::string_view::npos &&
                                 (source_[next] == ',' || source_[next] == '{');
        if (!scope.inside_header && !initialiser) {
            close();
            clear_header();
            return;
        }
        if (initialiser && scope.definition + 1 == found_.size()) found_.pop_back();
        header_ = std::move(scope.header) + "{}";
        header_line_ = scope.header_line;
        parens_ = scope.parens;
        scopes_.pop_back();
    }

    void close() {
        if (const auto index = scopes_.back().definition; index != kNone)
            found_[index].end_line = std::min(line_ + 1, std::max<std::size_t>(lines_.size(), 1));
        scopes_.pop_back();
    }

    std::string_view source_;
    std::vector<std::string_view> lines_;
    std::vector<Definition> found_;
    std::vector<Scope> scopes_;
    std::string header_;  // what was read since the last ';', '{' or '}'
    std::size_t header_line_ = 0;
    std::size_t line_ = 0;
    int parens_ = 0;
    bool at_line_start_ = true;
    bool rust_ = false;
};

}  // namespace

std::vector<Definition> outline_braces(std::string_view source) { return BraceOutliner(source).run(); }

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

}  // namespace hearth::scaffold::detail
