#include "eval/distributions.h"

#include <cmath>

#include <boost/math/distributions/normal.hpp>
#include <boost/math/distributions/students_t.hpp>

namespace hearth::eval {

namespace {

// From here on t and normal quantiles agree to six digits.
constexpr double kManyDegrees = 1e6;

}  // namespace

double normal_cdf(double z) { return 0.5 * std::erfc(-z / std::sqrt(2.0)); }

double normal_quantile(double probability) {
    return boost::math::quantile(boost::math::normal_distribution<double>(), probability);
}

double student_quantile(double probability, double degrees_of_freedom) {
    if (degrees_of_freedom >= kManyDegrees) return normal_quantile(probability);
    return boost::math::quantile(boost::math::students_t_distribution<double>(degrees_of_freedom),
                                 probability);
}

}  // namespace hearth::eval
