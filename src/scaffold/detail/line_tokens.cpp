#include "scaffold/detail/line_tokens.h"

#include <array>
#include <cctype>

namespace hearth::scaffold::detail {
namespace {

// Longer ones first.
constexpr std::array<std::string_view, 26> kSigns = {
    "<<=", ">>=", "**=", "//=", "===", "!==", "<=", ">=", "==", "!=", "+=", "-=", "*=",
    "/=",  "%=",  "&&",  "||",  "->",  "=>",  "++", "--", "<<", ">>", "::", "**", "//"};

bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '$'; }

bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

std::size_t end_of_string(std::string_view line, std::size_t start) {
    for (std::size_t i = start + 1; i < line.size(); ++i) {
        if (line[i] == '\\') {
            ++i;
        } else if (line[i] == line[start]) {
            return i + 1;
        }
    }
    return line.size();
}

std::size_t end_of_token(std::string_view line, std::size_t at, TokenKind& kind) {
    const char c = line[at];
    std::size_t end = at + 1;
    if (c == '"' || c == '\'') {
        kind = TokenKind::kString;
        return end_of_string(line, at);
    }
    if (is_letter(c) || is_digit(c)) {
        kind = is_letter(c) ? TokenKind::kWord : TokenKind::kNumber;
        while (end < line.size() && (is_letter(line[end]) || is_digit(line[end]) ||
                                     (kind == TokenKind::kNumber && line[end] == '.')))
            ++end;
        return end;
    }
    kind = TokenKind::kSign;
    for (const auto sign : kSigns) {
        if (line.substr(at).starts_with(sign)) return at + sign.size();
    }
    return end;
}

}  // namespace

std::vector<Token> line_tokens(std::string_view line, Syntax syntax) {
    std::vector<Token> tokens;
    int depth = 0;
    for (std::size_t at = 0; at < line.size();) {
        const auto rest = line.substr(at);
        if (std::isspace(static_cast<unsigned char>(rest.front())) != 0) {
            ++at;
            continue;
        }
        const bool comment = syntax == Syntax::kBraces ? rest.starts_with("//") || rest.starts_with("/*")
                                                       : rest.starts_with('#');
        if (comment) break;
        Token token{.at = at, .depth = depth};
        const auto end = end_of_token(line, at, token.kind);
        token.text = line.substr(at, end - at);
        if (token.kind == TokenKind::kSign) {
            if (std::string_view("([{").find(token.text.front()) != std::string_view::npos) ++depth;
            if (std::string_view(")]}").find(token.text.front()) != std::string_view::npos && depth > 0)
                token.depth = --depth;
        }
        tokens.push_back(token);
        at = end;
    }
    return tokens;
}

}  // namespace hearth::scaffold::detail
