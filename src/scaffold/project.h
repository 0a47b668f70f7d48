#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "sandbox/workspace_files.h"

namespace hearth::scaffold {

enum class FileRole : std::uint8_t { kSource, kTest, kBuild, kText, kOther };

struct ProjectFile {
    std::string path;
    FileRole role = FileRole::kOther;
    std::string content;  // empty for kOther and for what is too large to show
};

// By name and folder, as the tool chains themselves find tests: test_x.py, x_test.cpp, tests/..., conftest.py, x.spec.ts.
[[nodiscard]] FileRole role_of(std::string_view path);

// The last part of a path. Pure.
[[nodiscard]] std::string_view file_name(std::string_view path);

// What is in the workspace that a model may need to see.
struct Project {
    std::vector<ProjectFile> files;  // sorted by path
    // The files that may change or be added, where not all may; empty: any but tests.
    std::vector<std::string> open_files = {};

    [[nodiscard]] bool may_change(std::string_view path) const;
    [[nodiscard]] const ProjectFile* find(std::string_view path) const;
    [[nodiscard]] std::vector<const ProjectFile*> with_role(FileRole role) const;
};

// Reads the text files of the workspace: at most 400 files, 200 KiB each.
[[nodiscard]] Result<Project> scan_project(const sandbox::WorkspaceFiles& files);

// The command that builds and tests this project, by its build files and tests: make with a test or check target,
// CMake with CTest, cargo, go, npm with a test script, pytest or unittest. Nothing when there is no sign of tests. Pure.
[[nodiscard]] std::optional<std::string> detect_test_command(const Project& project);

}  // namespace hearth::scaffold
