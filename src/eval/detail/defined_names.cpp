#include "eval/detail/defined_names.h"

#include <algorithm>
#include <initializer_list>

namespace hearth::eval::detail {
namespace {

using Tokens = std::vector<CodeToken>;

bool one_of(std::string_view text, std::initializer_list<std::string_view> words) {
    return std::ranges::find(words, text) != words.end();
}

bool is_word_char(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

// Tokens that mean something, with a way to look around.
class View {
public:
    View(const Tokens& tokens, bool keep_line_ends) {
        for (const auto& token : tokens) {
            const bool blank = token.kind == TokenKind::kSpace || token.kind == TokenKind::kComment ||
                               (token.kind == TokenKind::kLineEnd && !keep_line_ends);
            if (!blank) tokens_.push_back(token);
        }
    }

    [[nodiscard]] std::size_t size() const { return tokens_.size(); }

    // Empty beyond both ends.
    [[nodiscard]] std::string_view text(std::size_t at) const {
        return at < tokens_.size() ? tokens_[at].text : std::string_view();
    }

    [[nodiscard]] bool is_word(std::size_t at) const {
        return at < tokens_.size() && tokens_[at].kind == TokenKind::kWord;
    }

    [[nodiscard]] bool is_string(std::size_t at) const {
        return at < tokens_.size() && tokens_[at].kind == TokenKind::kString;
    }

    [[nodiscard]] bool is_line_end(std::size_t at) const {
        return at >= tokens_.size() || tokens_[at].kind == TokenKind::kLineEnd;
    }

    // Where the bracket that opens at `at` closes; the end when it does not.
    [[nodiscard]] std::size_t closing(std::size_t at) const {
        std::size_t depth = 0;
        for (; at < size(); ++at) {
            if (one_of(text(at), {"(", "[", "{"})) ++depth;
            if (one_of(text(at), {")", "]", "}"}) && --depth == 0) return at;
        }
        return size();
    }

private:
    Tokens tokens_;
};

class Finder {
public:
    Finder(const Tokens& tokens, CodeLanguage language, const std::set<std::string>& own)
        : view_(tokens, language == CodeLanguage::kPython), own_(own) {
        for (const auto& token : tokens)
            if (token.kind == TokenKind::kString && !token.has_code) looked_up(string_content(token.text));
    }

    CodeNames python();
    CodeNames c();
    CodeNames javascript();

private:
    void define(std::size_t at) {
        if (view_.is_word(at)) names_.defined.emplace(view_.text(at));
    }

    // Words of a string that may be names of members or keys: all of one without spaces, such as "list.0.name", else those after
    // a brace, a bracket or a quote, as in templates and JSON. Paths of the task's own files follow their files.
    void looked_up(std::string_view content) {
        if (content.starts_with("./") || content.starts_with("../")) return;
        if (const auto stem = content.substr(0, content.find('.'));
            stem.size() < content.size() && own_.contains(std::string(stem)))
            return;
        const bool whole = content.find_first_of(" \n") == std::string_view::npos;
        for (std::size_t at = 0; at < content.size();) {
            auto end = at;
            while (end < content.size() && is_word_char(content[end]))
                ++end;
            const bool opened = at > 0 && std::string_view("{[\"'%$.(").contains(content[at - 1]);
            if (end > at && (whole || opened)) names_.literal.emplace(content.substr(at, end - at));
            at = std::max(end, at + 1);
        }
    }

    // A member of something foreign is foreign.
    void foreign_member(std::size_t at) {
        if (view_.text(at) != "." || at == 0 || !view_.is_word(at + 1)) return;
        if (view_.text(at - 2) != "." && names_.foreign.contains(std::string(view_.text(at - 1))))
            names_.foreign.emplace(view_.text(at + 1));
    }

    // Words at the top of a bracket that follow its begin, a comma or one of the signs: parameters.
    void define_parameters(std::size_t open, std::initializer_list<std::string_view> before) {
        const auto close = view_.closing(open);
        std::size_t depth = 0;
        for (auto at = open; at < close; ++at) {
            if (one_of(view_.text(at), {"(", "[", "{"})) ++depth;
            if (one_of(view_.text(at), {")", "]", "}"})) --depth;
            const bool first = depth == 1 && (view_.text(at) == "(" || one_of(view_.text(at), before));
            if (first) define(at + 1);
        }
    }

    void python_imports(std::size_t at);
    void python_assignment(std::size_t statement, std::size_t equals);
    void javascript_pattern(std::size_t open);
    void javascript_import(std::size_t from, std::size_t module);

    View view_;
    const std::set<std::string>& own_;
    CodeNames names_;
};

// "import a.b as c", "from a import b, c".
void Finder::python_imports(std::size_t at) {
    const bool own = own_.contains(std::string(view_.text(at + 1))) || view_.text(at + 1) == ".";
    for (++at; !view_.is_line_end(at) || view_.text(at - 1) == "," || view_.text(at - 1) == "("; ++at) {
        if (at >= view_.size()) return;
        if (!own && view_.is_word(at) && !own_.contains(std::string(view_.text(at))))
            names_.foreign.emplace(view_.text(at));
    }
}

// Targets of an assignment: plain words, and what belongs to self.
void Finder::python_assignment(std::size_t statement, std::size_t equals) {
    for (auto at = statement; at < equals; ++at) {
        if (!view_.is_word(at) || one_of(view_.text(at + 1), {"(", "[", "."})) continue;
        if (at > statement && view_.text(at - 1) == "." && !one_of(view_.text(at - 2), {"self", "cls"}))
            continue;
        if (at > statement && view_.text(at - 1) == ":") break;  // an annotation
        define(at);
    }
}

CodeNames Finder::python() {
    std::size_t depth = 0;
    std::size_t statement = 0;
    bool assigned = false;
    for (std::size_t at = 0; at < view_.size(); ++at) {
        const auto text = view_.text(at);
        if (one_of(text, {"(", "[", "{"})) ++depth;
        if (one_of(text, {")", "]", "}"}) && depth > 0) --depth;
        foreign_member(at);
        if (view_.is_line_end(at) && depth == 0) {
            statement = at + 1;
            assigned = false;
        } else if (text == "def" || text == "class") {
            define(at + 1);
            if (text == "def" && view_.text(at + 2) == "(") define_parameters(at + 2, {",", "*", "**"});
        } else if (text == "lambda") {
            for (auto next = at + 1; next < view_.size() && view_.text(next) != ":"; ++next)
                if (next == at + 1 || one_of(view_.text(next - 1), {",", "*", "**"})) define(next);
        } else if (text == "for") {
            for (auto next = at + 1; next < view_.size() && view_.text(next) != "in"; ++next)
                define(next);
        } else if (text == "as") {
            define(at + 1);
        } else if (text == ":=") {
            define(at - 1);
        } else if (at == statement && (text == "import" || text == "from")) {
            python_imports(at);
        } else if (depth == 0 && one_of(text, {"=", "+=", "-=", "*=", "/="}) && !assigned) {
            python_assignment(statement, at);
            assigned = text != "=";
        } else if (at == statement && view_.text(at + 1) == ":") {
            define(at);
        }
    }
    return std::move(names_);
}

CodeNames Finder::c() {
    std::size_t parentheses = 0;
    for (std::size_t at = 0; at < view_.size(); ++at) {
        const auto text = view_.text(at);
        if (text == "(") ++parentheses;
        if (text == ")" && parentheses > 0) --parentheses;
        if (text == "std" && view_.text(at + 1) == "::") {
            for (auto next = at + 2; view_.is_word(next); next += 2) {
                names_.foreign.emplace(view_.text(next));
                if (view_.text(next + 1) != "::") break;
            }
        }
        if (text == "enum") {
            auto open = at;
            while (open < view_.size() && !one_of(view_.text(open), {"{", ";"}))
                ++open;
            if (view_.text(open) != "{") continue;
            const auto close = view_.closing(open);
            for (auto next = open; next < close; ++next)
                if (one_of(view_.text(next), {"{", ","})) define(next + 1);
        }
        if (text == "auto" || (at > 0 && text == "&" && view_.text(at - 1) == "auto")) {
            if (view_.text(at + 1) != "[") continue;
            const auto close = view_.closing(at + 1);
            for (auto next = at + 2; next < close; ++next)
                define(next);
        }
        if (!view_.is_word(at) || at == 0) continue;
        const auto before = view_.text(at - 1);
        const auto after = view_.text(at + 1);
        if (one_of(before, {"struct", "class", "union", "namespace", "typename", "define", "using", "enum",
                            "goto"})) {
            define(at);
            continue;
        }
        const bool declared = one_of(after, {"(", "=", ";", ",", ")", "{", "[", ":"});
        const bool after_type = view_.is_word(at - 1) &&
                                !one_of(before, {"return", "else", "case", "new", "delete", "throw", "do",
                                                 "not", "and", "or", "sizeof", "co_return", "operator"});
        const bool after_sign = one_of(before, {">", "*", "&", "&&"}) && at > 1 &&
                                (view_.is_word(at - 2) || one_of(view_.text(at - 2), {">", "*"}));
        const bool further = before == "," && parentheses == 0 && one_of(after, {",", ";", "="});
        // "Type Class::member(": the member is defined here.
        const bool member = before == "::" && at > 1 && view_.is_word(at - 2) &&
                            view_.text(at - 2) != "std" && after == "(" &&
                            !names_.foreign.contains(std::string(text));
        if (declared && (after_type || after_sign || further || member)) define(at);
    }
    return std::move(names_);
}

// Names in "{ a, b: c, ...d }" or "[a, b]".
void Finder::javascript_pattern(std::size_t open) {
    const auto close = view_.closing(open);
    for (auto at = open + 1; at < close; ++at)
        if (view_.is_word(at) && view_.text(at + 1) != ":" && view_.text(at - 1) != "=") define(at);
}

// What is named between `from` and a module that is not a file of the task.
void Finder::javascript_import(std::size_t from, std::size_t module) {
    const auto path = string_content(view_.text(module));
    if (path.starts_with("./") || path.starts_with("../")) return;
    for (auto at = from; at < module; ++at)
        if (view_.is_word(at)) names_.foreign.emplace(view_.text(at));
}

CodeNames Finder::javascript() {
    std::size_t statement = 0;
    for (std::size_t at = 0; at < view_.size(); ++at) {
        const auto text = view_.text(at);
        foreign_member(at);
        if (text == ";" || one_of(text, {"const", "let", "var", "import"})) statement = at;
        if (view_.is_string(at) && (view_.text(at - 1) == "from" ||
                                    (view_.text(at - 1) == "(" && at > 1 && view_.text(at - 2) == "require")))
            javascript_import(statement, at);
        if (one_of(text, {"function", "class"})) define(at + 1);
        if (one_of(text, {"const", "let", "var"})) {
            define(at + 1);
            if (one_of(view_.text(at + 1), {"{", "["})) javascript_pattern(at + 1);
        }
        if (text == "=>" && at > 0 && view_.is_word(at - 1)) define(at - 1);
        if (text == "(") {
            const auto close = view_.closing(at);
            const auto after = view_.text(close + 1);
            const bool control = at > 0 && one_of(view_.text(at - 1), {"if", "for", "while", "switch"});
            if (after == "=>" || (after == "{" && !control)) {
                define_parameters(at, {",", "."});
                for (auto next = at; next < close; ++next)
                    if (one_of(view_.text(next), {"{", "["}) && one_of(view_.text(next - 1), {"(", ","}))
                        javascript_pattern(next);
            }
            if (after == "{" && !control && at > 0 && view_.text(at - 1) != "catch") define(at - 1);
        }
        if (text == "this" && view_.text(at + 1) == "." && view_.text(at + 3) == "=") define(at + 2);
    }
    return std::move(names_);
}

}  // namespace

CodeNames code_names(const std::vector<CodeToken>& tokens, CodeLanguage language,
                     const std::set<std::string>& own_modules) {
    Finder finder(tokens, language, own_modules);
    switch (language) {
        case CodeLanguage::kPython: return finder.python();
        case CodeLanguage::kC: return finder.c();
        case CodeLanguage::kJavaScript: break;
    }
    return finder.javascript();
}

}  // namespace hearth::eval::detail
