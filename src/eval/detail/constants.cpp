#include "eval/detail/constants.h"

#include <algorithm>
#include <array>

namespace hearth::eval::detail {
namespace {

constexpr std::size_t kShortestWord = 3;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_significant(const CodeToken& token) {
    return token.kind != TokenKind::kSpace && token.kind != TokenKind::kComment &&
           token.kind != TokenKind::kLineEnd;
}

constexpr std::array<std::pair<char, char>, 6> kEscapes = {
    {{'n', '\n'}, {'t', '\t'}, {'r', '\r'}, {'\\', '\\'}, {'"', '"'}, {'\'', '\''}}};

// Significant tokens with what stands before each.
class CodeAtoms {
public:
    CodeAtoms(std::string_view text, CodeLanguage language)
        : text_(text), language_(language), tokens_(code_tokens(text, language)) {}

    std::vector<Atom> find() {
        for (std::size_t i = 0; i < tokens_.size(); ++i) {
            const auto& token = tokens_[i];
            if (token.kind == TokenKind::kLineEnd) directive_ = false;
            if (token.kind == TokenKind::kLineEnd || token.kind == TokenKind::kComment) line_start_ = true;
            if (!is_significant(token)) continue;
            if (token.text == "#" && line_start_ && language_ == CodeLanguage::kC) directive_ = true;
            if (!directive_) look_at(i);
            before_before_ = before_;
            before_ = &token;
            line_start_ = false;
        }
        return std::move(atoms_);
    }

private:
    void look_at(std::size_t i) {
        const auto& token = tokens_[i];
        if (token.kind == TokenKind::kNumber) {
            const auto plain = plain_number(token);
            if (!plain.empty() && !is_index(i)) atoms_.push_back({offset_in(text_, token), plain, true});
            return;
        }
        if (token.kind != TokenKind::kString || !string_value(token, language_)) return;
        if (is_module() || is_statement(i)) return;
        const auto inside = string_content(token.text);
        const auto at = offset_in(text_, token) + static_cast<std::size_t>(inside.data() - token.text.data());
        for (const auto& atom : atoms_of_text(inside, at))
            atoms_.push_back(atom);
    }

    [[nodiscard]] const CodeToken* after(std::size_t i) const {
        while (++i < tokens_.size())
            if (is_significant(tokens_[i])) return &tokens_[i];
        return nullptr;
    }

    [[nodiscard]] bool follows(std::string_view word) const {
        return before_ != nullptr && before_->text == word;
    }

    // values[3], char line[64]
    [[nodiscard]] bool is_index(std::size_t i) const {
        if (!follows("[") || before_before_ == nullptr) return false;
        const auto* next = after(i);
        return next != nullptr && next->text == "]" &&
               (before_before_->kind == TokenKind::kWord || before_before_->text == "]" ||
                before_before_->text == ")");
    }

    [[nodiscard]] bool is_module() const {
        return follows("from") || follows("import") || follows("include") ||
               (follows("(") && before_before_ != nullptr &&
                (before_before_->text == "require" || before_before_->text == "import"));
    }

    // A docstring, 'use strict'.
    [[nodiscard]] bool is_statement(std::size_t i) const {
        if (before_ != nullptr && before_->text != ";" && before_->text != ":" && before_->text != "{" &&
            before_->text != "}")
            return false;
        if (!line_start_ && before_ != nullptr) return false;
        const auto* next = i + 1 < tokens_.size() ? &tokens_[i + 1] : nullptr;
        return next == nullptr || next->kind == TokenKind::kLineEnd || next->text == ";";
    }

