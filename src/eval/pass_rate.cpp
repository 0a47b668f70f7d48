#include "eval/pass_rate.h"

#include <algorithm>
#include <cmath>

#include "eval/distributions.h"

namespace hearth::eval {
namespace {

struct Spread {
    double variance = 0;            // of the mean over tasks
    double degrees_of_freedom = 0;  // of its ratio to rate (1 - rate)
};

// Degrees of freedom from the scatter of what each task adds to the logarithm of a variance ratio (Satterthwaite): a
// chi-square over f degrees has a relative variance of 2 / f. Few tasks show too little of their scatter, so some degrees are
// taken off again.
double degrees_from(const std::vector<double>& shares, double tasks) {
    double mean = 0;
    for (const double share : shares)
        mean += share / tasks;
    double variance = 0;
    for (const double share : shares)
        variance += (share - mean) * (share - mean) / (tasks - 1);
    const double relative = variance / tasks;
    return relative < 1e-9 ? 1e9 : std::clamp(2 / relative * (1 - 4 / (tasks + 4)), 1.0, 1e9);
}

// Tasks as clusters. A task's share is its squared deviation over the variance, less the part that goes with the mean itself:
// Wilson's interval follows that part already. With one run a task the shares are all 1, and Wilson is left as it is.
Spread between_tasks(const Outcomes& outcomes, double rate) {
    const auto tasks = static_cast<double>(outcomes.size());
    double squares = 0;
    for (const auto& each : outcomes)
        squares += (each.rate() - rate) * (each.rate() - rate);
    const double sample_variance = squares / (tasks - 1);
    const double bernoulli = rate * (1 - rate);
    std::vector<double> shares;
    for (const auto& each : outcomes) {
        const double off = each.rate() - rate;
        shares.push_back(off * off / (squares / tasks) - (1 - 2 * rate) * off / bernoulli);
    }
    // rate (1 - rate) is itself too small by the variance of the mean.
    const double ratio = sample_variance / (bernoulli + sample_variance / tasks);
    return {ratio * bernoulli / tasks, degrees_from(shares, tasks)};
}

// Tasks as given: the variance within each, from its own runs.
Spread within_tasks(const Outcomes& outcomes) {
    const auto tasks = static_cast<double>(outcomes.size());
    double sum = 0;
    double runs = 0;
    for (const auto& each : outcomes) {
        sum += each.rate() * (1 - each.rate()) / static_cast<double>(each.passed.size() - 1);
        runs += static_cast<double>(each.passed.size());
    }
    std::vector<double> shares;
    for (const auto& each : outcomes) {
        const double own = each.rate() * (1 - each.rate()) / static_cast<double>(each.passed.size() - 1);
        shares.push_back(sum == 0 ? 1 : own * tasks / sum);
    }
    // Half a task more, that passes half the time: where no run of any task differed yet, one may still.
    const double mean_runs = runs / tasks;
    const double widened = sum + 0.125 / mean_runs;
    return {widened / (tasks * tasks), degrees_from(shares, tasks)};
}

std::optional<double> mean_of(const Outcomes& outcomes, std::size_t k,
                              double (*chance)(double, double, double)) {
    const auto kept = with_runs(outcomes);
    if (k == 0 || kept.empty()) return std::nullopt;
    double sum = 0;
    for (const auto& each : kept) {
        if (each.passed.size() < k) return std::nullopt;
        sum += chance(static_cast<double>(each.passed.size()), static_cast<double>(each.passes()),
                      static_cast<double>(k));
    }
    return sum / static_cast<double>(kept.size());
}

// C(marked, k) / C(all, k): the chance that k runs drawn without putting back are all among the marked.
double all_among(double all, double marked, double k) {
    double chance = 1;
    for (double i = 0; i < k; ++i)
        chance *= std::max(0.0, marked - i) / (all - i);
    return chance;
}

}  // namespace

Interval wilson(double passes, double runs, double quantile) {
    if (runs <= 0) return {};
    const double rate = passes / runs;
    const double square = quantile * quantile;
    const double middle = (rate + square / (2 * runs)) / (1 + square / runs);
    const double half =
        quantile / (1 + square / runs) * std::sqrt(rate * (1 - rate) / runs + square / (4 * runs * runs));
    return {std::max(0.0, middle - half), std::min(1.0, middle + half)};
}

Interval wilson(std::size_t passes, std::size_t runs, double confidence) {
    return wilson(static_cast<double>(passes), static_cast<double>(runs),
                  normal_quantile((1 + confidence) / 2));
}

PassRate pass_rate(const Outcomes& outcomes, Scope scope, double confidence) {
    const auto kept = with_runs(outcomes);
    PassRate result;
    result.tasks = kept.size();
    if (kept.empty()) return result;
    const auto tasks = static_cast<double>(kept.size());
    double inverse_runs = 0;
    bool repeated = true;
    for (const auto& each : kept) {
        result.runs += each.passed.size();
        inverse_runs += 1 / static_cast<double>(each.passed.size());
        repeated = repeated && each.passed.size() > 1;
    }
    result.rate = mean_rate(kept);
    const double bernoulli = result.rate * (1 - result.rate);
    const double independent =
        tasks * tasks / inverse_runs;  // if all runs were independent: the most there can be
    const double level = (1 + confidence) / 2;
    double quantile = normal_quantile(level);
    result.effective_n = tasks;  // all tasks alike at 0 or 1: nothing is known of the spread
    if (bernoulli > 1e-12 && kept.size() > 1) {
        const bool fixed = scope == Scope::kTheseTasks && repeated;
        const auto spread = fixed ? within_tasks(kept) : between_tasks(kept, result.rate);
        const double least = fixed ? 0 : bernoulli / independent;
        result.effective_n = bernoulli / std::max(spread.variance, least);
        // At the least the variance is not estimated but known.
        if (spread.variance > least) quantile = student_quantile(level, spread.degrees_of_freedom);
    }
    result.interval = wilson(result.rate * result.effective_n, result.effective_n, quantile);
    return result;
}

std::optional<double> pass_at_k(const Outcomes& outcomes, std::size_t k) {
    return mean_of(outcomes, k, [](double runs, double passes, double draws) {
        return 1 - all_among(runs, runs - passes, draws);
    });
}

std::optional<double> pass_hat_k(const Outcomes& outcomes, std::size_t k) {
    return mean_of(outcomes, k, all_among);
}

}  // namespace hearth::eval
