#pragma once
#include "eval/paired.h"

namespace hearth::eval {

struct GateRule {
    double alpha = 0.05;          // false alarms that are accepted
    double drop_to_catch = 0.10;  // the drop for which the power is stated
};

struct GateDecision {
    bool dropped = false;  // the only reason to fail
    Comparison
        comparison;  // base is the baseline; its interval is two-sided at 1 - 2 alpha, so it agrees with the test
    double p_value = 1;  // one-sided
    double power = 0;    // chance to have caught a true drop of `drop_to_catch` with these tasks and runs
    double detectable_drop = 1;  // what would have been caught four times in five
};

// Whether a candidate solves less than its baseline, paired by task; variants of one task count as further runs of it. Fails only when the one-sided exact randomisation test
// says so at alpha; a pass with little power is no proof, so the power comes with it. Its false alarm rate is at most alpha when
// the arms do not differ, however often runs flip. Pure.
[[nodiscard]] GateDecision regression_gate(const Outcomes& baseline, const Outcomes& candidate,
                                           const GateRule& rule = {});

}  // namespace hearth::eval
