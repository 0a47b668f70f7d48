#pragma once
#include <vector>

#include "eval/report_data.h"
#include "eval/run_comparison.h"

namespace hearth::app {

// The page's data from the runs that are shown and all runs that there are, with what was kept of each attempt read from its folder
// (nothing where that is gone). `shown` is not empty. Tasks whose text differs between shown runs go by different names.
[[nodiscard]] eval::ReportData report_data(const std::vector<eval::RunResults>& shown,
                                           const std::vector<eval::RunResults>& all);

}  // namespace hearth::app
