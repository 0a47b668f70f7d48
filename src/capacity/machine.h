#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/units.h"

namespace hearth::capacity {

struct CpuFacts {
    std::string architecture;  // "x86_64", "aarch64"
    std::string model;         // "AMD EPYC 9354"
    std::string microcode;     // empty where the kernel does not say
    std::vector<std::string> flags;
    int logical = 1;   // that this process may run on, within the quota of its control group
    int physical = 1;  // of those, counted by core
};

struct MemoryFacts {
    Bytes total{0};      // of the machine, or the limit of our control group when that is lower
    Bytes available{0};  // what can be taken now without swapping, within that limit
};

struct Machine {
    CpuFacts cpu;
    MemoryFacts memory;
    std::vector<std::string> drivers;  // "nvidia 550.54": accelerators whose driver is loaded
};

// Reads /proc, /sys and the control groups of this process.
// Errors: kUnavailable when /proc cannot be read. Threads: any. Cost: about a millisecond.
[[nodiscard]] Result<Machine> probe_machine();

// What decides whether an engine build that worked here still works: CPU model, flags, microcode and drivers, as a
// short hash. Pure.
[[nodiscard]] std::string machine_identity(const Machine& machine);

// Text of /proc/cpuinfo; `allowed` are the processors this process may use (empty: all). Pure.
[[nodiscard]] CpuFacts parse_cpuinfo(std::string_view text, const std::vector<int>& allowed);

// Text of /proc/meminfo. Errors: kCorrupt without MemTotal. Pure.
[[nodiscard]] Result<MemoryFacts> parse_meminfo(std::string_view text);

// Whole processors that a control group's cpu.max ("200000 100000") allows; nothing when it sets no limit. Pure.
[[nodiscard]] std::optional<int> parse_cpu_max(std::string_view text);

// A control group's memory limit and use. `reclaimable` of the use is page cache that gives way.
struct GroupMemory {
    Bytes limit{0};
    Bytes used{0};
    Bytes reclaimable{0};
};

// The tighter of the machine and the group. Pure.
[[nodiscard]] MemoryFacts within_group(MemoryFacts machine, const std::optional<GroupMemory>& group);

}  // namespace hearth::capacity
