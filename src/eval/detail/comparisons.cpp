#include "eval/detail/comparisons.h"

#include <algorithm>
#include <array>

namespace hearth::eval::detail {
namespace {

constexpr std::array<std::string_view, 9> kValues = {"True", "False", "None",      "true",   "false",
                                                     "null", "NULL",  "undefined", "nullptr"};
// A bracket after these opens no argument list.
constexpr std::array<std::string_view, 19> kNoCalls = {
    "if",   "for",  "while", "switch", "return", "catch", "in",     "and",    "or",   "not",
    "else", "elif", "is",    "lambda", "case",   "with",  "sizeof", "typeof", "yield"};

template <typename List>
bool holds(const List& list, std::string_view word) {
    return std::ranges::find(list, word) != list.end();
}

class Finder {
public:
    Finder(std::string_view text, CodeLanguage language)
        : text_(text), language_(language), all_(code_tokens(text, language)) {
        bool directive = false;
        bool line_start = true;
        for (const auto& token : all_) {
            if (token.kind == TokenKind::kLineEnd) {
                directive = false;
                line_start = true;
                if (!ends_.empty()) ends_.back() = true;
            }
            if (token.kind == TokenKind::kSpace || token.kind == TokenKind::kComment ||
                token.kind == TokenKind::kLineEnd)
                continue;
            directive = directive || (language == CodeLanguage::kC && line_start && token.text == "#");
            line_start = false;
            if (directive) continue;
            tokens_.push_back(token);
            ends_.push_back(false);
        }
    }

    Comparisons find() {
        match_brackets();
        std::size_t braces = 0;
        for (std::size_t i = 0; i < tokens_.size(); ++i) {
            if (is(i, "{")) ++braces;
            if (is(i, "}") && braces > 0) --braces;
            // In C a test stands in a function; what is outside declares.
            if (language_ == CodeLanguage::kC && braces == 0) continue;
            if (is(i, "(") && is_call(i) && closes_[i] > i) arguments(i + 1, closes_[i]);
            if (is(i, "assert") && language_ == CodeLanguage::kPython && (i == 0 || ends_[i - 1]))
                arguments(i + 1, end_of_statement(i + 1));
        }
        return std::move(found_);
    }

private:
    // Tokens from..to of one argument or side.
    struct Part {
        std::size_t from = 0;
        std::size_t to = 0;
    };

    [[nodiscard]] bool is(std::size_t i, std::string_view text) const {
        return i < tokens_.size() && tokens_[i].text == text && tokens_[i].kind != TokenKind::kString;
    }

    void match_brackets() {
        closes_.assign(tokens_.size(), 0);
        std::vector<std::size_t> open;
        for (std::size_t i = 0; i < tokens_.size(); ++i) {
            if (is(i, "(") || is(i, "[") || is(i, "{")) open.push_back(i);
            if ((is(i, ")") || is(i, "]") || is(i, "}")) && !open.empty()) {
                closes_[open.back()] = i;
                open.pop_back();
            }
        }
        if (language_ == CodeLanguage::kC) match_templates();
    }

    // name<std::map<int, char>>: only words and what joins them stand between.
    void match_templates() {
        std::vector<std::size_t> open;
        for (std::size_t i = 0; i < tokens_.size(); ++i) {
            if (is(i, "<") && i > 0 && tokens_[i - 1].kind == TokenKind::kWord) {
                open.push_back(i);
            } else if (is(i, ">") && !open.empty()) {
                closes_[open.back()] = i;
                open.pop_back();
            } else if (tokens_[i].kind != TokenKind::kWord && !is(i, "::") && !is(i, ",") && !is(i, "*") &&
                       !is(i, "&")) {
                open.clear();
            }
        }
    }

    [[nodiscard]] bool is_call(std::size_t i) const {
        if (i == 0) return false;
        const auto& before = tokens_[i - 1];
        if (before.kind == TokenKind::kWord)
            return !holds(kNoCalls, before.text) && (i < 2 || (!is(i - 2, "def") && !is(i - 2, "function")));
        return is(i - 1, ">") && language_ == CodeLanguage::kC;
    }

    [[nodiscard]] std::size_t end_of_statement(std::size_t i) const {
        for (; i < tokens_.size(); ++i) {
            if (closes_[i] > i) i = closes_[i];
            if (ends_[i]) return i + 1;
        }
        return tokens_.size();
    }

    [[nodiscard]] std::vector<Part> split(Part whole, std::string_view separator) const {
        std::vector<Part> parts;
        Part part{whole.from, whole.from};
        for (std::size_t i = whole.from; i < whole.to; ++i) {
            if (closes_[i] > i) {
                i = std::min(closes_[i], whole.to - 1);
            } else if (is(i, separator)) {
                part.to = i;
                parts.push_back(part);
                part.from = i + 1;
            }
        }
        part.to = whole.to;
        if (part.from < part.to) parts.push_back(part);
        return parts;
    }

    void arguments(std::size_t from, std::size_t to) {
        if (from >= to) return;
        const auto parts = split({from, to}, ",");
        add(parts);
        for (const auto& part : parts) {
            auto sides = split(part, "==");
            if (sides.size() != 2) continue;
            if (is(sides[1].from, "=")) ++sides[1].from;  // ===
            if (sides[1].from < sides[1].to) add(sides);
        }
    }

