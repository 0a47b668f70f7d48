#pragma once
#include <string_view>
#include <sys/types.h>

#include "core/result.h"
#include "os/fd.h"
#include "os/process.h"

namespace hearth::os::detail {

// What the child gets as 0, 1 and 2; empty descriptors mean: as in this process (Command::inherit_terminal).
struct StandardStreams {
    Fd input;
    Fd output;
    Fd error;
};

// Input from Command::input, output to Command::output_file or /dev/null. All descriptors are above 2.
[[nodiscard]] Result<Fd> open_input(const Command& command);
[[nodiscard]] Result<Fd> open_output(const Command& command);

// The descriptor itself when it is above 2, else a copy that is: a child's 0, 1 and 2 are set by dup2 and must
// not be overwritten before they are used.
[[nodiscard]] Result<Fd> above_standard(Fd fd);

// Forks and executes. It returns when the program runs, or with the reason why it does not.
// The child dies with the calling *thread* (PR_SET_PDEATHSIG), so that thread has to live until the child is reaped.
// Between fork and exec the child calls async-signal-safe functions only: other threads may hold any lock.
[[nodiscard]] Result<pid_t> spawn(const Command& command, const StandardStreams& streams);

// To the whole group, or to the process alone when it has no group of its own (inherit_terminal). Only before reap().
void signal_child(pid_t pid, bool own_group, int signal);

// Waits for the end of the child, kills what is left of its group, reaps it and fills in reason, code and usage.
[[nodiscard]] Exit reap(pid_t pid, bool own_group);

}  // namespace hearth::os::detail
