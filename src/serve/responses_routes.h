#pragma once
#include <span>

#include "serve/visit.h"

namespace hearth::serve {

// What OpenAI's clients ask for below /v1/responses.
[[nodiscard]] std::span<const Route> responses_routes();

}  // namespace hearth::serve
