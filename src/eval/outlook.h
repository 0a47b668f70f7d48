#pragma once
#include <optional>
#include <string>

#include "eval/paired.h"
#include "eval/power.h"
#include "eval/ranking.h"

namespace hearth::eval {

// The difference that runs are planned for when nobody says otherwise.
inline constexpr double kUsualEffect = 0.10;

// What two arms tell about comparing them again.
struct Outlook {
    Design design;  // the tasks that both have run, and the fewest runs of any of them
    Expectation
        expectation;  // flips: mean of both arms; spread: what their differences vary beyond the flips
    bool flips_known =
        false;              // whether every task ran twice in both; if not, all that varies counts as flips
    double detectable = 1;  // what this design finds four times in five
    double wanted = 0;      // a round difference below that: 10 points, halved until it is smaller
    std::optional<std::size_t>
        tasks;  // that find `wanted` with as many seeds; empty when 100,000 are not enough
    std::optional<std::size_t>
        seeds;  // that find it with the same tasks; empty when none do or flips are unknown
};

// `alpha` is that of one comparison: divide by their number where p-values are corrected. Two imagined tasks, half a run apart from 0
// each, are added as for the interval of paired.h, because a few tasks that agree do not prove that every task does. Pure.
[[nodiscard]] Outlook outlook(const Outcomes& base, const Outcomes& other, double alpha = 0.05);

// "20 tasks x 3 seeds".
[[nodiscard]] std::string design_words(const Design& design);

// "20 tasks x 3 seeds find a difference of 23 points four times in five; 10 points would take 105 tasks x 3 seeds, or 20 tasks x 14
// seeds". Empty without a task in common.
[[nodiscard]] std::string outlook_words(const Outlook& outlook);

// What the arms of one run tell together about comparisons like theirs.
struct SeenVariance {
    std::optional<double> flip_rate;  // mean over arms; empty when no task ran twice
    std::optional<double>
        effect_spread;  // over pairs of arms, root of the mean square; empty for one arm or unknown flips
};

[[nodiscard]] SeenVariance seen_variance(const std::vector<Arm>& arms);

}  // namespace hearth::eval
