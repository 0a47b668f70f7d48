#pragma once
#include "app/server_address.h"
#include "core/result.h"

namespace hearth::app {

// Starts `hearth serve` as a process of its own that outlives this one, with its output in the log folder, and waits until it listens.
// Errors: kUnavailable with the log's path when it does not within half a minute.
[[nodiscard]] Result<ServerPlace> start_background_server();

}  // namespace hearth::app
