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
    const auto profile_of_gpu = [](const capacity::GpuFacts& each) {
        return capacity::GpuProfile{
            .name = each.name, .total = each.total, .available = each.available, .unified = each.unified};
    };
    profile.gpu = profile_of_gpu(gpu);
    // One engine drives those of one driver.
    std::vector<capacity::GpuProfile> more;
    for (std::size_t i = 1; i < facts.gpus.size(); ++i)
        if (!gpu.unified && !facts.gpus[i].unified && facts.gpus[i].driver == gpu.driver)
            more.push_back(profile_of_gpu(facts.gpus[i]));
    if (!more.empty()) capacity::add_cards(profile, more);
    return profile;
}

}  // namespace hearth::app
