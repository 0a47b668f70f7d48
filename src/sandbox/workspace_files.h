#pragma once
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"
#include "os/fd.h"
#include "sandbox/workspace_copy.h"  // IWYU pragma: export

namespace hearth::sandbox {

// What lies in a folder, by name.
struct FolderEntry {
    std::string name;
    bool is_file = false;    // a regular one, or a link to one
    bool is_folder = false;  // or a link to one
    bool is_link = false;    // where it leads may change; one out of the workspace is neither
};

struct FolderContent {
    std::string path;  // relative, without links; empty for the workspace itself
    std::vector<FolderEntry> entries;
};

// Files of a workspace by path, for the file tools. Paths are relative to the workspace; an absolute path
// that lies in it is understood too. Each open goes through openat2 beneath the workspace descriptor, so no
// "..", absolute path, link or magic link leads out of it; links that stay inside are followed.
// Errors: kPermission when a path leaves the workspace, or when a protected one (.git and the like, see
// protected_names.h, and the read-only files) would be changed; kNotFound; kTooLarge; kInvalidInput for an
// empty name, a NUL byte, a folder or anything else that is no regular file.
// Threads: any; the object holds one descriptor.
class WorkspaceFiles {
public:
    // `read_only` as in Policy.read_only_inside: files and folders that are never written.
    static Result<WorkspaceFiles> open(const std::filesystem::path& workspace,
                                       const std::vector<std::filesystem::path>& read_only = {});

    [[nodiscard]] Result<std::string> read(std::string_view path,
                                           std::size_t limit = std::size_t{8} << 20U) const;

    // Replaces or creates the file in one step, parents included; keeps the mode and owner of an existing
    // file. What root makes belongs to the owner of the workspace.
    [[nodiscard]] Status write(std::string_view path, std::string_view content) const;

    [[nodiscard]] bool exists(std::string_view path) const;

    // Removes a file, or a link itself.
    [[nodiscard]] Status remove(std::string_view path) const;

    // Relative paths of the regular files, sorted, without what version control, build trees and package
    // folders hold (.git, node_modules, build, __pycache__, target, ...), at most `limit` of them, those
    // nearest to the top.
    [[nodiscard]] Result<std::vector<std::string>> list(std::size_t limit = 5000) const;

    // What lies in this folder, sorted by name; "" and "." are the workspace. Errors: as read(), kInvalidInput for what is no folder.
    [[nodiscard]] Result<FolderContent> look_into(std::string_view folder) const;

    [[nodiscard]] const std::filesystem::path& root() const { return root_; }

private:
    WorkspaceFiles(std::filesystem::path root, os::Fd fd, std::vector<std::filesystem::path> read_only)
        : root_(std::move(root)), fd_(std::move(fd)), read_only_(std::move(read_only)) {}

    struct Target;
    [[nodiscard]] Result<std::filesystem::path> relative(std::string_view path) const;
    [[nodiscard]] Result<Target> target_of(std::string_view path) const;
    [[nodiscard]] Result<Target> new_target(const std::filesystem::path& path) const;
    [[nodiscard]] Status check_writable(const std::filesystem::path& path) const;

    std::filesystem::path root_;
    os::Fd fd_;
    std::vector<std::filesystem::path> read_only_;  // relative, without links
};

}  // namespace hearth::sandbox
