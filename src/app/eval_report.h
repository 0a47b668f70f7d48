#pragma once
#include <string>
#include <vector>

#include "eval/result_store.h"

namespace hearth::app {

// A run as tables: one line for each model with an agent, then one for each task. Pure.
[[nodiscard]] std::string render_report(const eval::RunRecord& run,
                                        const std::vector<eval::AttemptRecord>& attempts);

// The same with every attempt, as one line of JSON. Pure.
[[nodiscard]] std::string report_json(const eval::RunRecord& run,
                                      const std::vector<eval::AttemptRecord>& attempts);

}  // namespace hearth::app
