#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "eval/run_comparison.h"

namespace hearth::app {

enum class ReportDetail : std::uint8_t { kAll, kWithoutTasks };

// A run as text: chance first, a line for each model with an agent, pairs with what would tell them apart, tasks that tell nothing any
// more; then a line for each task. Rates are of the originals where the run has variants of them; what each model loses from original to
// variant is a line of its own. Pure.
[[nodiscard]] std::string render_report(const eval::RunRecord& run,
                                        const std::vector<eval::AttemptRecord>& all,
                                        ReportDetail detail = ReportDetail::kAll);

// The same with every attempt, as one line of JSON. Pure.
[[nodiscard]] std::string report_json(const eval::RunRecord& run,
                                      const std::vector<eval::AttemptRecord>& all);

// What changed between runs: effects with their intervals, tasks that went better and worse, settings that differ. Claims a change
// only where the interval and the corrected p do. Empty without a comparison. Pure.
[[nodiscard]] std::string render_comparisons(const std::vector<eval::RunComparison>& comparisons);

// The same as one line of JSON: {"comparisons": [...]}. Pure.
[[nodiscard]] std::string comparisons_json(const std::vector<eval::RunComparison>& comparisons);

// "p 0.031", "p below 0.001".
[[nodiscard]] std::string p_words(double p);

}  // namespace hearth::app
