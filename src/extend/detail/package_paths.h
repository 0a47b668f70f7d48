#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "core/result.h"

namespace hearth::extend::detail {

// Relative paths of all files below a folder, but not of what its packages and version control hold; with `folders` those as well. Sorted.
[[nodiscard]] std::vector<std::filesystem::path> paths_below(const std::filesystem::path& root, bool folders);

// A path that the package in `root` names, as it is on disk. Links are followed first: what counts is where it leads. Errors: kInvalidInput.
[[nodiscard]] Result<std::filesystem::path> inside_package(const std::filesystem::path& root,
                                                           const std::string& given);

}  // namespace hearth::extend::detail
