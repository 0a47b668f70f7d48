#pragma once
#include <string_view>

#include "core/json.h"
#include "core/result.h"
#include "model/catalogue.h"
#include "model/store.h"

namespace hearth::app {

// The model store (with Ollama's, read in place) and the catalogue of this user, for the verbs that need them.
[[nodiscard]] model::ModelStore model_store();
[[nodiscard]] Result<model::Catalogue> model_catalogue();

// The paths of all files of a model, for JSON.
[[nodiscard]] json::array files_json(const model::InstalledModel& model);

// "32k" for 32768, "8000" for 8000, "-" for 0.
[[nodiscard]] std::string context_words(Tokens context);

}  // namespace hearth::app
