#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "app/verbs.h"
#include "core/result.h"
#include "extend/packages.h"
#include "extend/trust.h"
#include "os/paths.h"

namespace hearth::app {

// What `hearth extension` can do; `arguments` is what follows the name.
int extension_list(Arguments arguments);
int extension_install(Arguments arguments);
int extension_update(Arguments arguments);
int extension_remove(Arguments arguments);
int extension_trust(Arguments arguments);

// Where a person's extensions, the list of packages and the decisions on projects are.
[[nodiscard]] std::filesystem::path user_extensions(const os::Paths& paths);
[[nodiscard]] extend::PackageStore package_store(const os::Paths& paths);
[[nodiscard]] extend::TrustBook trust_book(const os::Paths& paths);

// What a project brings, and whether it may be used.
struct ProjectExtensions {
    std::vector<std::filesystem::path> found;  // extensions
    std::vector<std::filesystem::path> texts;  // skills, prompts, settings and the like (resources/project.h)
    std::string digest;                        // of all of them; empty when there are none
    std::optional<bool> decided;               // nothing: for these files nobody has decided
};

[[nodiscard]] Result<ProjectExtensions> look_at_project(const os::Paths& paths,
                                                        const std::filesystem::path& project);

}  // namespace hearth::app
