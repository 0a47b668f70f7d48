#pragma once
#include <string>
#include <string_view>

#include "eval/paired.h"

namespace hearth::eval::detail {

// Text from outside for an element or a quoted attribute: valid UTF-8, no control characters, < > & " ' escaped.
[[nodiscard]] std::string escaped(std::string_view text);

// The style sheet of the report.
[[nodiscard]] std::string_view report_style();

// "62 %", "0.8 %": shares for people.
[[nodiscard]] std::string percent(double share);

// "+12 points" for a difference of shares.
[[nodiscard]] std::string points(double difference);

// "12 % to 31 %".
[[nodiscard]] std::string interval_text(const Interval& interval);

// Cells of a row about two arms, and their headings: difference, interval, p, tasks better, equal and worse.
[[nodiscard]] std::string comparison_cells(const Comparison& comparison, double corrected_p);
[[nodiscard]] std::string_view comparison_headings();

// "c1" to "c8": the colour class of an arm.
[[nodiscard]] std::string colour_class(std::size_t arm);

}  // namespace hearth::eval::detail
