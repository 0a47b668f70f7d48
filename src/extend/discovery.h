#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "core/result.h"

namespace hearth::extend {

// What of a folder's content is an extension: scripts, programs, and folders that say how they are started (launch.h). Sorted by name; a folder that
// is not there has none.
[[nodiscard]] std::vector<std::filesystem::path> extensions_in(const std::filesystem::path& folder);

// The extensions that a project brings: those of .hearth/extensions and .pi/extensions.
[[nodiscard]] std::vector<std::filesystem::path> project_extensions(const std::filesystem::path& project);

// SHA-256 over names and contents of all files that belong to these extensions, so that a change of any shows.
// Errors: kTooLarge over 10,000 files or 64 MiB; those of reading.
[[nodiscard]] Result<std::string> extensions_digest(const std::vector<std::filesystem::path>& extensions);

}  // namespace hearth::extend
