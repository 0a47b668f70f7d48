#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "capacity/profile.h"

// Any text as a file of machines: what is accepted has memory, cores and finite speeds.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto machines = hearth::capacity::parse_machines(
        std::string_view(reinterpret_cast<const char*>(data), size), "machines.toml");
    if (!machines) {
        if (machines.error().message().empty()) std::abort();
        return 0;
    }
    for (const auto& machine : *machines) {
        if (machine.name.empty() || machine.cores < 1 || machine.memory.total.value <= 0) std::abort();
        if (!(machine.speeds.host.bandwidth >= 0) || !(machine.speeds.device.bandwidth >= 0)) std::abort();
    }
    return 0;
}
