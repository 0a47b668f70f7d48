#include "eval/detail/code_tokens.h"

#include <algorithm>
#include <initializer_list>

namespace hearth::eval::detail {
namespace {

bool is_word_start(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' ||
           static_cast<unsigned char>(c) > 0x7F;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

class Lexer {
public:
    Lexer(std::string_view text, CodeLanguage language) : text_(text), language_(language) {}

    std::vector<CodeToken> all() {
        while (at_ < text_.size()) {
            const auto from = at_;
            CodeToken token{next(), {}, has_code_};
            token.text = text_.substr(from, at_ - from);
            has_code_ = false;
            if (token.kind != TokenKind::kSpace && token.kind != TokenKind::kComment &&
                token.kind != TokenKind::kLineEnd)
                last_ = token;
            tokens_.push_back(token);
        }
        return std::move(tokens_);
    }

private:
    [[nodiscard]] bool here(std::string_view what) const { return text_.substr(at_, what.size()) == what; }

    void skip_to(std::string_view end) {
        const auto found = text_.find(end, at_);
        at_ = found == std::string_view::npos ? text_.size() : found + end.size();
    }

    TokenKind next() {
        const char c = text_[at_];
        if (c == '\n') return take(1, TokenKind::kLineEnd);
        if (c == ' ' || c == '\t' || c == '\r') {
            while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\r'))
                ++at_;
            return TokenKind::kSpace;
        }
        if (const auto comment = comment_here()) return *comment;
        if (c == '<' && language_ == CodeLanguage::kC && last_.text == "include") {
            at_ = std::min({text_.find('>', at_) + 1, text_.find('\n', at_), text_.size()});
            return TokenKind::kString;
        }
        if (is_word_start(c)) return word();
        if (is_digit(c)) {
            while (at_ < text_.size() &&
                   (is_digit(text_[at_]) || text_[at_] == '.' || is_word_start(text_[at_]) ||
                    (text_[at_] == '\'' && language_ == CodeLanguage::kC)))
                ++at_;
            return TokenKind::kNumber;
        }
        if (c == '"' || c == '\'' || (c == '`' && language_ == CodeLanguage::kJavaScript)) return string();
        if (c == '/' && language_ == CodeLanguage::kJavaScript && is_regex_place()) return regex();
        for (const std::string_view pair :
             {"->", "::", "=>", "==", "!=", "<=", ">=", ":=", "&&", "||", "+=", "-=", "*=", "/=", "**"})
            if (here(pair)) return take(2, TokenKind::kSign);
        return take(1, TokenKind::kSign);
    }

    TokenKind take(std::size_t count, TokenKind kind) {
        at_ = std::min(at_ + count, text_.size());
        return kind;
    }

    std::optional<TokenKind> comment_here() {
        if (language_ == CodeLanguage::kPython ? here("#") : here("//")) {
            at_ = std::min(text_.find('\n', at_), text_.size());
            return TokenKind::kComment;
        }
        if (language_ == CodeLanguage::kPython || !here("/*")) return std::nullopt;
        at_ += 2;
        skip_to("*/");
        return TokenKind::kComment;
    }

    // A word, or a string with a prefix.
    TokenKind word() {
        const auto from = at_;
        while (at_ < text_.size() && (is_word_start(text_[at_]) || is_digit(text_[at_])))
            ++at_;
        const auto text = text_.substr(from, at_ - from);
        if (at_ == text_.size() || (text_[at_] != '"' && text_[at_] != '\'') || text.size() > 3)
            return TokenKind::kWord;
        if (language_ == CodeLanguage::kC && text.ends_with('R') && text_[at_] == '"') return raw_string();
        if (language_ != CodeLanguage::kPython ||
            text.find_first_not_of("rRbBfFuU") != std::string_view::npos)
            return TokenKind::kWord;
        has_code_ = text.find_first_of("fF") != std::string_view::npos;
        return string();
    }

    TokenKind raw_string() {
        const auto open = text_.find('(', at_);
        if (open == std::string_view::npos) return take(text_.size(), TokenKind::kString);
        const auto end = ")" + std::string(text_.substr(at_ + 1, open - at_ - 1)) + "\"";
        skip_to(end);
        return TokenKind::kString;
    }

    TokenKind string() {
        const char quote = text_[at_];
        const std::string three(3, quote);
        const bool triple = language_ == CodeLanguage::kPython && here(three);
        const bool multiline = triple || quote == '`';
        const auto end = triple ? three : std::string(1, quote);
        if (quote == '`') has_code_ = true;
        at_ += end.size();
        std::size_t braces = 0;  // open "${": a quote inside belongs to the code there
        while (at_ < text_.size()) {
            if (text_[at_] == '\\') {
                at_ += 2;
            } else if (quote == '`' && here("${")) {
                ++braces;
                at_ += 2;
            } else if (braces > 0 && (text_[at_] == '{' || text_[at_] == '}')) {
                braces += text_[at_] == '{' ? 1 : -1;
                ++at_;
            } else if (braces == 0 && here(end)) {
                at_ += end.size();
                break;
            } else if (!multiline && text_[at_] == '\n') {
                break;
            } else {
                ++at_;
            }
        }
        at_ = std::min(at_, text_.size());
        return TokenKind::kString;
    }

    // A slash divides after a value and opens a pattern elsewhere.
    [[nodiscard]] bool is_regex_place() const {
        if (last_.text.empty()) return true;
        if (last_.kind == TokenKind::kSign)
            return last_.text != ")" && last_.text != "]" && last_.text != "}";
        return last_.text == "return" || last_.text == "typeof" || last_.text == "case";
    }

    TokenKind regex() {
        ++at_;
        bool in_class = false;
        while (at_ < text_.size() && text_[at_] != '\n') {
            const char c = text_[at_];
            if (c == '\\') {
                ++at_;
            } else if (c == '[') {
                in_class = true;
            } else if (c == ']') {
                in_class = false;
            } else if (c == '/' && !in_class) {
                ++at_;
                break;
            }
            ++at_;
        }
        while (at_ < text_.size() && is_word_start(text_[at_]))
            ++at_;
        at_ = std::min(at_, text_.size());
        return TokenKind::kString;
    }

    std::string_view text_;
    CodeLanguage language_;
    std::size_t at_ = 0;
    bool has_code_ = false;
    CodeToken last_;
    std::vector<CodeToken> tokens_;
};

}  // namespace

std::optional<CodeLanguage> code_language(std::string_view name) {
    if (name == "python") return CodeLanguage::kPython;
    if (name == "c" || name == "cpp" || name == "c++") return CodeLanguage::kC;
    if (name == "javascript") return CodeLanguage::kJavaScript;
    return std::nullopt;
}

bool is_source_path(std::string_view path, CodeLanguage language) {
    const auto has = [path](std::initializer_list<std::string_view> ends) {
        return std::ranges::any_of(ends, [path](std::string_view end) { return path.ends_with(end); });
    };
    switch (language) {
        case CodeLanguage::kPython: return has({".py"});
        case CodeLanguage::kC: return has({".c", ".h", ".cpp", ".hpp", ".cc", ".cxx", ".hh"});
        case CodeLanguage::kJavaScript: break;
    }
    return has({".js", ".mjs", ".cjs"});
}

std::vector<CodeToken> code_tokens(std::string_view text, CodeLanguage language) {
    return Lexer(text, language).all();
}

bool is_triple_quoted(std::string_view token) {
    const auto open = token.find_first_of("\"'");
    return open != std::string_view::npos && token.size() >= open + 6 && token[open + 1] == token[open] &&
           token[open + 2] == token[open];
}

std::string_view string_content(std::string_view token) {
    const auto open = token.find_first_of("\"'`");
    if (open == std::string_view::npos) return {};
    const std::size_t quotes = is_triple_quoted(token) ? 3 : 1;
    if (token.size() < open + 2 * quotes) return {};
    return token.substr(open + quotes, token.size() - open - 2 * quotes);
}

}  // namespace hearth::eval::detail
