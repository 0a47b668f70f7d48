#pragma once
#include <vector>

#include "app/code_job.h"
#include "core/result.h"
#include "scaffold/project.h"

namespace hearth::app {

// Unified diffs of the text files that differ, made by diff(1), which every Debian has.
[[nodiscard]] Result<std::vector<ChangedFile>> diff_projects(const scaffold::Project& before,
                                                             const scaffold::Project& after);

}  // namespace hearth::app
