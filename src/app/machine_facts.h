#pragma once
#include <optional>
#include <string>
#include <vector>

#include "capacity/gpu.h"
#include "capacity/machine.h"
#include "capacity/measurement.h"
#include "capacity/profile.h"
#include "core/result.h"

namespace hearth::app {

// What is known of the machine this runs on.
struct MachineFacts {
    capacity::Machine machine;
    std::string identity;
    std::vector<capacity::GpuFacts> gpus;
    std::optional<capacity::Measurement> measurement;  // kept from `hearth machine --measure`
};

[[nodiscard]] Result<MachineFacts> machine_facts();

// The same as a plan needs it. A GPU is planned with only where `use_gpu` is set: the engine that is installed may have none.
[[nodiscard]] capacity::MachineProfile profile_of(const MachineFacts& facts, bool use_gpu);

}  // namespace hearth::app
