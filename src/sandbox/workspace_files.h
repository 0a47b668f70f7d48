#pragma once
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "os/fd.h"

namespace hearth::sandbox {

// Files of a workspace by relative path, for the file tools. Each open goes through openat2 beneath the
// workspace descriptor, so no "..", absolute path, link or magic link leads out of it.
// Errors: kPermission when a path leaves the workspace or names something protected (.git and the like);
// kNotFound; kTooLarge; kInvalidInput for an empty name, a NUL byte or a folder.
// Threads: any; the object holds one descriptor.
class WorkspaceFiles {
public:
    static Result<WorkspaceFiles> open(const std::filesystem::path& workspace);

    [[nodiscard]] Result<std::string> read(std::string_view path,
                                           std::size_t limit = std::size_t{8} << 20U) const;

    // Replaces or creates the file in one step, parents included; keeps the mode of an existing file.
    [[nodiscard]] Status write(std::string_view path, std::string_view content) const;

    [[nodiscard]] bool exists(std::string_view path) const;

    [[nodiscard]] Status remove(std::string_view path) const;

    // Relative paths of the regular files, sorted, without what version control, build trees and package folders
    // hold (.git, node_modules, build, __pycache__, target, ...), at most `limit` of them.
    [[nodiscard]] Result<std::vector<std::string>> list(std::size_t limit = 5000) const;

    [[nodiscard]] const std::filesystem::path& root() const { return root_; }

private:
    WorkspaceFiles(std::filesystem::path root, os::Fd fd) : root_(std::move(root)), fd_(std::move(fd)) {}

    std::filesystem::path root_;
    os::Fd fd_;
};

// A copy of a workspace for a candidate, removed when the object ends. Files are cloned where the file system can
// (reflink), else copied; version-control data is left out. Links are copied as links, never followed.
class WorkspaceCopy {
public:
    // Errors: kTooLarge over `max_bytes` or `max_files`; kExhausted when the disk is full.
    static Result<WorkspaceCopy> create(const std::filesystem::path& workspace,
                                        std::size_t max_files = 20'000,
                                        std::size_t max_bytes = std::size_t{1} << 30U);

    WorkspaceCopy(WorkspaceCopy&& other) noexcept;
    WorkspaceCopy& operator=(WorkspaceCopy&& other) noexcept;
    ~WorkspaceCopy();

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

private:
    explicit WorkspaceCopy(std::filesystem::path path) : path_(std::move(path)) {}

    std::filesystem::path path_;
};

}  // namespace hearth::sandbox
