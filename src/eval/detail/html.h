#pragma once
#include <string>
#include <string_view>

namespace hearth::eval::detail {

// Text from outside for an element or a quoted attribute: valid UTF-8, no control characters, < > & " ' escaped.
[[nodiscard]] std::string escaped(std::string_view text);

// The style sheet of the report.
[[nodiscard]] std::string_view report_style();

// "62 %", "0.8 %": shares for people.
[[nodiscard]] std::string percent(double share);

// "+12 points" for a difference of shares.
[[nodiscard]] std::string points(double difference);

// "c1" to "c8": the colour class of an arm.
[[nodiscard]] std::string colour_class(std::size_t arm);

}  // namespace hearth::eval::detail
