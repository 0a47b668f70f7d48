#pragma once
#include <string>
#include <vector>

#include "capacity/planner.h"

namespace hearth::capacity {

// A model that was planned for a machine.
struct Candidate {
    std::string name;
    const model::Architecture* model = nullptr;
    Plan plan;
};

// A machine that a model was planned for.
struct Offer {
    const MachineProfile* machine = nullptr;
    Plan plan;
};

// Decode speed of one user while all slots work, each with a quarter of its context. Pure.
[[nodiscard]] Range speed_for_one(const Plan& plan);

// Keeps the models that fit and whose speed for each user is at least `least` (where it is known), those with the most
// parameters first: within a generation that is the best guess at quality that a header allows. Pure.
void rank_models(std::vector<Candidate>& candidates, double least);

// Keeps the machines on which it fits and is fast enough, the cheapest first and those of unknown price last. Pure.
void rank_offers(std::vector<Offer>& offers, double least);

}  // namespace hearth::capacity
