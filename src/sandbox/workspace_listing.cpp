#include <algorithm>
#include <cerrno>
#include <deque>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include "core/text.h"
#include "os/beneath.h"
#include "sandbox/tool_folders.h"
#include "sandbox/workspace_files.h"

namespace hearth::sandbox {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMaxLookedAt = 200'000;

}  // namespace

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
