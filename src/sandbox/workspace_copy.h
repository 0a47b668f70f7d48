#pragma once
#include <cstddef>
#include <filesystem>
#include <utility>

#include "core/result.h"
#include "os/files.h"

namespace hearth::sandbox {

// A copy of a workspace for a candidate, removed when the object ends. Files are cloned where the file system
// can (reflink), else copied, with their modes, times and (for root) owners; version-control data, sockets,
// pipes and devices are left out. Links are copied as links, never followed. It lies under `parent` (else
// $TMPDIR, else /tmp) in a folder of its own that only this user may enter; a Sandbox can use it.
class WorkspaceCopy {
public:
    struct Options {
        std::size_t max_files = 20'000;
        std::size_t max_bytes = std::size_t{1} << 30U;
        std::filesystem::path parent = {};  // where the copy's folder is made; empty: $TMPDIR
    };

    // Errors: kTooLarge over `max_bytes` or `max_files`; kExhausted when the disk is full.
    static Result<WorkspaceCopy> create(const std::filesystem::path& workspace, const Options& options);

    static Result<WorkspaceCopy> create(const std::filesystem::path& workspace) {
        return create(workspace, Options());
    }

    // The copy; it has the name of the workspace.
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

private:
    WorkspaceCopy(os::TempDir folder, std::filesystem::path path)
        : folder_(std::move(folder)), path_(std::move(path)) {}

    os::TempDir folder_;
    std::filesystem::path path_;
};

}  // namespace hearth::sandbox
