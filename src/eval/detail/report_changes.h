#pragma once
#include <string>
#include <vector>

#include "eval/run_comparison.h"

namespace hearth::eval::detail {

// What changed between runs: for each comparison the contenders that both have, the tasks that went better or worse, and the settings
// that differ. Empty without a comparison. Pure.
[[nodiscard]] std::string run_changes(const std::vector<RunComparison>& comparisons);

}  // namespace hearth::eval::detail
