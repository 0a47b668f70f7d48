#include <cstddef>
#include <cstdint>
#include <string_view>

#include "capacity/machine.h"

// Whatever the kernel's files say, there is at least one core and no count is nonsense.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace hearth::capacity;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    for (const std::vector<int>& allowed : {std::vector<int>{}, std::vector<int>{0, 2}}) {
        const CpuFacts facts = parse_cpuinfo(text, allowed);
        HEARTH_ASSERT(facts.physical >= 1 && facts.logical >= 1);
    }
    if (const auto memory = parse_meminfo(text))
        HEARTH_ASSERT(memory->total.value >= 0 && memory->available.value >= 0);
    if (const auto processors = parse_cpu_max(text)) HEARTH_ASSERT(*processors >= 1);
    return 0;
}
