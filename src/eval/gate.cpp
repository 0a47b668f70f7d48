#include "eval/gate.h"

#include <algorithm>
#include <cmath>

#include "eval/power.h"
#include "eval/variance.h"

namespace hearth::eval {
namespace {

// Standard deviation of one task's difference as it would be without a drop. Few tasks that all agree do not prove that none ever
// flips: one more that flipped is imagined.
double expected_deviation(const Comparison& comparison) {
    const auto tasks = static_cast<double>(comparison.tasks);
    const double squares = comparison.deviation * comparison.deviation * std::max(1.0, tasks - 1);
    return std::sqrt(std::max(squares, 1.0) / std::max(1.0, tasks));
}

}  // namespace

GateDecision regression_gate(const Outcomes& baseline, const Outcomes& candidate, const GateRule& rule) {
    GateDecision decision;
    decision.comparison = compare(baseline, candidate, 1 - 2 * rule.alpha);
    decision.p_value = p_of_drop(baseline, candidate);
    decision.dropped = decision.comparison.tasks > 0 && decision.p_value <= rule.alpha;
    const Design design{decision.comparison.tasks, 1};
    const Expectation expectation{
        .flip_rate = 0, .effect_spread = expected_deviation(decision.comparison), .alpha = 2 * rule.alpha};
    decision.power = power_of(design, rule.drop_to_catch, expectation);
    decision.detectable_drop = detectable_effect(design, expectation);
    return decision;
}

}  // namespace hearth::eval
