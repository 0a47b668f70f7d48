#pragma once
#include <stop_token>

namespace hearth::os {

// Ctrl-C and SIGTERM as a stop token: the first asks everything to stop, the second ends the process at once
// with status 130 (children die with it). Install once, in main or a verb.
// Threads: the signals are taken by a thread of its own, so tokens may be used anywhere.
[[nodiscard]] std::stop_token stop_on_interrupt();

}  // namespace hearth::os
