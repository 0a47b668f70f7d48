#pragma once
#include <string>

#include "net/task.h"
#include "serve/engine.h"

namespace hearth::serve {

// The body of a text completion with its "prompt" made one that asks for what is between that text and `suffix`, in the tokens that the
// model was trained with for it. The engine's own /infill cuts both texts to the length of a batch without a word.
// The engine is a llama-server. Errors: as net::open_upstream; kUnsupported when the model has no such tokens.
[[nodiscard]] net::Task<std::string> fill_in_body(Engine engine, std::string body, std::string suffix);

}  // namespace hearth::serve
