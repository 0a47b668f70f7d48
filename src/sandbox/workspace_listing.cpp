#include <algorithm>
#include <array>
#include <cerrno>
#include <deque>
#include <fcntl.h>
#include <fmt/format.h>
#include <string_view>
#include <sys/stat.h>

#include "core/text.h"
#include "sandbox/detail/beneath.h"
#include "sandbox/workspace_files.h"

namespace hearth::sandbox {
namespace fs = std::filesystem;

namespace {

// Folders full of what tools made or fetched: nothing there is edited by hand.
constexpr std::array<std::string_view, 38> kSkipped = {".git",
                                                       ".hg",
                                                       ".svn",
                                                       ".jj",
                                                       ".hearth",
                                                       "node_modules",
                                                       "__pycache__",
                                                       ".venv",
                                                       "venv",
                                                       ".tox",
                                                       ".nox",
                                                       ".mypy_cache",
                                                       ".pytest_cache",
                                                       ".ruff_cache",
                                                       ".cache",
                                                       "build",
                                                       "dist",
                                                       "target",
                                                       ".gradle",
                                                       ".next",
                                                       ".nuxt",
                                                       ".eggs",
                                                       "site-packages",
                                                       ".terraform",
                                                       "Pods",
                                                       ".dart_tool",
                                                       ".idea",
                                                       ".vs",
                                                       "bower_components",
                                                       "htmlcov",
                                                       "_build",
                                                       ".parcel-cache",
                                                       ".svelte-kit",
                                                       ".turbo",
                                                       ".hypothesis",
                                                       ".bundle",
                                                       ".stack-work",
                                                       "zig-cache"};
constexpr std::array<std::string_view, 2> kSkippedBeginnings = {"cmake-build-", "bazel-"};
constexpr std::size_t kMaxLookedAt = 200'000;

bool is_skipped(std::string_view name) {
    return std::ranges::find(kSkipped, name) != kSkipped.end() || name.ends_with(".egg-info") ||
           std::ranges::any_of(kSkippedBeginnings,
                               [&](std::string_view begin) { return name.starts_with(begin); });
}

}  // namespace

Result<std::vector<std::string>> WorkspaceFiles::list(std::size_t limit) const {
    std::vector<std::string> files;
    std::deque<fs::path> folders{fs::path()};
    std::size_t looked_at = 0;
    // Level by level, so that a limit cuts off what lies deepest.
    for (; !folders.empty() && files.size() < limit && looked_at < kMaxLookedAt; folders.pop_front()) {
        const fs::path& folder = folders.front();
        const os::Fd open = detail::open_beneath(fd_.get(), folder.empty() ? fs::path(".") : folder,
                                                 O_RDONLY | O_DIRECTORY | O_NOFOLLOW, detail::Links::kRefuse);
        if (!open && folder.empty())
            return errno_error(errno, fmt::format("cannot list the workspace {}", root_.string()));
        if (!open) continue;  // vanished, or not readable: then nothing in it can be used either
        const auto names = detail::names_in(open.get());
        if (!names) continue;
        for (const std::string& name : *names) {
            struct stat info{};
            if (++looked_at > kMaxLookedAt || files.size() == limit) break;
            if (::fstatat(open.get(), name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) continue;
            if (S_ISREG(info.st_mode)) files.push_back((folder / name).string());
            if (S_ISDIR(info.st_mode) && !is_skipped(name)) folders.push_back(folder / name);
        }
    }
    std::ranges::sort(files);
    return files;
}

}  // namespace hearth::sandbox
