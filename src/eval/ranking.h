#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "eval/paired.h"
#include "eval/pass_rate.h"

namespace hearth::eval {

struct Arm {
    std::string name;
    Outcomes outcomes;
};

struct RankedArm {
    std::size_t arm = 0;  // place among the arms that were given
    std::string name;
    PassRate rate;
    std::size_t best_rank = 1;      // one more than there are arms proven better
    std::size_t worst_rank = 1;     // the number of arms less those proven worse
    std::vector<std::string> ties;  // arms that it cannot be told from
};

struct ArmPair {
    std::size_t first = 0;  // places in `arms` of the ranking; `first` has the higher rate
    std::size_t second = 0;
    Comparison comparison;   // base is `second`
    double corrected_p = 1;  // Holm, over all pairs
    bool separated = false;
};

struct Ranking {
    std::vector<RankedArm> arms;  // by best rank, then worst rank, then name: never by rate alone
    std::vector<ArmPair> pairs;
    bool total = false;  // every arm is separated from every other
};

// Orders arms only where their paired comparison does: corrected p below alpha and an interval without 0. Everything else is a tie
// and is called so. Pure. Cost: a comparison for each pair.
[[nodiscard]] Ranking rank(const std::vector<Arm>& arms, double alpha = 0.05);

}  // namespace hearth::eval
