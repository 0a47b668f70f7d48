#include "eval/expression.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <numeric>
#include <optional>

#include "core/text.h"
#include "eval/detail/expression_parser.h"

namespace hearth::eval {
namespace {

using Node = Expression::Node;

class Evaluator {
public:
    Evaluator(const std::vector<Node>& nodes, const Expression::Lookup& lookup)
        : nodes_(nodes), lookup_(lookup) {}

    Result<Value> value(std::size_t place) const {
        const auto& node = nodes_[place];
        switch (node.kind) {
            case Node::Kind::kNumber: return Value(node.number);
            case Node::Kind::kText: return Value(node.word);
            case Node::Kind::kName: return lookup_(node.word);
            case Node::Kind::kOperator: return operation(node);
            case Node::Kind::kCall: return call(node);
        }
        return wrong(node, "cannot be evaluated");
    }

private:
    static Error wrong(const Node& node, std::string_view what) {
        return {Code::kInvalidInput,
                fmt::format("column {}: '{}' {}", node.column, printable(node.word), what)};
    }

    Result<Rational> number(const Node& node, std::size_t part) const {
        const auto found = TRY(value(node.parts[part]));
        if (const auto* result = std::get_if<Rational>(&found)) return *result;
        return wrong(node, "needs numbers");
    }

    Result<bool> truth(const Node& node, std::size_t part) const {
        const auto found = TRY(value(node.parts[part]));
        if (const auto* result = std::get_if<bool>(&found)) return *result;
        return wrong(node, "needs a condition");
    }

    static Result<Value> fitting(const Node& node, const std::optional<Rational>& result) {
        if (!result) return wrong(node, "divides by 0, or its result does not fit into 64 bits");
        return Value(*result);
    }

    Result<Value> operation(const Node& node) const {
        if (node.word == "not") return Value(!TRY(truth(node, 0)));
        if (node.word == "and" || node.word == "or") {
            const bool first = TRY(truth(node, 0));
            if (first == (node.word == "or")) return Value(first);
            return Value(TRY(truth(node, 1)));
        }
        if (node.word == "==" || node.word == "!=") {
            const auto left = TRY(value(node.parts[0]));
            const auto right = TRY(value(node.parts[1]));
            if (left.index() != right.index()) return wrong(node, "compares values of different kinds");
            return Value((left == right) == (node.word == "=="));
        }
        const auto left = TRY(number(node, 0));
        if (node.parts.size() == 1) return fitting(node, subtract(Rational(), left));
        const auto right = TRY(number(node, 1));
        if (node.word == "<") return Value(left < right);
        if (node.word == ">") return Value(right < left);
        if (node.word == "<=") return Value(!(right < left));
        if (node.word == ">=") return Value(!(left < right));
        if (node.word == "+") return fitting(node, add(left, right));
        if (node.word == "-") return fitting(node, subtract(left, right));
        if (node.word == "*") return fitting(node, multiply(left, right));
        if (node.word == "/") return fitting(node, divide(left, right));
        if (node.word == "%") return fitting(node, remainder(left, right));
        return fitting(node, power(left, right));
    }

    Result<Value> call(const Node& node) const {
        if (node.word == "if") return value(node.parts[TRY(truth(node, 0)) ? 1 : 2]);
        auto result = TRY(number(node, 0));
        if (node.word == "is_int") return Value(result.is_whole());
        if (node.word == "abs")
            return result < Rational() ? fitting(node, subtract(Rational(), result)) : Value(result);
        if (node.word == "floor") return Value(Rational::whole(result.floor()));
        if (node.word == "ceil")
            return Value(Rational::whole(result.is_whole() ? result.floor() : result.floor() + 1));
        if (node.word == "round") return rounded(node, result);
        for (std::size_t part = 1; part < node.parts.size(); ++part) {
            const auto next = TRY(number(node, part));
            if (node.word == "min") {
                result = std::min(result, next);
            } else if (node.word == "max") {
                result = std::max(result, next);
            } else {
                result = TRY(divisor_or_multiple(node, result, next));
            }
        }
        return Value(result);
    }

    static Result<Value> rounded(const Node& node, const Rational& number) {
        const bool negative = number < Rational();
        const auto half = Rational::of(negative ? -1 : 1, 2);
        const auto moved = add(number, *half);
        if (!moved) return fitting(node, moved);
        const auto floor = moved->floor();
        return Value(Rational::whole(negative && !moved->is_whole() ? floor + 1 : floor));
    }

    static Result<Rational> divisor_or_multiple(const Node& node, const Rational& a, const Rational& b) {
        if (!a.is_whole() || !b.is_whole()) return wrong(node, "needs whole numbers");
        const auto divisor = std::gcd(a.numerator(), b.numerator());
        if (node.word == "gcd") return Rational::whole(divisor);
        if (divisor == 0) return Rational();
        const auto product = multiply(Rational::whole(std::abs(a.numerator() / divisor)),
                                      Rational::whole(std::abs(b.numerator())));
        if (!product) return wrong(node, "has a result that does not fit into 64 bits");
        return *product;
    }

    const std::vector<Node>& nodes_;
    const Expression::Lookup& lookup_;
};

}  // namespace

std::string value_text(const Value& value) {
    if (const auto* number = std::get_if<Rational>(&value)) return number->text();
    if (const auto* text = std::get_if<std::string>(&value)) return *text;
    return std::get<bool>(value) ? "yes" : "no";
}

Result<Expression> Expression::parse(std::string_view text) {
    Expression result;
    result.nodes_ = TRY(detail::parse_expression(text));
    for (const auto& node : result.nodes_)
        if (node.kind == Node::Kind::kName) result.names_.insert(node.word);
    return result;
}

Result<Value> Expression::evaluate(const Lookup& lookup) const {
    return Evaluator(nodes_, lookup).value(nodes_.size() - 1);
}

}  // namespace hearth::eval
