#include "scaffold/agreement.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <map>
#include <tuple>

#include "core/text.h"

namespace hearth::scaffold {
namespace {

// All that a candidate was seen to do, as one text.
std::string signature(const Behaviour& behaviour) {
    std::string all = behaviour.loads ? "" : behaviour.error;
    for (const auto& check : behaviour.checks)
        all += fmt::format("{}={}:{}\n", check.place, check.value.size(), check.value);
    return all;
}

double agreement(const Standing& standing) {
    return static_cast<double>(standing.own + 1) * std::sqrt(static_cast<double>(standing.alike));
}

Standing standing_of(std::size_t index, const Behaviour& behaviour, const std::vector<std::string>& tests,
                     std::size_t examples) {
    Standing standing{.index = index, .loads = behaviour.loads};
    for (const auto& check : behaviour.checks) {
        const bool example = check.test < examples;
        if (check.as_expected) ++(example ? standing.examples : standing.own);
        if (example && !check.as_expected && standing.first_miss.empty() && check.test < tests.size())
            standing.first_miss = fmt::format("{}\nbut it gives {}", trim(tests[check.test]), check.value);
    }
    if (!behaviour.loads) standing.first_miss = behaviour.error;
    return standing;
}

}  // namespace

std::vector<Standing> rank_by_agreement(const std::vector<Behaviour>& candidates,
                                        const std::vector<std::string>& tests, std::size_t examples) {
    std::map<std::string, std::size_t> alike;
    for (const auto& each : candidates)
        ++alike[signature(each)];
    std::vector<Standing> all;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        all.push_back(standing_of(i, candidates[i], tests, examples));
        all.back().alike = alike[signature(candidates[i])];
    }
    std::ranges::sort(all, [](const Standing& a, const Standing& b) {
        return std::tuple(b.loads, b.examples, agreement(b), a.index) <
               std::tuple(a.loads, a.examples, agreement(a), b.index);
    });
    return all;
}

}  // namespace hearth::scaffold
