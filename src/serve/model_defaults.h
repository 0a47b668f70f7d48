#pragma once
#include "core/json.h"
#include "core/result.h"
#include "model/model_defaults.h"
#include "serve/chat_call.h"

namespace hearth::serve {

// Writes Ollama's options into a body under the engine's names, where the body does not say them yet; num_ctx goes to the call. Options
// that an engine here does not have are passed over, as Ollama does. Pure.
void put_ollama_options(const json::object& options, json::object& body, ChatCall& call);

// What the model brings for a call that does not say it itself: its system message where there is none, its parameters. A call without a
// body (it only loads the model) takes the window alone. Doing it again changes nothing. Pure.
// Errors: kInvalidInput when the body is no JSON object.
[[nodiscard]] Status apply_defaults(const model::ModelDefaults& defaults, ChatCall& call);

}  // namespace hearth::serve
