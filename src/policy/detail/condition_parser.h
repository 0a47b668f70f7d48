#pragma once
#include <string>
#include <vector>

#include "core/result.h"
#include "policy/detail/token_reader.h"
#include "policy/rule.h"

namespace hearth::policy::detail {

// A condition up to the '}' behind it, whose types fit and whose attributes every one of `actions` has (none: every action).
// Errors: kInvalidInput with its place, also for one that is nested too deep or has too many parts.
[[nodiscard]] Result<std::vector<Node>> read_condition(TokenReader& in,
                                                       const std::vector<std::string>& actions);

// The condition in words that are read as the same, with the parentheses that it needs.
[[nodiscard]] std::string condition_text(const Condition& condition);

}  // namespace hearth::policy::detail
