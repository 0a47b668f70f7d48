#pragma once
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "eval/report_data.h"

namespace hearth::eval::detail {

// The number of an arm in its colour.
[[nodiscard]] std::string arm_dot(std::size_t arm);

[[nodiscard]] std::string arm_legend(const ReportData& data);

// The part of a report that goes task by task: a table of outcomes, for each of the given pairs of arms the tasks on which they
// differ, and the attempts of each task side by side. Pure.
[[nodiscard]] std::string task_sections(const ReportData& data,
                                        const std::vector<std::pair<std::size_t, std::size_t>>& pairs);

}  // namespace hearth::eval::detail
