#pragma once
#include <string>
#include <vector>

#include "capacity/advice.h"
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

// Models for a machine, and machines for a model, as they were ranked (capacity/advice.h). Pure.
[[nodiscard]] std::string render_candidates(const std::vector<capacity::Candidate>& candidates,
                                            const capacity::MachineProfile& machine, double least_speed);
[[nodiscard]] std::string candidates_json(const std::vector<capacity::Candidate>& candidates);
[[nodiscard]] std::string render_offers(const std::vector<capacity::Offer>& offers, const std::string& model,
                                        double least_speed);
[[nodiscard]] std::string offers_json(const std::vector<capacity::Offer>& offers);

}  // namespace hearth::app
