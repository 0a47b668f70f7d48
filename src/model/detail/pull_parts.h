#pragma once
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>

#include "core/result.h"
#include "model/pull.h"

namespace hearth::model::detail {

// One source into a folder of its own.
using FetchSource =
    std::function<Result<Fetched>(const Source& source, std::optional<Bytes> size,
                                  const std::filesystem::path& folder, const FetchProgress& progress)>;

// Failures that the next source would meet as well, and that say nothing against what has arrived. Pure.
[[nodiscard]] bool ends_the_pull(const Error& error);

// Gets all parts of a model, verifies each by its hash where that is known and as the part that it has to be, and installs them together.
// What arrived stays in `folder`. Errors: as pull(), naming the part.
[[nodiscard]] Result<InstalledModel> pull_parts(const PullRequest& request, const ModelStore& store,
                                                const PullObserver& observer, const std::stop_token& stop,
                                                const std::filesystem::path& folder,
                                                const FetchSource& fetch);

}  // namespace hearth::model::detail
