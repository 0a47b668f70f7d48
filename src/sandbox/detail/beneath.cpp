#include "sandbox/detail/beneath.h"

#include <algorithm>
#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <memory>
#include <sys/syscall.h>
#include <system_error>
#include <unistd.h>

#include <linux/openat2.h>

namespace hearth::sandbox::detail {
namespace fs = std::filesystem;

namespace {

constexpr int kAttempts = 16;

struct CloseDirectory {
    void operator()(DIR* directory) const { ::closedir(directory); }
};

}  // namespace

os::Fd open_beneath(int folder, const fs::path& path, int flags, Links links, mode_t mode) {
    struct open_how how{};
    how.flags = static_cast<__u64>(flags | O_CLOEXEC);
    how.mode = mode;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
    if (links == Links::kRefuse) how.resolve |= RESOLVE_NO_SYMLINKS;
    // EAGAIN: something above was renamed meanwhile, so the kernel could not be sure.
    for (int attempt = 0;; ++attempt) {
        os::Fd file(static_cast<int>(::syscall(SYS_openat2, folder, path.c_str(), &how, sizeof how)));
        if (file || errno != EAGAIN || attempt == kAttempts) return file;
    }
}

Result<fs::path> path_of(int descriptor) {
    std::error_code error;
    fs::path path = fs::read_symlink(fmt::format("/proc/self/fd/{}", descriptor), error);
    if (error) return errno_error(error.value(), "cannot find the path of an open file");
    return path;
}

Result<std::vector<std::string>> names_in(int folder) {
    // A description of its own: the reading position is shared between duplicates.
    os::Fd own(::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!own) return errno_error(errno, "cannot open a folder");
    const std::unique_ptr<DIR, CloseDirectory> directory(::fdopendir(own.get()));
    if (!directory) return errno_error(errno, "cannot read a folder");
    static_cast<void>(own.release());  // closed with the directory
    std::vector<std::string> names;
    while (const dirent* entry = ::readdir(directory.get())) {
        std::string name = entry->d_name;
        if (name != "." && name != "..") names.push_back(std::move(name));
    }
    std::ranges::sort(names);
    return names;
}

}  // namespace hearth::sandbox::detail
