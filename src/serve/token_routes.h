#pragma once
#include <span>

#include "serve/visit.h"

namespace hearth::serve {

// Texts to tokens of a model and back.
[[nodiscard]] std::span<const Route> token_routes();

}  // namespace hearth::serve
