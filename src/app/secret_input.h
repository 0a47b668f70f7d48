#pragma once
#include <cstddef>
#include <string>

#include "core/result.h"

namespace hearth::app {

// A secret as a person types it, which the terminal does not show, or all of standard input where that is no terminal. Without the line
// end. Errors: kTooLarge over `limit` bytes; kCancelled when a signal came (the terminal shows again what is typed); of reading.
[[nodiscard]] Result<std::string> read_secret(const std::string& prompt, std::size_t limit);

}  // namespace hearth::app
