#include "policy/detail/lexer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <fmt/format.h>
#include <system_error>
#include <utility>

#include "core/text.h"

namespace hearth::policy::detail {
namespace {

constexpr std::array<std::string_view, 7> kPairs = {"::", "==", "!=", "<=", ">=", "&&", "||"};
constexpr std::string_view kSingles = "(){}[],;.<>!@";

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

class Lexer {
public:
    Lexer(std::string_view text, const std::string& file) : text_(text), file_(file) {}

    Result<std::vector<Token>> all() {
        if (const auto bad = valid_utf8_bytes(text_); bad < text_.size()) {
            skip(bad);
            return wrong("the text is not valid UTF-8 here");
        }
        std::vector<Token> out;
        while (true) {
            skip_space();
            Token token{.line = line_, .column = column_};
            if (at_ == text_.size()) {
                out.push_back(std::move(token));
                return out;
            }
            TRY(read(token));
            out.push_back(std::move(token));
        }
    }

private:
    [[nodiscard]] char peek(std::size_t ahead = 0) const {
        return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
    }

    void skip(std::size_t count = 1) {
        for (; count > 0 && at_ < text_.size(); --count, ++at_) {
            if (text_[at_] == '\n') {
                ++line_;
                column_ = 1;
            } else if ((static_cast<unsigned char>(text_[at_]) & 0xC0U) != 0x80U) {
                ++column_;
            }
        }
    }

    [[nodiscard]] Error wrong(std::string_view what) const { return mistake(file_, line_, column_, what); }

    void skip_space() {
        while (at_ < text_.size()) {
            const char c = peek();
            if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
                skip();
            } else if (c == '/' && peek(1) == '/') {
                while (at_ < text_.size() && peek() != '\n')
                    skip();
            } else {
                return;
            }
        }
    }

    Status read(Token& token) {
        const char c = peek();
        if (is_letter(c)) {
            token.kind = Token::Kind::kName;
            while (is_letter(peek()) || is_digit(peek())) {
                token.text += peek();
                skip();
            }
            return {};
        }
        if (is_digit(c)) return read_number(token);
        if (c == '"') return read_text(token);
        return read_symbol(token);
    }

    Status read_number(Token& token) {
        token.kind = Token::Kind::kNumber;
        auto digits = text_.substr(at_);
        const auto end = std::find_if_not(digits.begin(), digits.end(), is_digit);
        digits = digits.substr(0, static_cast<std::size_t>(end - digits.begin()));
        const auto number = parse_number(digits);
        if (!number) return wrong("the number is too large");
        token.number = *number;
        token.text = digits;
        skip(digits.size());
        return {};
    }

    Status read_text(Token& token) {
        token.kind = Token::Kind::kText;
        skip();
        while (peek() != '"') {
            if (at_ == text_.size() || peek() == '\n') {
                return mistake(file_, token.line, token.column,
                               "the text that begins here has no closing quote");
            }
            if (peek() == '\\') {
                TRY(read_escape(token.text));
            } else {
                token.text += peek();
                skip();
            }
        }
        skip();
        return {};
    }

    Status read_escape(std::string& out) {
        const char c = peek(1);
        switch (c) {
            case 'n': out += '\n'; break;
            case 't': out += '\t'; break;
            case 'r': out += '\r'; break;
            case '"':
            case '\\': out += c; break;
            case '*': out += kStar; break;
            default:
                return wrong(R"(a backslash is followed by n, t, r, ", \ or *; write \\ for a backslash)");
        }
        skip(2);
        return {};
    }

    Status read_symbol(Token& token) {
        token.kind = Token::Kind::kSymbol;
        for (const auto pair : kPairs) {
            if (!text_.substr(at_).starts_with(pair)) continue;
            token.text = pair;
            skip(pair.size());
            return {};
        }
        if (kSingles.find(peek()) == std::string_view::npos) {
            std::size_t bytes = 1;
            while ((static_cast<unsigned char>(peek(bytes)) & 0xC0U) == 0x80U)
                ++bytes;
            return wrong(fmt::format("'{}' has no meaning here", printable(text_.substr(at_, bytes))));
        }
        token.text = peek();
        skip();
        return {};
    }

    std::string_view text_;
    const std::string& file_;
    std::size_t at_ = 0;
    std::size_t line_ = 1;
    std::size_t column_ = 1;
};

}  // namespace

Error mistake(const std::string& file, std::size_t line, std::size_t column, std::string_view what) {
    return {Code::kInvalidInput, fmt::format("{}:{}:{}: {}", file, line, column, what)};
}

Result<std::vector<Token>> tokens_of(std::string_view text, const std::string& file) {
    return Lexer(text, file).all();
}

std::string quoted_text(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        switch (c) {
            case '\n': out += "\\n"; break;
            case '\t': out += "\\t"; break;
            case '\r': out += "\\r"; break;
            case '"': out += "\\\""; break;
            case '\\': out += "\\\\"; break;
            case kStar: out += "\\*"; break;
            default: out += c;
        }
    }
    return out + "\"";
}

}  // namespace hearth::policy::detail
