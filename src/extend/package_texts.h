#pragma once
#include <cstdint>
#include <filesystem>
#include <vector>

#include "core/result.h"

namespace hearth::extend {

enum class PackageTexts : std::uint8_t { kSkills, kPrompts };

// Folders and files of a package with skills or prompt templates: what "pi" in its package.json names ("./skills", "skills/*", "!skills/old"), else
// the folder `skills` or `prompts` where it is there. Sorted where a pattern gives several. Empty for a folder that is gone.
// Errors: kNotFound for a path that does not exist; kInvalidInput for one that leads out of the folder; those of package.json.
[[nodiscard]] Result<std::vector<std::filesystem::path>> package_texts(const std::filesystem::path& folder,
                                                                       PackageTexts kind);

// The folder has skills or prompts and no extension that could be started. False where package.json is damaged.
[[nodiscard]] bool has_only_texts(const std::filesystem::path& folder);

}  // namespace hearth::extend
