#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
#include <sys/types.h>

namespace hearth::engine {

// Processor time in the system's ticks since its start.
struct ProcessorTicks {
    std::int64_t busy = 0;   // at work for anybody, also for other guests of the host
    std::int64_t all = 0;    // busy and idle, of all processors together
    std::int64_t child = 0;  // of one process
};

// The first two from the text of /proc/stat. Pure.
[[nodiscard]] std::optional<ProcessorTicks> parse_processor_ticks(std::string_view stat);

// Of the machine and of one process. Nothing when that is gone.
[[nodiscard]] std::optional<ProcessorTicks> processor_ticks(pid_t process);

// Whether others than the process took at most a tenth of the processors between two looks: then its speed is its own. Pure.
[[nodiscard]] bool undisturbed(const ProcessorTicks& before, const ProcessorTicks& after);

}  // namespace hearth::engine
