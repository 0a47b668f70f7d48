#include "scaffold/mutation.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include "core/text.h"
#include "scaffold/detail/line_tokens.h"

namespace hearth::scaffold {
namespace {

using detail::Token;
using detail::TokenKind;

struct Swap {
    std::string_view from;
    std::string_view to;
    double likelihood;
};

constexpr std::array kSwaps = {
    Swap{"<", "<=", 5},
    Swap{"<=", "<", 5},
    Swap{">", ">=", 5},
    Swap{">=", ">", 5},
    Swap{"<", ">", 3.5},
    Swap{">", "<", 3.5},
    Swap{"<=", ">=", 3},
    Swap{">=", "<=", 3},
    Swap{"==", "!=", 4},
    Swap{"!=", "==", 4},
    Swap{"==", ">=", 2},
    Swap{"==", "<=", 2},
    Swap{"===", "!==", 4},
    Swap{"!==", "===", 4},
    Swap{"+", "-", 3.5},
    Swap{"-", "+", 3.5},
    Swap{"*", "/", 2},
    Swap{"/", "*", 2},
    Swap{"*", "+", 1.5},
    Swap{"%", "/", 1.5},
    Swap{"+=", "-=", 3},
    Swap{"-=", "+=", 3},
    Swap{"+=", "=", 2.5},
    Swap{"-=", "=", 2},
    Swap{"*=", "+=", 1.5},
    Swap{"++", "--", 2.5},
    Swap{"--", "++", 2.5},
    Swap{"&&", "||", 4},
    Swap{"||", "&&", 4},
    Swap{"and", "or", 4},
    Swap{"or", "and", 4},
    Swap{"min", "max", 3.5},
    Swap{"max", "min", 3.5},
    Swap{"True", "False", 3},
    Swap{"False", "True", 3},
    Swap{"true", "false", 3},
    Swap{"false", "true", 3},
    Swap{"floor", "ceil", 3},
    Swap{"ceil", "floor", 3},
    Swap{"break", "continue", 2.5},
    Swap{"elif", "if", 2.5},
    Swap{"any", "all", 3},
    Swap{"all", "any", 3},
    Swap{"continue", "break", 2.5},
    Swap{"int", "round", 1.5},
    Swap{"round", "int", 1.5},
    Swap{"append", "extend", 2},
    Swap{"extend", "append", 2},
    Swap{"lstrip", "strip", 1.5},
    Swap{"rstrip", "strip", 1.5},
    Swap{"find", "rfind", 2},
    Swap{"rfind", "find", 2},
};

constexpr std::array<std::string_view, 40> kKeywords = {
    "if",     "elif", "else",  "for",    "while", "return", "in",    "not",   "and",  "or",
    "is",     "def",  "class", "lambda", "True",  "False",  "None",  "break", "pass", "continue",
    "import", "from", "with",  "as",     "try",   "except", "raise", "const", "auto", "int",
    "double", "bool", "char",  "let",    "var",   "true",   "false", "throw", "new",  "this"};

bool is_keyword(std::string_view word) { return std::ranges::find(kKeywords, word) != kKeywords.end(); }

bool is_comparison(std::string_view sign) {
    return sign == "<" || sign == ">" || sign == "<=" || sign == ">=" || sign == "==" || sign == "!=";
}

// The changes of one line, collected.
class Mutator {
public:
    Mutator(std::string_view line, std::string_view before, Syntax syntax,
            const std::vector<std::string>& names)
        : line_(line),
          before_(before),
          syntax_(syntax),
          names_(names),
          tokens_(detail::line_tokens(line, syntax)) {}

    std::vector<Mutation> run() {
        if (tokens_.empty()) return {};
        for (std::size_t i = 0; i < tokens_.size(); ++i)
            change_token(i);
        change_condition();
        change_statement();
        std::sort(found_.begin(), found_.end(), [](const Mutation& a, const Mutation& b) {
            return a.likelihood != b.likelihood ? a.likelihood > b.likelihood : a.line < b.line;
        });
        std::set<std::string, std::less<>> seen{std::string(line_)};
        std::erase_if(found_, [&](const Mutation& each) { return !seen.insert(each.line).second; });
        return std::move(found_);
    }

private:
    [[nodiscard]] std::string_view text(std::size_t i) const {
        return i < tokens_.size() ? tokens_[i].text : std::string_view();
    }

    void replace(std::size_t first, std::size_t end, std::string_view with, double likelihood) {
        const auto from = tokens_[first].at;
        const auto to = tokens_[end - 1].at + tokens_[end - 1].text.size();
        std::string line(line_.substr(0, from));
        line += with;
        line += line_.substr(to);
        found_.push_back({std::move(line), likelihood});
    }

