#pragma once
#include "core/result.h"

namespace hearth::app {

// 0 done; 1 the job was done but its goal was not reached (tests still fail); 2 bad input; 3 not found; 4
// refused; 5 unavailable; 6 time ran out; 7 no room (memory, disk, limits); 8 damaged data; 9 not supported;
// 70 a bug of ours; 130 stopped by the user. The one table from error codes to exit statuses.
[[nodiscard]] int exit_status(Code code);

// Prints "hearth: <message>" on standard error and returns the status of its code.
[[nodiscard]] int report(const Error& error);

}  // namespace hearth::app
