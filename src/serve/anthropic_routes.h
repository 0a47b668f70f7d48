#pragma once
#include <span>

#include "serve/visit.h"

namespace hearth::serve {

// What Anthropic's clients ask for: /v1/messages and what is below it.
[[nodiscard]] std::span<const Route> anthropic_routes();

}  // namespace hearth::serve
