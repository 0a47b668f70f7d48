#pragma once
#include <filesystem>
#include <vector>

#include "core/result.h"

namespace hearth::sandbox {

// Refuses folders that are too much to hand to a command: the root, top-level system folders, a home, and
// folders that hold one of `private_places` (hearth's own). `workspace` is canonical. Pure.
[[nodiscard]] Status check_workspace(const std::filesystem::path& workspace,
                                     const std::filesystem::path& home,
                                     const std::vector<std::filesystem::path>& private_places);

// The canonical, checked workspace folder. Errors: kNotFound, kInvalidInput.
[[nodiscard]] Result<std::filesystem::path> resolve_workspace(const std::filesystem::path& workspace);

// Paths of the workspace (absolute or relative to it) as relative paths without links.
// Errors: kInvalidInput for one that does not exist or leads out of it.
[[nodiscard]] Result<std::vector<std::filesystem::path>> resolve_inside(
    const std::filesystem::path& workspace, const std::vector<std::filesystem::path>& paths);

}  // namespace hearth::sandbox
