#pragma once
#include <list>
#include <string>
#include <string_view>
#include <vector>

#include "serve/activity.h"
#include "serve/model_pool.h"

namespace hearth::serve {

// The models that are loaded or load and the requests about a model that are under way, as JSON; fields: docs/serve.md. With a key's id,
// only the requests of that key. Pure but for the clock.
[[nodiscard]] std::string status_json(std::string_view version, const std::vector<LoadedModel>& models,
                                      const std::list<Activity>& activities, std::string_view key);

}  // namespace hearth::serve
