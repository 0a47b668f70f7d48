#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "resources/prompt_template.h"
#include "resources/skill.h"
#include "resources/source.h"

namespace hearth::resources {

// A folder to be searched, or one file.
struct Place {
    std::filesystem::path path;
    Source source;
    bool loose_files = true;            // Markdown files at the top of a folder are skills, too
    bool named = false;                 // by a person: that it is not there is said
    std::filesystem::path within = {};  // where it has to lie, links followed; empty: anywhere
};

struct FoundSkills {
    std::vector<Skill> skills;
    std::vector<Notice> notices;  // files that are no skill, flaws, names that come again
};

struct FoundTemplates {
    std::vector<PromptTemplate> templates;
    std::vector<Notice> notices;
};

// Skills of these places: SKILL.md of the folder itself or of folders below it (what lies below such a folder is its own), not of hidden ones
// and node_modules. Of two with one name the first counts. What a project brings has to lie in the place that has it.
// Sorted by place, then by path. Limits: 8 folders deep, 2,000 folders and 500 skills a place; files of at most 1 MiB.
[[nodiscard]] FoundSkills find_skills(const std::vector<Place>& places);

// Prompt templates: the Markdown files of these folders, not of folders below. Of two with one name the first counts.
[[nodiscard]] FoundTemplates find_templates(const std::vector<Place>& places);

// Folders in which .agents/skills of a project may lie: the project's, and those above it up to the one that has .git, where there is one.
// Without .git only the project's own.
[[nodiscard]] std::vector<std::filesystem::path> project_folders(const std::filesystem::path& project);

}  // namespace hearth::resources
