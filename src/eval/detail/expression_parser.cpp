#include "eval/detail/expression_parser.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <limits>

#include "core/text.h"

namespace hearth::eval::detail {
namespace {

using Node = Expression::Node;

constexpr std::size_t kMaxLength = 2000;
constexpr std::size_t kMaxDepth = 50;
constexpr std::size_t kManyParts = std::numeric_limits<std::size_t>::max();

struct Function {
    std::string_view name;
    std::size_t least;
    std::size_t most;
};

constexpr std::array kFunctions = {Function{"min", 1, kManyParts}, Function{"max", 1, kManyParts},
                                   Function{"gcd", 2, kManyParts}, Function{"lcm", 2, kManyParts},
                                   Function{"abs", 1, 1},          Function{"floor", 1, 1},
                                   Function{"ceil", 1, 1},         Function{"round", 1, 1},
                                   Function{"is_int", 1, 1},       Function{"if", 3, 3}};

struct Token {
    enum class Kind { kNumber, kText, kWord, kSign, kEnd } kind = Kind::kEnd;
    std::string text;
    std::size_t column = 1;
};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

Error wrong(std::size_t column, std::string_view what) {
    return {Code::kInvalidInput, fmt::format("column {}: {}", column, what)};
}

Result<std::vector<Token>> tokens_of(std::string_view text) {
    std::vector<Token> tokens;
    std::size_t at = 0;
    const auto take_while = [&](auto accepts) {
        const auto from = at;
        while (at < text.size() && accepts(text[at]))
            ++at;
        return std::string(text.substr(from, at - from));
    };
    while (at < text.size()) {
        const char c = text[at];
        const auto column = at + 1;
        if (c == ' ' || c == '\t' || c == '\n') {
            ++at;
        } else if (is_digit(c)) {
            tokens.push_back(
                {Token::Kind::kNumber, take_while([](char d) { return is_digit(d) || d == '.'; }), column});
        } else if (is_letter(c)) {
            tokens.push_back(
                {Token::Kind::kWord, take_while([](char d) { return is_letter(d) || is_digit(d); }), column});
        } else if (c == '\'') {
            const auto end = text.find('\'', at + 1);
            if (end == std::string_view::npos) return wrong(column, "this text has no closing quote");
            tokens.push_back({Token::Kind::kText, std::string(text.substr(at + 1, end - at - 1)), column});
            at = end + 1;
        } else {
            const auto two = text.substr(at, 2);
            const bool is_pair = two == "**" || two == "==" || two == "!=" || two == "<=" || two == ">=";
            if (!is_pair && !std::string_view("+-*/%<>(),").contains(c))
                return wrong(column, fmt::format("'{}' is not expected here", printable(text.substr(at, 1))));
            tokens.push_back({Token::Kind::kSign, std::string(text.substr(at, is_pair ? 2 : 1)), column});
            at += is_pair ? 2 : 1;
        }
    }
    tokens.push_back({Token::Kind::kEnd, "", text.size() + 1});
    return tokens;
}

class Parser {
public:
    explicit Parser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

    Result<std::vector<Node>> whole() {
        TRY(any());
        if (here().kind != Token::Kind::kEnd)
            return wrong(here().column, fmt::format("'{}' is not expected here", printable(here().text)));
        return std::move(nodes_);
    }

private:
    [[nodiscard]] const Token& here() const { return tokens_[at_]; }

    // The operator that stands here, if it is one of these.
    [[nodiscard]] bool at_one_of(std::initializer_list<std::string_view> words) const {
        const bool can_be = here().kind == Token::Kind::kSign || here().kind == Token::Kind::kWord;
        return can_be && std::ranges::find(words, here().text) != words.end();
    }

    std::size_t add(Node node) {
        nodes_.push_back(std::move(node));
        return nodes_.size() - 1;
    }

    std::size_t add_operator(const Token& token, std::vector<std::size_t> parts) {
        return add({.word = token.text,
                    .kind = Node::Kind::kOperator,
                    .column = token.column,
                    .parts = std::move(parts)});
    }

    Result<std::size_t> any() {
        if (++depth_ > kMaxDepth)
            return wrong(here().column, fmt::format("nested more than {} deep", kMaxDepth));
        auto result = joined({"or"}, &Parser::conjunction);
        --depth_;
        return result;
    }

    Result<std::size_t> conjunction() { return joined({"and"}, &Parser::negation); }

    Result<std::size_t> negation() {
        if (!at_one_of({"not"})) return comparison();
        const auto token = tokens_[at_++];
        return nested([&]() -> Result<std::size_t> { return add_operator(token, {TRY(negation())}); });
    }

