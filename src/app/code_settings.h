#pragma once
#include <filesystem>
#include <optional>
#include <vector>

#include "agent/model_directory.h"
#include "agent/rpc.h"
#include "core/result.h"
#include "os/paths.h"
#include "resources/settings.h"

namespace hearth::app {

// settings.json of the person (~/.config/hearth). Errors: those of the file.
[[nodiscard]] Result<resources::Settings> person_settings(const os::Paths& paths);

// Those of a project that is trusted, over the person's. Errors: those of the files.
[[nodiscard]] Result<resources::Settings> with_project_settings(resources::Settings settings,
                                                                const std::filesystem::path& workspace);

// The model that settings name, if it is one of these. Pure.
[[nodiscard]] std::optional<agent::ModelInfo> default_model(const std::vector<agent::ModelInfo>& models,
                                                            const resources::Settings& settings);

// How a session begins by them. Pure.
[[nodiscard]] agent::RpcDefaults rpc_defaults(const resources::Settings& settings);

}  // namespace hearth::app
