#include "capacity/traps.h"

#include <algorithm>
#include <fmt/format.h>

namespace hearth::capacity {

namespace {

std::string billions(std::int64_t parameters) {
    return fmt::format("{:.3g} billion", static_cast<double>(parameters) / 1e9);
}

}  // namespace

std::vector<std::string> traps_of(const model::Architecture& model, const MachineProfile& machine,
                                  const Plan& plan) {
    std::vector<std::string> traps;
    const std::int64_t all = model.parameters();
    const std::int64_t active = model.active_parameters();
    if (active > 0 && active < all / 2)
        traps.push_back(fmt::format(
            "Active parameters are not the footprint: {} of {} parameters work on a token, which is what it "
            "is fast by, but all of them have to be in memory.",
            billions(active), billions(all)));
    const Bytes cache = plan.memory.host.kv_cache + plan.memory.device.kv_cache;
    const Bytes weights = plan.memory.host.weights + plan.memory.device.weights;
    if (cache.value > weights.value / 4)
        traps.push_back(
            fmt::format("The KV cache is {:.0f} % of the weights at this context: it grows with every token "
                        "of every slot.",
                        100.0 * static_cast<double>(cache.value) /
                            static_cast<double>(std::max<std::int64_t>(1, weights.value))));
    if (machine.memory.available.value < machine.memory.total.value * 4 / 5)
        traps.push_back(fmt::format("Free memory counts, not installed memory: {} of {} are free now.",
                                    human_bytes(machine.memory.available),
                                    human_bytes(machine.memory.total)));
    if (plan.memory.duplicated.value > 0)
        traps.push_back(
            fmt::format("Its embedding is also its output matrix, and the engine holds it twice here: {} "
                        "more than the file.",
                        human_bytes(plan.memory.duplicated)));
    if (plan.memory.repacked.value > weights.value * 3 / 10)
        traps.push_back(
            fmt::format("{} of the weights are copied into the CPU's own layout. Tools that show resident "
                        "memory count the file's pages "
                        "as well, though the kernel takes those back when it needs them.",
                        human_bytes(plan.memory.repacked)));
    if (plan.shape.prompt_cache.value > 0)
        traps.push_back(fmt::format(
            "llama-server started by hand keeps up to 8 GiB of old prompts in RAM, which no estimate shows; "
            "here it is limited to {}.",
            human_bytes(plan.shape.prompt_cache)));
    if (machine.gpu && machine.gpu->unified)
        traps.emplace_back("CPU and GPU share this memory: what the desktop takes is missing for the model.");
    return traps;
}

}  // namespace hearth::capacity
