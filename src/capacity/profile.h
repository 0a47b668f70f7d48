#pragma once
#include <optional>
#include <string>

#include "capacity/machine.h"
#include "capacity/memory_model.h"
#include "core/units.h"

namespace hearth::capacity {

// An accelerator as a plan needs it.
struct GpuProfile {
    std::string name;
    Bytes total{0};
    Bytes available{0};
    bool unified = false;  // its memory is the machine's
};

// A machine to plan for: this one, or one of the catalogue.
struct MachineProfile {
    std::string name;
    MemoryFacts memory;
    int cores = 1;
    WeightLayout layout = WeightLayout::kAvx2;
    std::optional<GpuProfile> gpu;
};

[[nodiscard]] MachineProfile profile_of(const Machine& machine);

}  // namespace hearth::capacity