    // Whether a sign stands between two operands: in C++ `<` may open a list of types, and `-` may be a sign of one number.
    [[nodiscard]] bool is_binary(std::size_t i) const {
        if (i == 0 || i + 1 >= tokens_.size()) return false;
        const auto& previous = tokens_[i - 1];
        const auto end = previous.at + previous.text.size();
        const bool spaced = tokens_[i].at > end;
        const bool operand =
            previous.kind != TokenKind::kSign || previous.text == ")" || previous.text == "]";
        const bool angle = tokens_[i].text == "<" || tokens_[i].text == ">";
        return operand && !(previous.kind == TokenKind::kWord && is_keyword(previous.text)) &&
               (spaced || !angle || syntax_ != Syntax::kBraces);
    }

    void change_token(std::size_t i) {
        const auto& token = tokens_[i];
        switch (token.kind) {
            case TokenKind::kNumber: change_number(i); break;
            case TokenKind::kString: change_separator(i); break;
            case TokenKind::kSign: change_sign(i); break;
            case TokenKind::kWord: change_word(i); break;
        }
        if (token.kind != TokenKind::kString && text(i + 1) == "," && i + 3 < tokens_.size() &&
            (text(i - 1) == "(" || text(i - 1) == "[") && (text(i + 3) == ")" || text(i + 3) == "]"))
            replace(i, i + 3, std::string(text(i + 2)) + ", " + std::string(token.text), 2);
    }

    void swap_token(std::size_t i) {
        for (const auto& swap : kSwaps) {
            if (swap.from == tokens_[i].text) replace(i, i + 1, swap.to, swap.likelihood);
        }
    }

    void change_sign(std::size_t i) {
        const auto sign = tokens_[i].text;
        if (sign == "++" || sign == "--" || is_binary(i)) swap_token(i);
        if (syntax_ == Syntax::kIndent && is_binary(i)) {
            if (sign == "/") replace(i, i + 1, "//", 3);
            if (sign == "//") replace(i, i + 1, "/", 3);
        }
        if (sign == "=" && tokens_[i].depth == 0 && i == 1) replace(i, i + 1, "+=", 2.5);
        if (sign == "!" && syntax_ == Syntax::kBraces) replace(i, i + 1, "", 3);
    }

    void change_number(std::size_t i) {
        long value = 0;
        const auto digits = tokens_[i].text;
        const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
        if (read.ec != std::errc() || read.ptr != digits.data() + digits.size() || value > 1'000'000) return;
        const double likelihood = value <= 2 ? 4 : 2.5;
        replace(i, i + 1, std::to_string(value + 1), likelihood);
        if (value > 0) replace(i, i + 1, std::to_string(value - 1), likelihood);
        if (value == 0) replace(i, i + 1, "-1", 2);
    }

    // Strings are data; only what stands between things is guessed at.
    void change_separator(std::size_t i) {
        const auto quoted = tokens_[i].text;
        if (quoted.size() < 2) return;
        const auto inside = quoted.substr(1, quoted.size() - 2);
        const auto with = [&](std::string_view content) {
            replace(i, i + 1, std::string(1, quoted.front()) + std::string(content) + quoted.back(), 1.5);
        };
        if (inside.empty()) with(" ");
        if (inside == " ") with("");
        if (inside == ", ") with(",");
        if (inside == ",") with(", ");
    }

    [[nodiscard]] bool is_variable(std::size_t i) const {
        return tokens_[i].kind == TokenKind::kWord && !is_keyword(tokens_[i].text) && text(i + 1) != "(" &&
               (i == 0 || (text(i - 1) != "." && text(i - 1) != "->" && text(i - 1) != "::"));
    }

    void change_word(std::size_t i) {
        const auto word = tokens_[i].text;
        swap_token(i);
        // "not in" becomes "in", "not done" becomes "done"; a line may also end behind it.
        if (word == "not" && i + 1 < tokens_.size()) replace(i, i + 2, text(i + 1), 3);
        if (word == "in" && text(0) != "for" && (i == 0 || text(i - 1) != "not"))
            replace(i, i + 1, "not in", 2.5);
        if (!is_variable(i)) return;
        one_more_or_less(i);
        for (const auto& name : names_) {
            if (name != word) replace(i, i + 1, name, 1.5);
        }
    }

    void one_more_or_less(std::size_t i) {
        const auto next = text(i + 1);
        const auto previous = i == 0 ? std::string_view() : text(i - 1);
        const bool ends = next == ")" || next == "]" || next == ":" || next == "," || next.empty() ||
                          next == ";" || is_comparison(next);
        const bool starts = previous == "(" || previous == "[" || previous == ":" || previous == "," ||
                            is_comparison(previous) || previous == "return" || previous == "=";
        if (!ends || !starts) return;
        const bool in_range =
            std::ranges::any_of(tokens_, [](const Token& each) { return each.text == "range"; });
        const bool bounds = is_comparison(next) || is_comparison(previous) || previous == "[" || next == "]";
        const double likelihood = in_range ? 4.5 : bounds ? 3 : 1.8;
        replace(i, i + 1, std::string(tokens_[i].text) + " + 1", likelihood);
        replace(i, i + 1, std::string(tokens_[i].text) + " - 1", likelihood);
    }

