#pragma once

namespace hearth::os {

// Keeps what this process has in memory out of core files and from other processes of the same user (/proc/PID/environ, mem, maps;
// ptrace), which root alone can still read. Programs that it starts leave no core file either, and are else as usual.
// Before other threads are started.
void keep_memory_private();

}  // namespace hearth::os