    std::string_view text_;
    CodeLanguage language_;
    std::vector<CodeToken> tokens_;
    std::vector<Atom> atoms_;
    const CodeToken* before_ = nullptr;
    const CodeToken* before_before_ = nullptr;
    bool directive_ = false;
    bool line_start_ = true;
};

// Digits, and decimals where they are no part of a longer row ("1.2.3").
std::size_t end_of_number(std::string_view text, std::size_t at) {
    const auto digits = [&](std::size_t from) {
        while (from < text.size() && is_digit(text[from]))
            ++from;
        return from;
    };
    const auto whole = digits(at);
    if (whole + 1 >= text.size() || text[whole] != '.' || !is_digit(text[whole + 1])) return whole;
    const auto end = digits(whole + 1);
    const bool row = end + 1 < text.size() && text[end] == '.' && is_digit(text[end + 1]);
    return row ? whole : end;
}

}  // namespace

bool is_part_of_name(char c) {
    return is_letter(c) || is_digit(c) || c == '_' || static_cast<unsigned char>(c) > 0x7F;
}

std::optional<std::string> string_value(const CodeToken& token, CodeLanguage language) {
    const auto text = token.text;
    if (token.kind != TokenKind::kString || token.has_code || text.size() < 2) return std::nullopt;
    const char quote = text.front();
    if ((quote != '"' && quote != '\'') || text.back() != quote || is_triple_quoted(text))
        return std::nullopt;
    if (quote == '\'' && language == CodeLanguage::kC) return std::nullopt;
    std::string value;
    const auto inside = text.substr(1, text.size() - 2);
    for (std::size_t i = 0; i < inside.size(); ++i) {
        if (inside[i] != '\\') {
            value += inside[i];
            continue;
        }
        if (++i == inside.size()) return std::nullopt;
        const auto* const found =
            std::ranges::find(kEscapes, inside[i], [](const auto& escape) { return escape.first; });
        if (found == kEscapes.end()) return std::nullopt;
        value += found->second;
    }
    return value;
}

std::optional<std::string> string_token(std::string_view value, std::string_view like) {
    const char quote = like.empty() ? '"' : like.front();
    std::string text(1, quote);
    for (const char c : value) {
        const auto* const found =
            std::ranges::find(kEscapes, c, [](const auto& escape) { return escape.second; });
        if (found != kEscapes.end() && (c == quote || (c != '"' && c != '\''))) {
            text += '\\';
            text += found->first;
        } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
            return std::nullopt;
        } else {
            text += c;
        }
    }
    return text + quote;
}

std::string_view plain_number(const CodeToken& token) {
    if (token.kind != TokenKind::kNumber) return {};
    const auto end = end_of_number(token.text, 0);
    const auto number = token.text.substr(0, end);
    const auto suffix = token.text.substr(end);
    if (suffix.find_first_not_of("uUlLfF") != std::string_view::npos) return {};
    // A leading zero makes it octal, or is an error.
    if (number.size() > 1 && number.front() == '0' && number[1] != '.') return {};
    return number.size() > 15 ? std::string_view() : number;
}

std::vector<Atom> atoms_of_text(std::string_view text, std::size_t offset) {
    std::vector<Atom> atoms;
    std::size_t at = 0;
    while (at < text.size()) {
        if (text[at] == '\\' || text[at] == '%') {
            at += 2;
            continue;
        }
        if (!is_part_of_name(text[at])) {
            ++at;
            continue;
        }
        std::size_t end = at;
        while (end < text.size() && is_part_of_name(text[end]))
            ++end;
        const auto word = text.substr(at, end - at);
        if (std::ranges::all_of(word, is_digit)) {
            auto after = end_of_number(text, at);
            if (after < text.size() && is_part_of_name(text[after])) after = end;
            if (after - at <= 15) atoms.push_back({offset + at, text.substr(at, after - at), true});
            end = after;
        } else if (word.size() >= kShortestWord && std::ranges::all_of(word, is_letter)) {
            atoms.push_back({offset + at, word, false});
        }
        at = end;
    }
    return atoms;
}

std::vector<Atom> atoms_of_code(std::string_view text, CodeLanguage language) {
    return CodeAtoms(text, language).find();
}

}  // namespace hearth::eval::detail
