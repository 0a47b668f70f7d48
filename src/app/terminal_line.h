#pragma once
#include <stop_token>
#include <string>

#include "core/result.h"

namespace hearth::app {

// Whether a person can be asked by lines: standard input and standard error are a terminal.
[[nodiscard]] bool can_ask_here();

// The next line that a person writes at the terminal of standard input, trimmed and valid UTF-8; empty at its end. What was written before
// this is passed over: it was no answer to what is asked now.
// Errors: kCancelled when `stop` was requested first; kUnavailable when the terminal breaks.
[[nodiscard]] Result<std::string> read_terminal_line(std::stop_token stop);

}  // namespace hearth::app
