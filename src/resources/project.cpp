#include "resources/project.h"

#include <system_error>

#include "resources/discovery.h"

namespace hearth::resources {

namespace fs = std::filesystem;

std::vector<fs::path> project_settings_folders(const fs::path& project) {
    return {project / ".hearth", project / ".pi"};
}

std::vector<fs::path> project_texts(const fs::path& project) {
    std::vector<fs::path> all;
    for (const auto& folder : project_settings_folders(project)) {
        for (const auto* name : {"skills", "prompts", "settings.json", "SYSTEM.md", "APPEND_SYSTEM.md"})
            all.push_back(folder / name);
    }
    for (const auto& folder : project_folders(project))
        all.push_back(folder / ".agents" / "skills");
    std::vector<fs::path> out;
    std::error_code error;
    for (auto& each : all) {
        const bool empty_folder = fs::is_directory(each, error) && fs::is_empty(each, error);
        if (fs::exists(each, error) && !empty_folder) out.push_back(std::move(each));
    }
    return out;
}

}  // namespace hearth::resources
