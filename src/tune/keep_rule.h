#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "eval/statistics.h"

namespace hearth::tune {

// How many times as good: 1.2 is a fifth better.
struct Gain {
    double ratio = 1;
    std::optional<eval::Interval> interval;  // none after one round
};

// Of rounds, each the natural logarithm of candidate / base: their geometric mean, with Student's t over rounds. Rounds that happen to agree to less
// than 1 % are taken to scatter by that. `ratios` is not empty. Pure.
[[nodiscard]] Gain gain_of(std::span<const double> log_ratios, double confidence);

// When a setting is kept. A round measures base and candidate one after the other, the next one in the other order, so that what drifts over
// minutes hits both. After each round one may stop, so each look asks for 99.5 % confidence, and a gain of a few percent is asked for besides: of
// settings that change nothing fewer than one in a hundred is kept (the test simulates it).
struct Rule {
    double confidence = 0.995;
    double least_gain = 1.03;
    double most_harm = 0.95;  // of one workload, whatever the others gain
    std::size_t least_rounds = 3;
    std::size_t most_rounds = 6;
};

enum class Ruling : std::uint8_t {
    kGoOn,
    kKeep,
    kNoGain,
    kHarm,      // one workload loses
    kUndecided  // perhaps a gain: it does not stand out after the most rounds
};

struct Judgement {
    Ruling ruling = Ruling::kGoOn;
    Gain overall;             // geometric mean over workloads
    std::vector<Gain> gains;  // of each workload
};

// `rounds[i][k]` is log(candidate / base) of workload k; all have the same workloads, at least one. Pure.
[[nodiscard]] Judgement judge(std::span<const std::vector<double>> rounds, const Rule& rule = {});

}  // namespace hearth::tune
