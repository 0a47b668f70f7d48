#pragma once
#include <string>
#include <vector>

#include "eval/result_store.h"

namespace hearth::app {

// A run as tables: one line for each model with an agent, then one for each task. Rates are of the originals where the run has
// variants of them; what each model loses from original to variant is a line of its own. Pure.
[[nodiscard]] std::string render_report(const eval::RunRecord& run,
                                        const std::vector<eval::AttemptRecord>& all);

// The same with every attempt, as one line of JSON. Pure.
[[nodiscard]] std::string report_json(const eval::RunRecord& run,
                                      const std::vector<eval::AttemptRecord>& all);

}  // namespace hearth::app
