#pragma once
#include <string>

#include "eval/report_data.h"

namespace hearth::eval {

// One self-contained page: no script, no outside resource, light and dark by what the reader's system prefers. Text from outside
// is escaped, control characters are shown as escapes, and long trajectories and diffs lose their middle. Arms are ordered
// only as far as their intervals allow (ranking.h). Pure; the same data give the same bytes.
[[nodiscard]] std::string report_html(const ReportData& data);

}  // namespace hearth::eval
