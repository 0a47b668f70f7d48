#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "policy/rule.h"

namespace hearth::policy {

inline constexpr std::size_t kMaxPolicyBytes = std::size_t{256} << 10U;
inline constexpr std::size_t kMaxRules = 1000;

// The text of a policy; docs/policy.md has the grammar. What is accepted is whole: every attribute is there for every action of its rule, and
// every operator has operands of its types, so that decide() has nothing to fail on.
// Errors: kInvalidInput "FILE:LINE:COLUMN: …" (columns in characters, from 1), also for a `permit` in what a project brings; kTooLarge.
// Threads: pure. Cost: linear.
[[nodiscard]] Result<Policy> parse_policy(std::string_view text, const std::string& file,
                                          Origin origin = Origin::kUser);

// The same policy in one form of words: parsed again it is the same. Pure.
[[nodiscard]] std::string policy_text(const Policy& policy);
[[nodiscard]] std::string rule_text(const Rule& rule);

// What is no mistake and may still not be meant, "FILE:LINE:COLUMN: …": actions that are none of hearth's own tools. Pure.
[[nodiscard]] std::vector<std::string> policy_notes(const Policy& policy);

}  // namespace hearth::policy
