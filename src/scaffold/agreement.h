#pragma once
#include <cstddef>
#include <string>
#include <vector>

#include "scaffold/behaviour.h"

namespace hearth::scaffold {

// How well a candidate stands among the others, where no test decides.
struct Standing {
    std::size_t index = 0;     // of the candidate
    bool loads = false;        // and so can be judged at all
    std::size_t examples = 0;  // of the task's own examples that hold
    std::size_t own = 0;       // of the checks in the model's tests that hold
    std::size_t alike = 0;     // candidates that did the same everywhere, itself included
    std::string first_miss;    // an example that does not hold, in words for a model; empty when all do
};

// The candidates, best first: those that load before those that do not, then by the examples that hold, then by agreement: the
// product of the checks of the model's tests that hold and the root of how many candidates behave alike (Chen et al., "CodeT:
// Code Generation with Generated Tests", 2022), then the earlier one. A wrong test counts for little, because candidates that pass it
// by the same mistake seldom make the same mistake elsewhere too. The first `examples` tests of the probe are the task's. Pure.
[[nodiscard]] std::vector<Standing> rank_by_agreement(const std::vector<Behaviour>& candidates,
                                                      const std::vector<std::string>& tests,
                                                      std::size_t examples);

}  // namespace hearth::scaffold
