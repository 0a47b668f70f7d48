#pragma once
#include <span>

#include "serve/visit.h"

namespace hearth::serve {

// Ollama's API for what models there are: pull, create, copy, delete, and the files that clients send for it.
[[nodiscard]] std::span<const Route> ollama_manage_routes();

}  // namespace hearth::serve