    Result<std::size_t> comparison() {
        const auto left = TRY(sum());
        if (!at_one_of({"==", "!=", "<", ">", "<=", ">="})) return left;
        const auto token = tokens_[at_++];
        const auto right = TRY(sum());
        return add_operator(token, {left, right});
    }

    Result<std::size_t> sum() { return joined({"+", "-"}, &Parser::product); }

    Result<std::size_t> product() { return joined({"*", "/", "%"}, &Parser::sign); }

    Result<std::size_t> sign() {
        if (!at_one_of({"-"})) return raised();
        const auto token = tokens_[at_++];
        return nested([&]() -> Result<std::size_t> { return add_operator(token, {TRY(sign())}); });
    }

    Result<std::size_t> raised() {
        const auto base = TRY(single());
        if (!at_one_of({"**"})) return base;
        const auto token = tokens_[at_++];
        return nested([&]() -> Result<std::size_t> {
            const auto exponent = TRY(sign());
            return add_operator(token, {base, exponent});
        });
    }

    Result<std::size_t> single() {
        const auto token = here();
        if (token.kind == Token::Kind::kEnd) return wrong(token.column, "something is missing at the end");
        ++at_;
        if (token.kind == Token::Kind::kText)
            return add({.word = token.text, .kind = Node::Kind::kText, .column = token.column});
        if (token.kind == Token::Kind::kNumber) {
            const auto number = Rational::parse(token.text);
            if (!number)
                return wrong(token.column,
                             fmt::format("'{}' is no number that fits into 64 bits", token.text));
            return add(
                {.word = token.text, .number = *number, .kind = Node::Kind::kNumber, .column = token.column});
        }
        if (token.text == "(") {
            const auto inner = TRY(any());
            TRY(expect(")"));
            return inner;
        }
        if (token.kind == Token::Kind::kWord && token.text != "and" && token.text != "or" &&
            token.text != "not")
            return at_one_of({"("})
                       ? call(token)
                       : add({.word = token.text, .kind = Node::Kind::kName, .column = token.column});
        return wrong(token.column, fmt::format("'{}' is not expected here", printable(token.text)));
    }

    Result<std::size_t> call(const Token& token) {
        const auto function = std::ranges::find(kFunctions, token.text, &Function::name);
        if (function == kFunctions.end())
            return wrong(token.column, fmt::format("there is no function '{}'", token.text));
        TRY(expect("("));
        std::vector<std::size_t> parts = {TRY(any())};
        while (at_one_of({","})) {
            ++at_;
            parts.push_back(TRY(any()));
        }
        TRY(expect(")"));
        if (parts.size() < function->least || parts.size() > function->most) {
            return wrong(token.column, fmt::format("'{}' takes {} {}", token.text,
                                                   function->least == function->most ? "exactly" : "at least",
                                                   function->least));
        }
        return add({.word = token.text,
                    .kind = Node::Kind::kCall,
                    .column = token.column,
                    .parts = std::move(parts)});
    }

    Status expect(std::string_view sign) {
        if (!at_one_of({sign})) return wrong(here().column, fmt::format("'{}' is missing", sign));
        ++at_;
        return {};
    }

    template <typename Part>
    Result<std::size_t> nested(const Part& part) {
        if (++depth_ > kMaxDepth)
            return wrong(here().column, fmt::format("nested more than {} deep", kMaxDepth));
        Result<std::size_t> result = part();
        --depth_;
        return result;
    }

    Result<std::size_t> joined(std::initializer_list<std::string_view> words,
                               Result<std::size_t> (Parser::*part)()) {
        auto left = TRY((this->*part)());
        std::size_t length = 0;
        while (at_one_of(words)) {
            // A chain leans to the left, so its length is the depth that evaluation meets.
            if (++length > kMaxDepth)
                return wrong(here().column, fmt::format("more than {} in a row", kMaxDepth));
            const auto token = tokens_[at_++];
            const auto right = TRY((this->*part)());
            left = add_operator(token, {left, right});
        }
        return left;
    }

    std::vector<Token> tokens_;
    std::vector<Node> nodes_;
    std::size_t at_ = 0;
    std::size_t depth_ = 0;
};

}  // namespace

Result<std::vector<Node>> parse_expression(std::string_view text) {
    if (text.size() > kMaxLength) return wrong(kMaxLength, fmt::format("longer than {} bytes", kMaxLength));
    Parser parser(TRY(tokens_of(text)));
    return parser.whole();
}

}  // namespace hearth::eval::detail
