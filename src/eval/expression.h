#pragma once
#include <cstddef>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/result.h"
#include "eval/rational.h"

namespace hearth::eval {

// A number, a text or a truth value.
using Value = std::variant<Rational, std::string, bool>;

// As it stands in a sentence: numbers as Rational::text(), truth values as "yes" and "no".
[[nodiscard]] std::string value_text(const Value& value);

// The formulas of templates, parsed once: numbers, 'texts', names, + - * / % **, comparisons, and or not, parentheses, and the
// functions min max abs floor ceil round gcd lcm is_int if(condition, then, else). `%` has the sign of its right side; `round`
// takes halves away from 0. Arithmetic is exact. Threads: immutable after parse.
class Expression {
public:
    // Errors: kInvalidInput with the column (from 1) and what was expected; also over 2,000 bytes or nested over 50 deep.
    static Result<Expression> parse(std::string_view text);

    // The value of a name.
    using Lookup = std::function<Result<Value>(const std::string& name)>;

    // Errors: kInvalidInput with the column for kinds that do not fit, a division by 0, and numbers over 64 bits; those of
    // `lookup`. Only the chosen side of `if`, and of `and` and `or` what is needed, is evaluated.
    [[nodiscard]] Result<Value> evaluate(const Lookup& lookup) const;

    // The names in it.
    [[nodiscard]] const std::set<std::string>& names() const { return names_; }

    struct Node {
        std::string word;  // the operator, function, name or text
        Rational number;
        enum class Kind { kNumber, kText, kName, kOperator, kCall } kind = Kind::kNumber;
        std::size_t column = 1;
        std::vector<std::size_t> parts;  // places in the list of nodes, all before this one
    };

private:
    std::vector<Node> nodes_;  // the last one is the whole
    std::set<std::string> names_;
};

}  // namespace hearth::eval
