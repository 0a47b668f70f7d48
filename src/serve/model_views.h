#pragma once
#include <map>
#include <string>
#include <vector>

#include "core/result.h"
#include "model/store.h"
#include "serve/model_pool.h"

namespace hearth::serve {

// Models that remotes offer, by name.
using ModelsElsewhere = std::map<std::string, std::vector<Offer>>;

// The installed, offered and loaded models as each dialect lists them: JSON texts. Those elsewhere have Ollama's marks for them,
// "remote_host" and "remote_model". The first group reads headers of model files (milliseconds each), so they run off the loop.
[[nodiscard]] std::string ollama_tags(const std::vector<model::InstalledModel>& models,
                                      const ModelsElsewhere& elsewhere);
[[nodiscard]] Result<std::string> ollama_show(const model::InstalledModel& model);
[[nodiscard]] std::string ollama_ps(const std::vector<LoadedModel>& loaded,
                                    const std::vector<model::InstalledModel>& models);

// What is known of a model elsewhere; there is at least one offer.
[[nodiscard]] std::string ollama_show_elsewhere(const std::string& name, const std::vector<Offer>& offers);

// `usual`: the window that a model has here when nobody asks for a longer one.
[[nodiscard]] std::string openai_models(const std::vector<model::InstalledModel>& models,
                                        const ModelsElsewhere& elsewhere, Tokens usual);
[[nodiscard]] std::string openai_model(const model::InstalledModel& model, Tokens usual);
[[nodiscard]] std::string openai_model_elsewhere(const std::string& name, const std::vector<Offer>& offers);

}  // namespace hearth::serve
