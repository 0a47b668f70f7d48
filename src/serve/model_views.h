#pragma once
#include <string>
#include <vector>

#include "core/result.h"
#include "model/store.h"
#include "serve/model_pool.h"

namespace hearth::serve {

// The installed and loaded models as each dialect lists them: JSON texts. The first group reads headers of model files (milliseconds
// each), so they run off the loop.
[[nodiscard]] std::string ollama_tags(const std::vector<model::InstalledModel>& models);
[[nodiscard]] Result<std::string> ollama_show(const model::InstalledModel& model);
[[nodiscard]] std::string ollama_ps(const std::vector<LoadedModel>& loaded,
                                    const std::vector<model::InstalledModel>& models);

[[nodiscard]] std::string openai_models(const std::vector<model::InstalledModel>& models);
[[nodiscard]] std::string openai_model(const model::InstalledModel& model);

}  // namespace hearth::serve
