#pragma once
#include <optional>
#include <string_view>
#include <sys/types.h>

#include "core/units.h"

namespace hearth::os {

// What a process has in memory now.
struct ProcessMemory {
    Bytes resident;
    // Of it, what no file is behind: its own pages. After a fork both sides count those that they still share.
    Bytes anonymous;
};

// From the text of /proc/<pid>/statm (proc(5)), which counts pages of `page` bytes. Nothing for a process that ended but was not
// waited for: it holds no memory. Pure.
[[nodiscard]] std::optional<ProcessMemory> parse_statm(std::string_view text, Bytes page);

// Nothing when the process is gone. Cost: one look into /proc, some 10 us.
[[nodiscard]] std::optional<ProcessMemory> process_memory(pid_t process);

}  // namespace hearth::os
