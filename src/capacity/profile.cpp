#include "capacity/profile.h"

namespace hearth::capacity {

MachineProfile profile_of(const Machine& machine) {
    return {.name = machine.cpu.model.empty() ? std::string("this machine") : machine.cpu.model,
            .memory = machine.memory,
            .cores = machine.cpu.physical,
            .layout = weight_layout(machine.cpu),
            .gpu = std::nullopt};
}

}  // namespace hearth::capacity
