#pragma once
#include <span>

#include "serve/visit.h"

namespace hearth::serve {

// What OpenAI's clients ask for below /v1/.
[[nodiscard]] std::span<const Route> openai_routes();

}  // namespace hearth::serve
