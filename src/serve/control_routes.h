#pragma once
#include <span>

#include "serve/visit.h"

namespace hearth::serve {

// What those who run the server ask it: /metrics, /hearth/status and /hearth/stop. A program of this machine needs no key, others one that
// is good for looking at models, or for managing them.
[[nodiscard]] std::span<const Route> control_routes();

}  // namespace hearth::serve
