#include "eval/outlook.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>

#include "eval/variance.h"

namespace hearth::eval {
namespace {

// The tasks of `outcomes` that `other` has run as well.
Outcomes common(const Outcomes& outcomes, const Outcomes& other) {
    Outcomes result;
    for (const auto& each : outcomes) {
        const auto found = std::ranges::find(other, each.task, &TaskOutcomes::task);
        if (!each.passed.empty() && found != other.end() && !found->passed.empty()) result.push_back(each);
    }
    return result;
}

// Variance of a task's difference that chance explains: half the flips for each arm, over its runs.
double chance_part(const Outcomes& outcomes) {
    double sum = 0;
    for (const auto& each : outcomes) {
        const auto runs = static_cast<double>(each.passed.size());
        sum += each.rate() * (1 - each.rate()) / (runs - 1);
    }
    return sum / static_cast<double>(outcomes.size());
}

std::string points_words(double effect) { return fmt::format("{:.3g} points", effect * 100); }

}  // namespace

Outlook outlook(const Outcomes& base, const Outcomes& other, double alpha) {
    const auto comparison = compare(base, other);
    const auto first = common(base, other);
    const auto second = common(other, base);
    Outlook result;
    result.design = {comparison.tasks, std::min(fewest_runs(first), fewest_runs(second))};
    result.expectation = {.flip_rate = 0, .effect_spread = 0, .alpha = alpha};
    if (comparison.tasks == 0) return result;
    const auto tasks = static_cast<double>(comparison.tasks);
    const auto seeds = static_cast<double>(result.design.seeds);
    const double half_run = 0.5 / seeds;
    const double variance =
        (comparison.deviation * comparison.deviation * (tasks - 1) + 2 * half_run * half_run) / (tasks + 1);
    result.flips_known = result.design.seeds > 1;
    if (result.flips_known) {
        result.expectation.flip_rate = (run_variance(first).flip_rate + run_variance(second).flip_rate) / 2;
        result.expectation.effect_spread =
            std::sqrt(std::max(0.0, variance - chance_part(first) - chance_part(second)));
    } else {
        result.expectation.flip_rate = variance * seeds;
    }
    result.detectable = detectable_effect(result.design, result.expectation);
    result.wanted = kUsualEffect;
    while (result.wanted >= result.detectable)
        result.wanted /= 2;
    result.tasks = tasks_needed(result.wanted, result.design.seeds, result.expectation);
    if (result.flips_known)
        result.seeds = seeds_needed(result.wanted, result.design.tasks, result.expectation);
    return result;
}

std::string design_words(const Design& design) {
    return fmt::format("{} task{} x {} seed{}", design.tasks, design.tasks == 1 ? "" : "s", design.seeds,
                       design.seeds == 1 ? "" : "s");
}

std::string outlook_words(const Outlook& outlook) {
    const auto& design = outlook.design;
    if (design.tasks == 0) return {};
    const auto now = design_words(design);
    const auto fewest = fewest_tasks(outlook.expectation.alpha);
    auto words =
        design.tasks < fewest
            ? fmt::format("{} cannot find any difference, which takes {} tasks at least", now, fewest)
            : fmt::format("{} find a difference of {:.0f} points four times in five", now,
                          std::ceil(outlook.detectable * 100));
    const auto wanted = points_words(outlook.wanted);
    words += outlook.tasks
                 ? fmt::format("; {} would take {}", wanted, design_words({*outlook.tasks, design.seeds}))
                 : fmt::format("; {} are out of reach", wanted);
    if (outlook.seeds) {
        words += fmt::format(", or {}", design_words({design.tasks, *outlook.seeds}));
    } else if (outlook.flips_known && outlook.tasks) {
        words += "; no number of seeds makes up for more tasks";
    }
    return words;
}

SeenVariance seen_variance(const std::vector<Arm>& arms) {
    SeenVariance seen;
    double flips = 0;
    double repeated = 0;
    double squares = 0;
    double pairs = 0;
    for (std::size_t i = 0; i < arms.size(); ++i) {
        const auto variance = run_variance(arms[i].outcomes);
        if (variance.repeated) {
            flips += variance.flip_rate;
            repeated += 1;
        }
        for (std::size_t j = i + 1; j < arms.size(); ++j) {
            const auto pair = outlook(arms[i].outcomes, arms[j].outcomes);
            if (!pair.flips_known) continue;
            squares += pair.expectation.effect_spread * pair.expectation.effect_spread;
            pairs += 1;
        }
    }
    if (repeated > 0) seen.flip_rate = flips / repeated;
    if (pairs > 0) seen.effect_spread = std::sqrt(squares / pairs);
    return seen;
}

}  // namespace hearth::eval