    void add(const std::vector<Part>& parts) {
        std::vector<Side> sides;
        for (const auto& part : parts) {
            const bool fixed = is_constant(part);
            if (fixed || is_value(part)) sides.push_back({span_of(part), leaves(part), fixed});
        }
        const bool function = std::ranges::any_of(parts, [this](Part part) { return is_function(part); });
        for (std::size_t i = 0; i < sides.size(); ++i) {
            if (sides[i].constant) {
                if (function) found_.labels.push_back(sides[i].span);
                continue;
            }
            ComparedCall comparison{sides[i].span, sides[i].leaves, {}};
            for (std::size_t other = 0; other < sides.size(); ++other)
                if (other != i && (sides[other].constant || !sides[other].leaves.empty()))
                    comparison.others.push_back(sides[other]);
            if (!comparison.others.empty()) found_.list.push_back(std::move(comparison));
        }
    }

    [[nodiscard]] bool is_function(Part part) const {
        if (is_constant(part) || is_value(part)) return false;
        for (std::size_t i = part.from; i < part.to; ++i)
            if (is(i, "=>") || is(i, "{") || is(i, "lambda")) return true;
        return false;
    }

    [[nodiscard]] Span span_of(Part part) const {
        const auto at = offset_in(text_, tokens_[part.from]);
        const auto& last = tokens_[part.to - 1];
        return {at, offset_in(text_, last) + last.text.size() - at};
    }

    // Functions, named and unpacked arguments, declarations: nothing that could be put into brackets.
    [[nodiscard]] bool is_value(Part part) const {
        if (part.from >= part.to) return false;
        constexpr std::array<std::string_view, 6> kFirst = {"*", "**", ".", "function", "async", "lambda"};
        if (holds(kFirst, tokens_[part.from].text)) return false;
        if (language_ == CodeLanguage::kC && is(part.from, "[")) return false;
        for (std::size_t i = part.from; i < part.to; ++i) {
            if (closes_[i] > i) {
                i = closes_[i];
                continue;
            }
            constexpr std::array<std::string_view, 6> kNever = {"=", ":=", "=>", "for", ";", "const"};
            if (holds(kNever, tokens_[i].text)) return false;
            // "int count": two words in a row declare, but for operators that are words.
            constexpr std::array<std::string_view, 9> kOperators = {"in",  "and", "or",     "not",  "is",
                                                                    "new", "if",  "typeof", "await"};
            if (i + 1 < part.to && tokens_[i].kind == TokenKind::kWord &&
                tokens_[i + 1].kind == TokenKind::kWord && !holds(kOperators, tokens_[i].text) &&
                !holds(kOperators, tokens_[i + 1].text) && tokens_[i + 1].text != "else" &&
                tokens_[i].text != "else")
                return false;
        }
        return true;
    }

    // Types in front of a list of values, keys of objects.
    [[nodiscard]] bool word_is_constant(std::size_t i, Part part) const {
        if (holds(kValues, tokens_[i].text)) return true;
        if (language_ == CodeLanguage::kJavaScript) return i > part.from && is(i + 1, ":");
        if (language_ != CodeLanguage::kC) return false;
        std::size_t brace = part.from;
        while (brace < part.to && !is(brace, "{") && !is(brace, "("))
            ++brace;
        return i < brace && brace < part.to && is(brace, "{");
    }

    [[nodiscard]] bool is_constant(Part part) const {
        bool any = false;
        bool in_type = language_ == CodeLanguage::kC;
        for (std::size_t i = part.from; i < part.to; ++i) {
            const auto& token = tokens_[i];
            if (is(i, "{")) in_type = false;
            switch (token.kind) {
                case TokenKind::kNumber:
                    if (plain_number(token).empty()) return false;
                    any = true;
                    break;
                case TokenKind::kString:
                    if (!string_value(token, language_)) return false;
                    any = true;
                    break;
                case TokenKind::kWord:
                    if (!word_is_constant(i, part)) return false;
                    any = true;
                    break;
                default: {
                    constexpr std::string_view kSigns = "+-,:{}[]()";
                    constexpr std::string_view kOfTypes = "::<>*&";
                    const bool fits = token.text.size() == 1 && kSigns.contains(token.text);
                    if (!fits && !(in_type && kOfTypes.contains(token.text))) return false;
                    any = any || token.text == "[" || token.text == "{";
                }
            }
        }
        return any;
    }

    [[nodiscard]] std::vector<Leaf> leaves(Part part) const {
        std::vector<Leaf> found;
        for (std::size_t i = part.from; i < part.to; ++i) {
            const auto& token = tokens_[i];
            const auto at = offset_in(text_, token);
            if (token.kind == TokenKind::kString) {
                if (auto value = string_value(token, language_))
                    found.push_back({at, token.text.size(), false, std::move(*value)});
            } else if (token.kind == TokenKind::kNumber && !plain_number(token).empty()) {
                const auto number = plain_number(token);
                const bool negative = i > part.from && is(i - 1, "-") && is_sign(i - 1, part);
                const auto from = negative ? offset_in(text_, tokens_[i - 1]) : at;
                found.push_back(
                    {from, at + number.size() - from, true, (negative ? "-" : "") + std::string(number)});
            }
        }
        return found;
    }

    // Whether a minus belongs to the number behind it.
    [[nodiscard]] bool is_sign(std::size_t i, Part part) const {
        if (i == part.from) return true;
        const auto& before = tokens_[i - 1];
        return before.kind == TokenKind::kSign && before.text != ")" && before.text != "]" &&
               before.text != "}";
    }

    std::string_view text_;
    CodeLanguage language_;
    std::vector<CodeToken> all_;
    std::vector<CodeToken> tokens_;    // those that mean something
    std::vector<bool> ends_;           // whether the line ends behind the token
    std::vector<std::size_t> closes_;  // of an opening bracket, its end; else 0
    Comparisons found_;
};

}  // namespace

Comparisons find_comparisons(std::string_view text, CodeLanguage language) {
    return Finder(text, language).find();
}

}  // namespace hearth::eval::detail
