#include "tune/keep_rule.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "eval/distributions.h"

namespace hearth::tune {

namespace {

constexpr double kLeastScatter = 0.01;

double mean(std::span<const double> values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

std::vector<double> column(std::span<const std::vector<double>> rounds, std::size_t index) {
    std::vector<double> values;
    values.reserve(rounds.size());
    for (const std::vector<double>& round : rounds)
        values.push_back(round[index]);
    return values;
}

Ruling ruling_of(const Judgement& judgement, std::size_t rounds, const Rule& rule) {
    const Gain& overall = judgement.overall;
    const bool harms =
        std::ranges::any_of(judgement.gains, [&](const Gain& gain) { return gain.ratio < rule.most_harm; });
    const bool surely_harms = std::ranges::any_of(judgement.gains, [&](const Gain& gain) {
        return gain.interval && gain.interval->high < rule.most_harm;
    });
    if (overall.ratio < 1) return Ruling::kNoGain;
    if (surely_harms) return Ruling::kHarm;
    if (overall.interval && overall.interval->high < rule.least_gain) return Ruling::kNoGain;
    const bool stands_out = overall.interval && overall.interval->low > 1 && overall.ratio >= rule.least_gain;
    if (rounds >= rule.least_rounds && stands_out && !harms) return Ruling::kKeep;
    if (rounds < rule.most_rounds) return Ruling::kGoOn;
    if (harms) return Ruling::kHarm;
    return overall.ratio < rule.least_gain ? Ruling::kNoGain : Ruling::kUndecided;
}

}  // namespace

Gain gain_of(std::span<const double> log_ratios, double confidence) {
    const double middle = mean(log_ratios);
    Gain gain{.ratio = std::exp(middle), .interval = {}};
    if (log_ratios.size() < 2) return gain;
    const auto count = static_cast<double>(log_ratios.size());
    double squares = 0;
    for (const double each : log_ratios)
        squares += (each - middle) * (each - middle);
    const double scatter = std::max(kLeastScatter, std::sqrt(squares / (count - 1)));
    const double half = eval::student_quantile(0.5 + confidence / 2, count - 1) * scatter / std::sqrt(count);
    gain.interval = eval::Interval{.low = std::exp(middle - half), .high = std::exp(middle + half)};
    return gain;
}

Judgement judge(std::span<const std::vector<double>> rounds, const Rule& rule) {
    Judgement judgement;
    std::vector<double> overall;
    for (const std::vector<double>& round : rounds)
        overall.push_back(mean(round));
    judgement.overall = gain_of(overall, rule.confidence);
    for (std::size_t i = 0; i < rounds.front().size(); ++i)
        judgement.gains.push_back(gain_of(column(rounds, i), rule.confidence));
    judgement.ruling = ruling_of(judgement, rounds.size(), rule);
    return judgement;
}

}  // namespace hearth::tune
