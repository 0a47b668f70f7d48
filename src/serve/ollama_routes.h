#pragma once
#include <span>

#include "serve/visit.h"

namespace hearth::serve {

// What Ollama's clients ask for: / and what is below /api/.
[[nodiscard]] std::span<const Route> ollama_routes();

}  // namespace hearth::serve
