#pragma once
#include <string>

#include "capacity/planner.h"
#include "model/architecture.h"

namespace hearth::app {

struct PlanReport {
    std::string model;
    const model::Architecture& architecture;
    const capacity::MachineProfile& machine;
    const capacity::Plan& plan;
};

// Memory by part with bars, what fits, the settings. `why` adds the reason for each setting. Pure.
[[nodiscard]] std::string render_plan(const PlanReport& report, bool why);

// The same as one JSON object. Pure.
[[nodiscard]] std::string plan_json(const PlanReport& report);

}  // namespace hearth::app
