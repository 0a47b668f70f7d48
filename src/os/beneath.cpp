#include "os/beneath.h"

#include <algorithm>
#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <memory>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <system_error>
#include <unistd.h>

#include <linux/openat2.h>

#include "core/text.h"
#include "os/files.h"

namespace hearth::os {
namespace fs = std::filesystem;

namespace {

constexpr int kAttempts = 16;
constexpr mode_t kNewFile = 0666;  // less the umask

struct CloseDirectory {
    void operator()(DIR* directory) const { ::closedir(directory); }
};

}  // namespace

Fd open_beneath(int folder, const fs::path& path, int flags, Links links, mode_t mode) {
    struct open_how how{};
    how.flags = static_cast<__u64>(flags | O_CLOEXEC);
    how.mode = mode;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
    if (links == Links::kRefuse) how.resolve |= RESOLVE_NO_SYMLINKS;
    // EAGAIN: something above was renamed meanwhile, so the kernel could not be sure.
    for (int attempt = 0;; ++attempt) {
        Fd file(static_cast<int>(::syscall(SYS_openat2, folder, path.c_str(), &how, sizeof how)));
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
    Fd own(::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
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

Status give_looks(int descriptor, const Looks& looks, std::string_view shown) {
    if (::geteuid() == 0 && ::fchown(descriptor, looks.owner, looks.group) != 0)
        return errno_error(errno, fmt::format("cannot hand over {}", printable(shown)));
    if (looks.mode && ::fchmod(descriptor, *looks.mode) != 0)
        return errno_error(errno, fmt::format("cannot set the mode of {}", printable(shown)));
    return {};
}

Status replace_at(int folder, const std::string& name, std::string_view content, const Looks& looks,
                  const std::string& temporary, std::string_view shown) {
    const auto what = fmt::format("cannot write {}", printable(shown));
    const Fd file(
        ::openat(folder, temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kNewFile));
    if (!file) return errno_error(errno, what);
    Status status = write_all(file.get(), content, what);
    if (status) status = give_looks(file.get(), looks, shown);
    if (status && ::fdatasync(file.get()) != 0) status = errno_error(errno, what);
    if (status && ::renameat(folder, temporary.c_str(), folder, name.c_str()) != 0)
        status = errno_error(errno, what);
    if (!status) ::unlinkat(folder, temporary.c_str(), 0);
    return status;
}

}  // namespace hearth::os
