#include "app/machine_facts.h"

#include "os/paths.h"

namespace hearth::app {

Result<MachineFacts> machine_facts() {
    MachineFacts facts;
    facts.machine = TRY(capacity::probe_machine());
    facts.identity = capacity::machine_identity(facts.machine);
    facts.gpus = capacity::probe_gpus();
    facts.measurement = capacity::load_measurement(os::paths_from_environment().state, facts.identity);
    return facts;
}

capacity::MachineProfile profile_of(const MachineFacts& facts, bool use_gpu) {
    capacity::MachineProfile profile = capacity::profile_of(facts.machine);
    if (facts.measurement) profile.speeds.host = capacity::cpu_speed(*facts.measurement, facts.machine.cpu);
    if (!use_gpu || facts.gpus.empty()) return profile;
    const capacity::GpuFacts& gpu = facts.gpus.front();
    profile.gpu = capacity::GpuProfile{
        .name = gpu.name, .total = gpu.total, .available = gpu.available, .unified = gpu.unified};
    return profile;
}

}  // namespace hearth::app
