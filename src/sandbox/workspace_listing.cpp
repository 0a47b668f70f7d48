#include <algorithm>
#include <cerrno>
#include <deque>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include "core/text.h"
#include "os/beneath.h"
#include "sandbox/tool_folders.h"
#include "sandbox/toolchains.h"
#include "sandbox/workspace_files.h"

namespace hearth::sandbox {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMaxLookedAt = 200'000;

// Of what lies in the folder of this path. What cannot be looked at is neither a file nor a folder.
FolderEntry entry_of(int root, int folder, const fs::path& path, const std::string& name) {
    FolderEntry out{.name = name};
    struct stat info{};
    if (::fstatat(folder, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) return out;
    if (S_ISLNK(info.st_mode)) {
        out.is_link = true;
        const os::Fd target = os::open_beneath(root, path / name, O_PATH, os::Links::kFollow);
        if (!target || ::fstat(target.get(), &info) != 0) return out;
    }
    out.is_file = S_ISREG(info.st_mode);
    out.is_folder = S_ISDIR(info.st_mode);
    return out;
}

}  // namespace

Result<FolderContent> WorkspaceFiles::look_into(std::string_view folder) const {
    const std::string shown = printable(folder);
    auto normal = fs::path(folder).lexically_normal();
    // "a/" and "a/b/..": a path that ends with '/' has no name.
    if (!normal.empty() && !normal.has_filename() && normal.has_relative_path())
        normal = normal.parent_path();
    const bool is_top = folder.empty() || normal == "." || normal == root_;
    const fs::path name = is_top ? fs::path(".") : TRY(relative(normal.native()));
    const os::Fd open = os::open_beneath(fd_.get(), name, O_RDONLY | O_DIRECTORY, os::Links::kFollow);
    if (!open && errno == ENOTDIR)
        return Error(Code::kInvalidInput, fmt::format("cannot look into {}: it is not a folder", shown));
    if (!open && (errno == EXDEV || errno == ELOOP)) {
        return Error(Code::kPermission,
                     fmt::format("cannot look into {}: the path leads out of the workspace", shown));
    }
    if (!open) return errno_error(errno, fmt::format("cannot look into {}", shown));
    const fs::path real = TRY(os::path_of(open.get()));
    const fs::path top = TRY(os::path_of(fd_.get()));
    if (!is_within(real, top)) {
        return Error(Code::kPermission,
                     fmt::format("cannot look into {}: the path leads out of the workspace", shown));
    }
    FolderContent out;
    if (real != top) out.path = real.lexically_relative(top).native();
    for (const auto& each : TRY(os::names_in(open.get())))
        out.entries.push_back(entry_of(fd_.get(), open.get(), out.path, each));
    return out;
}

Result<std::vector<std::string>> WorkspaceFiles::list(std::size_t limit) const {
    std::vector<std::string> files;
    std::deque<fs::path> folders{fs::path()};
    std::size_t looked_at = 0;
    // Level by level, so that a limit cuts off what lies deepest.
    for (; !folders.empty() && files.size() < limit && looked_at < kMaxLookedAt; folders.pop_front()) {
        const fs::path& folder = folders.front();
        const os::Fd open = os::open_beneath(fd_.get(), folder.empty() ? fs::path(".") : folder,
                                             O_RDONLY | O_DIRECTORY | O_NOFOLLOW, os::Links::kRefuse);
        if (!open && folder.empty())
            return errno_error(errno, fmt::format("cannot list the workspace {}", root_.string()));
        if (!open) continue;  // vanished, or not readable: then nothing in it can be used either
        const auto names = os::names_in(open.get());
        if (!names) continue;
        for (const std::string& name : *names) {
            struct stat info{};
            if (++looked_at > kMaxLookedAt || files.size() == limit) break;
            if (::fstatat(open.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) continue;
            if (S_ISREG(info.st_mode)) files.push_back((folder / name).string());
            if (S_ISDIR(info.st_mode) && !is_tool_folder(name)) folders.push_back(folder / name);
        }
    }
    std::ranges::sort(files);
    return files;
}

}  // namespace hearth::sandbox
