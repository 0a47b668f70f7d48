#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <memory>
#include <optional>
#include <string>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include <linux/openat2.h>

#include "os/files.h"

namespace hearth::os {

namespace {

// Folders nested deeper than this are first moved up, so that the number of open descriptors has a bound.
constexpr int kMaxDepth = 64;
// A folder that somebody fills while it is emptied is given up after so many passes.
constexpr int kMaxPasses = 8;

struct CloseDirectory {
    void operator()(DIR* directory) const { ::closedir(directory); }
};

std::vector<std::string> names_in(int folder) {
    std::vector<std::string> names;
    // A description of its own: reading positions are shared between duplicates.
    const int copy = ::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (copy < 0) return names;
    const std::unique_ptr<DIR, CloseDirectory> directory(::fdopendir(copy));
    if (!directory) {
        ::close(copy);
        return names;
    }
    while (const dirent* entry = ::readdir(directory.get())) {
        std::string name = entry->d_name;
        if (name != "." && name != "..") names.push_back(std::move(name));
    }
    return names;
}

// Gives the owner all rights on a folder. Through O_PATH and /proc, because chmod on a name follows links.
void unlock_folder(int parent, const char* name) {
    const Fd handle(::openat(parent, name, O_PATH | O_NOFOLLOW | O_DIRECTORY | O_CLOEXEC));
    if (handle) ::chmod(fmt::format("/proc/self/fd/{}", handle.get()).c_str(), 0700);
}

Fd open_once(int parent, const char* name) {
    open_how how{};
    how.flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    // A mount inside of the tree shows somebody else's files.
    how.resolve = parent == AT_FDCWD ? 0 : RESOLVE_NO_XDEV;
    Fd folder(static_cast<int>(::syscall(SYS_openat2, parent, name, &how, sizeof how)));
    // Kernels before 5.6, and sandboxes that refuse the call.
    if (!folder && (errno == ENOSYS || errno == EPERM))
        folder = Fd(::openat(parent, name, static_cast<int>(how.flags)));
    return folder;
}

Fd open_folder(int parent, const char* name) {
    Fd folder = open_once(parent, name);
    if (!folder && errno == EACCES) {
        unlock_folder(parent, name);
        folder = open_once(parent, name);
    }
    struct stat info{};
    if (folder && ::fstat(folder.get(), &info) == 0 && (info.st_mode & 0700U) != 0700U)
        ::fchmod(folder.get(), 0700);
    return folder;
}

class Remover {
public:
    explicit Remover(std::string top) : top_(std::move(top)) {}

    Status run() {
        remove(AT_FDCWD, top_.c_str(), 0);
        if (failed_) return *failed_;
        return {};
    }

private:
    void remove(int parent, const char* name, int depth) {
        if (::unlinkat(parent, name, 0) == 0 || errno == ENOENT) return;
        const int number = errno;
        const Fd folder = open_folder(parent, name);
        if (!folder) return fail(errno == ENOTDIR || errno == ELOOP ? number : errno, name);
        if (depth == 0) top_fd_ = folder.get();
        for (int pass = 0; pass < kMaxPasses;) {
            const int moved_before = moved_;
            empty(folder.get(), depth);
            if (::unlinkat(parent, name, AT_REMOVEDIR) == 0 || errno == ENOENT) {
                // Whatever went wrong on the way, all of it is gone.
                if (depth == 0) failed_.reset();
                return;
            }
            if (errno != ENOTEMPTY && errno != EEXIST) break;
            if (moved_ == moved_before) ++pass;
        }
        fail(errno, name);
    }

    void empty(int folder, int depth) {
        for (const std::string& name : names_in(folder)) {
            if (depth >= kMaxDepth) {
                if (::unlinkat(folder, name.c_str(), 0) == 0) continue;
                const std::string moved = fmt::format(".hearth-moved-{}", moved_++);
                // Found again by the next pass over the top folder. Needs its own write permission to change its "..".
                unlock_folder(folder, name.c_str());
                if (::renameat(folder, name.c_str(), top_fd_, moved.c_str()) == 0) continue;
                fail(errno, name.c_str());
                continue;
            }
            remove(folder, name.c_str(), depth + 1);
        }
    }

    void fail(int number, const char* name) {
        if (!failed_) failed_ = errno_error(number, fmt::format("cannot remove {} ({})", top_, name));
    }

    std::string top_;
    int top_fd_ = -1;
    int moved_ = 0;
    std::optional<Error> failed_;
};

}  // namespace

Status remove_tree(const fs::path& path) {
    std::string name = path.string();
    // With a '/' at its end a link would be followed.
    while (name.ends_with('/'))
        name.pop_back();
    if (name.empty())
        return Error(Code::kInvalidInput, fmt::format("refusing to remove '{}'", path.string()));
    return Remover(std::move(name)).run();
}

}  // namespace hearth::os
