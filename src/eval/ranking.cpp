#include "eval/ranking.h"

#include <algorithm>
#include <numeric>
#include <tuple>

namespace hearth::eval {
namespace {

std::vector<ArmPair> compare_all(const std::vector<Arm>& arms, double alpha) {
    std::vector<ArmPair> pairs;
    std::vector<double> p_values;
    for (std::size_t i = 0; i < arms.size(); ++i) {
        for (std::size_t j = i + 1; j < arms.size(); ++j) {
            ArmPair pair{i, j, compare(arms[j].outcomes, arms[i].outcomes, 1 - alpha)};
            if (pair.comparison.effect < 0)
                pair = {j, i, compare(arms[i].outcomes, arms[j].outcomes, 1 - alpha)};
            p_values.push_back(pair.comparison.p_value);
            pairs.push_back(std::move(pair));
        }
    }
    const auto corrected = holm(p_values);
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        pairs[i].corrected_p = corrected[i];
        pairs[i].separated = corrected[i] < alpha && pairs[i].comparison.interval.low > 0;
    }
    return pairs;
}

}  // namespace

Ranking rank(const std::vector<Arm>& arms, double alpha) {
    Ranking ranking;
    ranking.pairs = compare_all(arms, alpha);
    std::vector<RankedArm> ranked;
    for (const auto& arm : arms)
        ranked.push_back({.arm = ranked.size(),
                          .name = arm.name,
                          .rate = pass_rate(arm.outcomes),
                          .worst_rank = arms.size()});
    ranking.total = true;
    for (const auto& pair : ranking.pairs) {
        if (pair.separated) {
            ++ranked[pair.second].best_rank;
            --ranked[pair.first].worst_rank;
        } else {
            ranking.total = false;
            ranked[pair.first].ties.push_back(arms[pair.second].name);
            ranked[pair.second].ties.push_back(arms[pair.first].name);
        }
    }
    std::vector<std::size_t> order(arms.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [&](std::size_t i) {
        return std::tuple(ranked[i].best_rank, ranked[i].worst_rank, ranked[i].name, i);
    });
    std::vector<std::size_t> place(arms.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
        place[order[i]] = i;
        ranking.arms.push_back(ranked[order[i]]);
    }
    for (auto& pair : ranking.pairs) {
        pair.first = place[pair.first];
        pair.second = place[pair.second];
    }
    return ranking;
}

}  // namespace hearth::eval
