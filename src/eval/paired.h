#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "eval/statistics.h"

namespace hearth::eval {

// Two arms on the tasks that both have run. The effect is other less base: above 0 the other one is better.
struct Comparison {
    std::size_t tasks = 0;
    double base_rate = 0;
    double other_rate = 0;
    double effect = 0;
    Interval interval{-1, 1};  // of the effect, 95 % unless asked otherwise
    double p_value = 1;        // two-sided, that they do not differ
    std::size_t better = 0;    // tasks where the other arm's pass rate is higher
    std::size_t worse = 0;
    std::size_t equal = 0;
    double deviation = 0;  // standard deviation over tasks of their differences
};

// Paired by task name; tasks that only one arm has run are left out. Numbers of runs may differ.
//
// p: exact randomisation test. If the arms do not differ, each task's difference might as well have had the other sign; p is the
// share of all 2^tasks signs with a sum at least as far from 0. With one run each it is McNemar's exact test.
// Interval: bootstrap over tasks, of which the distribution is computed, not sampled, so nothing depends on a seed; widened as
// Student's t asks for, with two imagined tasks that differ by half a run, because a few tasks that all agree do not prove that
// every task does. Pure. Cost: tasks² × runs × distinct differences; a millisecond for 100 tasks.
[[nodiscard]] Comparison compare(const Outcomes& base, const Outcomes& other,
                                 double confidence = kConfidence);

// One-sided p of the same test, that `other` is no worse than `base`: small when it is worse.
[[nodiscard]] double p_of_drop(const Outcomes& base, const Outcomes& other);

// Exact McNemar test for single runs, two-sided: tasks that only the one and only the other solved.
[[nodiscard]] double mcnemar_exact(std::size_t only_base, std::size_t only_other);

// Holm's correction: p-values such that the chance of one false alarm among all is what is said of a single one. Same order.
[[nodiscard]] std::vector<double> holm(const std::vector<double>& p_values);

}  // namespace hearth::eval
