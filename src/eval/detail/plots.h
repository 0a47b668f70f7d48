#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "eval/report_data.h"

namespace hearth::eval::detail {

// Plots of the report as inline SVG, in the colours of the style sheet, with labelled axes. Names are escaped here. Pure.

struct RatePoint {
    std::size_t arm = 0;  // decides colour and number
    std::string name;
    PassRate rate;
};

[[nodiscard]] std::string rate_plot(const std::vector<RatePoint>& points);

struct CostPoint {
    RatePoint rate;
    double seconds = 0;  // of a mean attempt
};

[[nodiscard]] std::string cost_plot(const std::vector<CostPoint>& points);

struct SolvedTime {
    std::size_t arm = 0;
    std::string name;
    std::optional<double> seconds;  // empty when nothing was solved
};

[[nodiscard]] std::string time_plot(const std::vector<SolvedTime>& times);

[[nodiscard]] std::string version_plot(const std::vector<VersionLine>& lines);

// Round values from 0 to at least `most`, about `count` of them.
[[nodiscard]] std::vector<double> round_ticks(double most, int count);

}  // namespace hearth::eval::detail