    // The condition of an `if` or `while` the other way round.
    void change_condition() {
        std::size_t first = text(0) == "}" ? 1 : 0;
        if (text(first) == "else") ++first;
        const auto head = text(first);
        if (head != "if" && head != "elif" && head != "while") return;
        if (syntax_ == Syntax::kIndent && tokens_.back().text == ":" && tokens_.size() > first + 2) {
            const auto from = tokens_[first + 1].at;
            const auto inside = std::string(line_.substr(from, tokens_.back().at - from));
            replace(first + 1, tokens_.size() - 1, "not (" + inside + ")", 3);
        }
        if (syntax_ == Syntax::kBraces && text(first + 1) == "(") {
            for (auto i = first + 2; i < tokens_.size(); ++i) {
                if (text(i) != ")" || tokens_[i].depth != tokens_[first + 1].depth) continue;
                const auto from = tokens_[first + 2].at;
                const auto inside = std::string(line_.substr(from, tokens_[i].at - from));
                if (i > first + 2) replace(first + 2, i, "!(" + inside + ")", 3);
                break;
            }
        }
    }

    [[nodiscard]] bool opens_block() const {
        const auto last = tokens_.back().text;
        return last == "{" || (syntax_ == Syntax::kIndent && last == ":");
    }

    [[nodiscard]] static std::string_view indent(std::string_view line) {
        return line.substr(0, std::min(line.find_first_not_of(" \t"), line.size()));
    }

    // A statement too much, or one level too deep or not deep enough.
    void change_statement() {
        const auto own = indent(line_);
        const auto rest = line_.substr(own.size());
        const bool whole = tokens_.front().depth == 0 && tokens_.back().depth == 0 && !opens_block() &&
                           text(0) != "return" && text(0) != "def" && text(0) != "else" && text(0) != "}";
        if (whole && syntax_ == Syntax::kIndent) found_.push_back({std::string(own) + "pass", 2});
        if (whole && syntax_ == Syntax::kBraces && tokens_.back().text == ";")
            found_.push_back({std::string(own) + ";", 2});
        if (syntax_ != Syntax::kIndent || opens_block() || text(0) == "def") return;
        constexpr std::size_t kStep = 4;
        if (own.size() >= kStep * 2)
            found_.push_back(
                {std::string(own.substr(kStep)) + std::string(rest), text(0) == "return" ? 3.5 : 2.5});
        if (indent(before_).size() > own.size())
            found_.push_back({std::string(indent(before_)) + std::string(rest), 2.5});
    }

    std::string_view line_;
    std::string_view before_;
    Syntax syntax_;
    const std::vector<std::string>& names_;
    std::vector<Token> tokens_;
    std::vector<Mutation> found_;
};

// Whether the word at i is a parameter, a loop's variable or assigned.
bool introduces_variable(const std::vector<Token>& tokens, std::size_t i, Syntax syntax) {
    const auto& token = tokens[i];
    if (token.kind != TokenKind::kWord || is_keyword(token.text) || token.text == "self") return false;
    const auto next = i + 1 < tokens.size() ? tokens[i + 1].text : std::string_view();
    const auto previous = i > 0 ? tokens[i - 1].text : std::string_view();
    if (tokens.front().text == "def" && token.depth == 1) return true;
    if (tokens.front().text == "for" && (next == "in" || next == ",")) return true;
    if (next == "=" && previous != ".") return true;
    if (syntax != Syntax::kBraces) return false;
    const bool range = tokens.front().text == "for" && next == ":";
    const bool typed = !previous.empty() && previous != "(" && previous != ",";
    return range || (token.depth == 1 && (next == "," || next == ")") && typed);
}

}  // namespace

std::vector<Mutation> mutations_of(std::string_view line, std::string_view before, Syntax syntax,
                                   const std::vector<std::string>& names) {
    return Mutator(line, before, syntax, names).run();
}

std::vector<std::string> variables_in(std::string_view code, Syntax syntax) {
    constexpr std::size_t kMost = 12;
    std::vector<std::string> names;
    for (const auto line : split_lines(code)) {
        const auto tokens = detail::line_tokens(line, syntax);
        for (std::size_t i = 0; i < tokens.size() && names.size() < kMost; ++i) {
            const auto word = tokens[i].text;
            if (!introduces_variable(tokens, i, syntax)) continue;
            if (std::ranges::find(names, word) == names.end()) names.emplace_back(word);
        }
    }
    return names;
}

}  // namespace hearth::scaffold
