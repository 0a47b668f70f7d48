#pragma once
#include <span>

#include "serve/visit.h"

namespace hearth::serve {

// Vectors and rankings of texts, in the forms of OpenAI, Ollama and llama-server.
[[nodiscard]] std::span<const Route> vector_routes();

}  // namespace hearth::serve
