#pragma once
#include <vector>

#include "eval/report_data.h"
#include "eval/run_comparison.h"

namespace hearth::eval {

// How each contender of `shown` did in all finished runs of the same suite and protocol that hold the tasks of `shown` with the same
// texts; rates are over those tasks alone, so that a suite that has grown since does not look like learning. Oldest run first; a
// contender with a single run makes no line. Pure. `all` may hold runs of any kind, also `shown`.
[[nodiscard]] std::vector<VersionLine> version_lines(const RunResults& shown,
                                                     const std::vector<RunResults>& all);

}  // namespace hearth::eval
