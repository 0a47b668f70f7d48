#include "sandbox/workspace_copy.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/fs.h>
#include <string>
#include <string_view>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/text.h"
#include "os/beneath.h"
#include "os/fd.h"

namespace hearth::sandbox {
namespace fs = std::filesystem;

namespace {

constexpr std::array<std::string_view, 4> kVersionControl = {".git", ".hg", ".svn", ".jj"};
constexpr int kMaxDepth = 200;  // folders in folders, each with two open descriptors

class Copier {
public:
    Copier(const fs::path& workspace, std::size_t max_files, std::size_t max_bytes)
        : workspace_(workspace),
          files_left_(max_files),
          bytes_left_(max_bytes),
          max_files_(max_files),
          max_bytes_(max_bytes) {}

    Status folder(int from, int to, const fs::path& shown, int depth) {
        if (depth > kMaxDepth)
            return Error(Code::kTooLarge, fmt::format("cannot copy {}: folders are nested more than {} deep",
                                                      workspace_.string(), kMaxDepth));
        for (const std::string& name : TRY(os::names_in(from).context(shown.string()))) {
            if (std::ranges::find(kVersionControl, name) != kVersionControl.end()) continue;
            TRY(entry(from, to, name, shown / name, depth));
        }
        return {};
    }

    Status finish(int copy, const struct stat& like, const fs::path& shown) {
        const std::array<struct timespec, 2> times = {like.st_atim, like.st_mtim};
        if (::geteuid() == 0 && ::fchown(copy, like.st_uid, like.st_gid) != 0) return failed(shown);
        // Never a set-id bit, and a folder stays one that its owner can empty.
        const mode_t mode = (like.st_mode & 0777U) | (S_ISDIR(like.st_mode) ? 0700U : 0U);
        if (::fchmod(copy, mode) != 0 || ::futimens(copy, times.data()) != 0) return failed(shown);
        return {};
    }

private:
    [[nodiscard]] Error failed(const fs::path& shown) const {
        return errno_error(errno, fmt::format("cannot copy {} of the workspace", printable(shown.native())));
    }

    Status count(std::size_t bytes) {
        if (files_left_ == 0) {
            return Error(Code::kTooLarge,
                         fmt::format("{} has more than {} files, too many to copy for a candidate",
                                     workspace_.string(), max_files_));
        }
        if (bytes > bytes_left_) {
            return Error(Code::kTooLarge,
                         fmt::format("{} has more than {} bytes, too many to copy for a candidate",
                                     workspace_.string(), max_bytes_));
        }
        --files_left_;
        bytes_left_ -= bytes;
        return {};
    }

    Status entry(int from, int to, const std::string& name, const fs::path& shown, int depth) {
        struct stat info{};
        if (::fstatat(from, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0)
            return errno == ENOENT ? Status() : failed(shown);  // vanished meanwhile
        if (S_ISLNK(info.st_mode)) return link(from, to, name, info, shown);
        if (S_ISREG(info.st_mode)) return file(from, to, name, shown);
        if (!S_ISDIR(info.st_mode)) return {};
        const os::Fd source(::openat(from, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        if (!source) return failed(shown);
        TRY(count(0));
        if (::mkdirat(to, name.c_str(), 0700) != 0) return failed(shown);
        const os::Fd copy(::openat(to, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        if (!copy) return failed(shown);
        TRY(folder(source.get(), copy.get(), shown, depth + 1));
        return finish(copy.get(), info, shown);
    }

    Status link(int from, int to, const std::string& name, const struct stat& info, const fs::path& shown) {
        TRY(count(0));
        std::array<char, 4096> target{};
        const ssize_t length = ::readlinkat(from, name.c_str(), target.data(), target.size() - 1);
        if (length < 0 || ::symlinkat(target.data(), to, name.c_str()) != 0) return failed(shown);
        if (::geteuid() == 0 &&
            ::fchownat(to, name.c_str(), info.st_uid, info.st_gid, AT_SYMLINK_NOFOLLOW) != 0)
            return failed(shown);
        return {};
    }

    Status file(int from, int to, const std::string& name, const fs::path& shown) {
        const os::Fd source(::openat(from, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
        if (!source) return failed(shown);
        struct stat info{};
        if (::fstat(source.get(), &info) != 0) return failed(shown);
        if (!S_ISREG(info.st_mode)) return {};
        TRY(count(static_cast<std::size_t>(info.st_size)));
        const os::Fd copy(
            ::openat(to, name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
        if (!copy) return failed(shown);
        if (::ioctl(copy.get(), FICLONE, source.get()) != 0) TRY(content(source.get(), copy.get(), shown));
        return finish(copy.get(), info, shown);
    }

    // By the kernel's own copying; by its older call where file systems differ.
    [[nodiscard]] Status content(int source, int copy, const fs::path& shown) const {
        constexpr std::size_t kPiece = std::size_t{1} << 30U;
        bool between_systems = false;
        while (true) {
            const ssize_t moved = between_systems
                                      ? ::sendfile(copy, source, nullptr, kPiece)
                                      : ::copy_file_range(source, nullptr, copy, nullptr, kPiece, 0);
            if (moved == 0) return {};
            if (moved > 0 || errno == EINTR) continue;
            if (between_systems ||
                (errno != EXDEV && errno != EINVAL && errno != ENOSYS && errno != EOPNOTSUPP))
                return failed(shown);
            between_systems = true;
        }
    }

    const fs::path& workspace_;
    std::size_t files_left_;
    std::size_t bytes_left_;
    std::size_t max_files_;
    std::size_t max_bytes_;
};

}  // namespace

Result<WorkspaceCopy> WorkspaceCopy::create(const fs::path& workspace, const Options& options) {
    const os::Fd source(::open(workspace.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!source) return errno_error(errno, fmt::format("cannot open the workspace {}", workspace.string()));
    struct stat info{};
    if (::fstat(source.get(), &info) != 0) return errno_error(errno, "cannot look at the workspace");
    const fs::path real = TRY(os::path_of(source.get()));
    os::TempDir folder = TRY(os::TempDir::create("hearth-copy", options.parent));
    // The workspace's own name: some tools take the name of the folder for the name of the project.
    fs::path path = folder.path() / (real.has_filename() ? real.filename() : fs::path("workspace"));
    if (::mkdir(path.c_str(), 0700) != 0)
        return errno_error(errno, fmt::format("cannot make {}", path.string()));
    const os::Fd copy(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (!copy) return errno_error(errno, fmt::format("cannot open {}", path.string()));
    Copier copier(workspace, options.max_files, options.max_bytes);
    TRY(copier.folder(source.get(), copy.get(), {}, 0));
    TRY(copier.finish(copy.get(), info, "."));
    path = TRY(os::path_of(copy.get()));
    return WorkspaceCopy(std::move(folder), std::move(path));
}

}  // namespace hearth::sandbox
