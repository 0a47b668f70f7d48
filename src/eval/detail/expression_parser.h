#pragma once
#include <string_view>
#include <vector>

#include "eval/expression.h"

namespace hearth::eval::detail {

// The nodes of an expression, parts before what is made of them. Errors: as Expression::parse. Binding, loosest first: or, and,
// not, comparisons (one at a time), + -, * / %, sign, **.
[[nodiscard]] Result<std::vector<Expression::Node>> parse_expression(std::string_view text);

}  // namespace hearth::eval::detail
