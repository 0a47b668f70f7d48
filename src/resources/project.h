#pragma once
#include <filesystem>
#include <vector>

namespace hearth::resources {

// What a project brings that an agent would be told or set by, and that is used once a person trusts it: skills, prompts, settings.json, SYSTEM.md and
// APPEND_SYSTEM.md of .hearth and .pi, and .agents/skills (also of the folders above, see project_folders()). Those that exist.
[[nodiscard]] std::vector<std::filesystem::path> project_texts(const std::filesystem::path& project);

// .hearth and .pi of a project, in the order in which they count.
[[nodiscard]] std::vector<std::filesystem::path> project_settings_folders(
    const std::filesystem::path& project);

}  // namespace hearth::resources
