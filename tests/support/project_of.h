#pragma once
#include <algorithm>
#include <initializer_list>
#include <string>
#include <utility>

#include "scaffold/project.h"

namespace hearth::test {

// A project of these files, as scan_project() would give it.
inline scaffold::Project project_of(std::initializer_list<std::pair<const char*, const char*>> files) {
    scaffold::Project project;
    for (const auto& [path, content] : files)
        project.files.push_back({path, scaffold::role_of(path), content});
    std::sort(project.files.begin(), project.files.end(),
              [](const auto& a, const auto& b) { return a.path < b.path; });
    return project;
}

}  // namespace hearth::test
