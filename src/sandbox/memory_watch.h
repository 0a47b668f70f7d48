#pragma once
#include <atomic>
#include <functional>
#include <optional>
#include <stop_token>
#include <sys/types.h>
#include <thread>

#include "core/units.h"

namespace hearth::sandbox {

// Whether this kernel lists the children of a process (CONFIG_PROC_CHILDREN), without which nothing can be
// watched.
[[nodiscard]] bool can_watch_memory();

// Memory held by a process and all its descendants: private pages, and what they share counted once. Zero for
// a process that has ended. Stops counting once it is over `enough`.
[[nodiscard]] Bytes memory_of_tree(pid_t process, Bytes enough);

// Looks at the memory of a contained command while it runs, and calls `on_exceeded` once when it is over a
// limit. A limit on address space would be simpler, but programs built with sanitizers reserve terabytes they
// never touch.
// Threads: the watching is done by a thread of its own, which has ended when the object is gone.
class MemoryWatch {
public:
    // `process` gives the number of the first process once it is known.
    MemoryWatch(std::function<std::optional<pid_t>()> process, Bytes limit,
                std::function<void()> on_exceeded);

    [[nodiscard]] bool exceeded() const { return exceeded_; }

private:
    std::atomic<bool> exceeded_ = false;
    std::jthread thread_;  // last: it uses the members above
};

}  // namespace hearth::sandbox
