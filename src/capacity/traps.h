#pragma once
#include <string>
#include <vector>

#include "capacity/planner.h"

namespace hearth::capacity {

// What people get wrong about this model on this machine, in sentences with the numbers. Pure.
[[nodiscard]] std::vector<std::string> traps_of(const model::Architecture& model,
                                                const MachineProfile& machine, const Plan& plan);

}  // namespace hearth::capacity
