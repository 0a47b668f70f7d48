#pragma once
#include <string>
#include <vector>

#include "app/machine_facts.h"
#include "capacity/planner.h"
#include "capacity/track_record.h"
#include "core/result.h"

namespace hearth::app {

// What this machine's engines reported, beside what was predicted.
struct PlanCheck {
    std::string machine;  // machine_identity()
    std::vector<capacity::LoadRecord> loads;
    std::vector<capacity::SpeedRecord> speeds;

    [[nodiscard]] std::size_t misses() const;
};

// Of one model where `model` (engine::model_key()) is not empty, then with the speeds of `family` alone. Empty where nothing was kept yet.
[[nodiscard]] Result<PlanCheck> read_plan_check(const std::string& model, const std::string& family);

// Tables by part and for speed. Pure.
[[nodiscard]] std::string render_plan_check(const PlanCheck& check);

// The same as one JSON object. Pure.
[[nodiscard]] std::string plan_check_json(const PlanCheck& check);

// Corrects the speeds of a plan for this machine by what answers showed. A record that cannot be read corrects nothing.
void correct_plan(const MachineFacts& facts, const model::Architecture& model, capacity::Plan& plan);

}  // namespace hearth::app
