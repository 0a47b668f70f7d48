#pragma once
#include <cstddef>
#include <optional>

#include "eval/statistics.h"

namespace hearth::eval {

// What an interval speaks of.
enum class Scope {
    kTasksLikeThese,  // the tasks are a sample of what the user does: uncertain are tasks and runs
    kTheseTasks,      // just this suite, run again: uncertain are the runs alone. Needs two runs of each task
};

struct PassRate {
    std::size_t tasks = 0;
    std::size_t runs = 0;
    double rate = 0;         // mean over tasks
    Interval interval;       // 0 to 1 without runs
    double effective_n = 0;  // independent runs that would tell as much
};

// Wilson's score interval for `passes` of `runs` (both may be fractions, as in an effective sample size).
[[nodiscard]] Interval wilson(double passes, double runs, double quantile);
[[nodiscard]] Interval wilson(std::size_t passes, std::size_t runs, double confidence = kConfidence);

// The pass rate with an interval that allows for the runs of one task being alike: Wilson's interval at the effective
// sample size n_eff = rate (1 - rate) / variance of the mean over tasks, with Student's t for the uncertainty of that
// variance. With one run of each task it is Wilson's interval exactly. Coverage: docs/eval-statistics.md.
// kTheseTasks falls back to kTasksLikeThese (which is wider) where a task has one run only.
[[nodiscard]] PassRate pass_rate(const Outcomes& outcomes, Scope scope = Scope::kTasksLikeThese,
                                 double confidence = kConfidence);

// The chance that at least one of k runs passes (pass@k) or that all do (pass^k), unbiased, mean over tasks. Empty when k is 0
// or some task has fewer than k runs.
[[nodiscard]] std::optional<double> pass_at_k(const Outcomes& outcomes, std::size_t k);
[[nodiscard]] std::optional<double> pass_hat_k(const Outcomes& outcomes, std::size_t k);

}  // namespace hearth::eval
