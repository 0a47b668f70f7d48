#pragma once

namespace hearth::eval {

// The few distributions that the statistics need. Pure.

[[nodiscard]] double normal_cdf(double z);

// Where the normal distribution has `probability` (between 0 and 1, both excluded) below it.
[[nodiscard]] double normal_quantile(double probability);

// The same for Student's t. Degrees of freedom above 0; very many give the normal distribution.
[[nodiscard]] double student_quantile(double probability, double degrees_of_freedom);

}  // namespace hearth::eval
