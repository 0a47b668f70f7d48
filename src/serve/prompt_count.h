#pragma once
#include "core/units.h"
#include "serve/chat_call.h"
#include "serve/visit.h"

namespace hearth::serve {

// Number of tokens of the prompt that the call would send. Errors: as the gate's and the pool's, and the engine's;
// kUnsupported when a remote answers that cannot count.
[[nodiscard]] net::Task<Tokens> count_prompt(const Visit& visit, ChatCall call);

}  // namespace hearth::serve
