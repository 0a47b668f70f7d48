#include "sandbox/workspace_files.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <fmt/format.h>
#include <optional>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/text.h"
#include "os/beneath.h"
#include "os/files.h"
#include "sandbox/protected_names.h"
#include "sandbox/toolchains.h"
#include "sandbox/workspace_rules.h"

namespace hearth::sandbox {
namespace fs = std::filesystem;
using os::Links;

namespace {

constexpr std::size_t kMaxPath = 4000;
constexpr mode_t kNewFolder = 0777;  // less the umask

Error failure(int number, std::string_view doing, std::string_view path) {
    const std::string shown = printable(path);
    if (number == EXDEV || number == ELOOP) {
        return {Code::kPermission,
                fmt::format("cannot {} {}: the path leads out of the workspace, where nothing may "
                            "be read or written",
                            doing, shown)};
    }
    if (number == ENOSYS)
        return {Code::kUnsupported,
                fmt::format("cannot {} {}: this kernel has no openat2 (Linux 5.6)", doing, shown)};
    return errno_error(number, fmt::format("cannot {} {}", doing, shown));
}

Error not_a_file(std::string_view doing, std::string_view path, mode_t mode) {
    return {Code::kInvalidInput,
            fmt::format("cannot {} {}: it is {}, not a regular file", doing, printable(path),
                        S_ISDIR(mode) ? "a folder" : "a device, pipe or socket")};
}

std::string random_name() {
    std::array<unsigned char, 8> bytes{};
    // Only ever fails on kernels without the call; the name is then less random but still checked by O_EXCL.
    static_cast<void>(::getrandom(bytes.data(), bytes.size(), 0) > 0);
    return ".hearth-new-" + to_hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

}  // namespace

// Where a path ends: an open folder without links above it, and a name in it.
struct WorkspaceFiles::Target {
    os::Fd folder;
    std::string name;
    fs::path path;  // both, relative to the workspace
    os::Looks looks;
};

Result<WorkspaceFiles> WorkspaceFiles::open(const fs::path& workspace,
                                            const std::vector<fs::path>& read_only) {
    std::error_code error;
    fs::path root = fs::canonical(workspace, error);
    if (error)
        return errno_error(error.value(), fmt::format("cannot open the workspace {}", workspace.string()));
    os::Fd fd(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd) return errno_error(errno, fmt::format("cannot open the workspace {}", workspace.string()));
    std::vector<fs::path> kept = TRY(resolve_inside(root, read_only));
    return WorkspaceFiles(std::move(root), std::move(fd), std::move(kept));
}

Result<fs::path> WorkspaceFiles::relative(std::string_view path) const {
    if (path.empty()) return Error(Code::kInvalidInput, "the path is empty; give a file of the workspace");
    if (path.find('\0') != std::string_view::npos)
        return Error(Code::kInvalidInput, "the path holds a NUL byte, which no file name can");
    if (path.size() > kMaxPath)
        return Error(Code::kInvalidInput,
                     fmt::format("the path has {} bytes, the limit is {}", path.size(), kMaxPath));
    fs::path result = fs::path(path).lexically_normal();
    if (result.is_absolute()) {
        if (!is_within(result, root_)) return failure(EXDEV, "open", path);
        result = result.lexically_relative(root_);
    }
    if (*result.begin() == "..") return failure(EXDEV, "open", path);
    if (!result.has_filename() || result == ".") return not_a_file("open", path, S_IFDIR);
    return result;
}

Status WorkspaceFiles::check_writable(const fs::path& path) const {
    if (!may_write(path)) {
        return Error(Code::kPermission,
                     fmt::format("{} cannot be changed: it belongs to version control or to the "
                                 "configuration of an editor, shell or agent",
                                 printable(path.native())));
    }
    const auto covers = [&](const fs::path& kept) { return is_within(path, kept); };
    if (std::ranges::any_of(read_only_, covers)) {
        return Error(Code::kPermission,
                     fmt::format("{} cannot be changed: it is read-only for this task (the tests "
                                 "stay as they are)",
                                 printable(path.native())));
    }
    return {};
}

Result<std::string> WorkspaceFiles::read(std::string_view path, std::size_t limit) const {
    const fs::path name = TRY(relative(path));
    // Without blocking: a pipe without a writer would wait for ever.
    const os::Fd file = os::open_beneath(fd_.get(), name, O_RDONLY | O_NONBLOCK | O_NOCTTY, Links::kFollow);
    if (!file) return failure(errno, "read", path);
    struct stat info{};
    if (::fstat(file.get(), &info) != 0) return failure(errno, "read", path);
    if (!S_ISREG(info.st_mode)) return not_a_file("read", path, info.st_mode);
    const auto too_large = [&](std::size_t size) {
        return Error(Code::kTooLarge, fmt::format("cannot read {}: it has {} bytes, the limit is {}",
                                                  printable(path), size, limit));
    };
    if (static_cast<std::size_t>(info.st_size) > limit)
        return too_large(static_cast<std::size_t>(info.st_size));
    // One byte more than it had, to see that it did not grow.
    std::string content(static_cast<std::size_t>(info.st_size) + 1, '\0');
    std::size_t filled = 0;
    while (true) {
        if (filled == content.size()) content.resize(content.size() * 2);
        const ssize_t count = ::read(file.get(), content.data() + filled, content.size() - filled);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return failure(errno, "read", path);
        if (count == 0) break;
        filled += static_cast<std::size_t>(count);
        if (filled > limit) return too_large(filled);
    }
    content.resize(filled);
    return content;
}

// Of an existing file, links followed.
Result<WorkspaceFiles::Target> WorkspaceFiles::target_of(std::string_view path) const {
    const fs::path name = TRY(relative(path));
    const os::Fd file = os::open_beneath(fd_.get(), name, O_PATH, Links::kFollow);
    if (!file && errno == ENOENT) return new_target(name);
    if (!file) return failure(errno, "write", path);
    struct stat info{};
    if (::fstat(file.get(), &info) != 0) return failure(errno, "write", path);
    if (!S_ISREG(info.st_mode)) return not_a_file("write", path, info.st_mode);
    const fs::path real = TRY(os::path_of(file.get()));
    const fs::path top = TRY(os::path_of(fd_.get()));
    if (!is_within(real, top)) return failure(EXDEV, "write", path);
    Target target;
    target.path = real.lexically_relative(top);
    target.name = target.path.filename().string();
    target.looks = {.mode = info.st_mode & 0777U, .owner = info.st_uid, .group = info.st_gid};
    const fs::path above = target.path.has_parent_path() ? target.path.parent_path() : fs::path(".");
    target.folder = os::open_beneath(fd_.get(), above, O_RDONLY | O_DIRECTORY, Links::kRefuse);
    if (!target.folder) return failure(errno, "write", path);
    return target;
}

// Of a file that does not exist yet: its folders are made.
Result<WorkspaceFiles::Target> WorkspaceFiles::new_target(const fs::path& path) const {
    const os::Fd link = os::open_beneath(fd_.get(), path, O_PATH | O_NOFOLLOW, Links::kFollow);
    if (link) {
        return Error(Code::kPermission,
                     fmt::format("cannot write {}: it is a link that leads nowhere; remove it first",
                                 printable(path.native())));
    }
    struct stat owner{};
    if (::fstat(fd_.get(), &owner) != 0) return failure(errno, "look at", root_.native());
    Target target;
    target.looks = {.mode = std::nullopt, .owner = owner.st_uid, .group = owner.st_gid};
    target.name = path.filename().string();
    target.folder = os::open_beneath(fd_.get(), ".", O_RDONLY | O_DIRECTORY, Links::kRefuse);
    const fs::path top = TRY(os::path_of(fd_.get()));
    for (const fs::path& part : path.parent_path()) {
        // Found from the top each time, so that a link on the way may lead to another folder of the
        // workspace.
        const fs::path reached = (target.path.empty() ? part : target.path / part);
        os::Fd next = os::open_beneath(fd_.get(), reached, O_RDONLY | O_DIRECTORY, Links::kFollow);
        if (!next && errno == ENOENT) {
            TRY(check_writable(reached / target.name));
            if (::mkdirat(target.folder.get(), part.c_str(), kNewFolder) != 0 && errno != EEXIST)
                return failure(errno, "make the folder", reached.native());
            next = os::open_beneath(target.folder.get(), part, O_RDONLY | O_DIRECTORY, Links::kRefuse);
            if (next) TRY(os::give_looks(next.get(), target.looks, reached.native()));
        }
        if (!next) return failure(errno, "write", path.native());
        const fs::path real = TRY(os::path_of(next.get()));
        if (!is_within(real, top)) return failure(EXDEV, "write", path.native());
        target.path = real.lexically_relative(top);
        if (target.path == ".") target.path.clear();
        target.folder = std::move(next);
    }
    target.path /= target.name;
    return target;
}

Status WorkspaceFiles::write(std::string_view path, std::string_view content) const {
    // Checked as it was asked for before anything is made, and again as it really is.
    TRY(check_writable(TRY(relative(path))));
    const Target target = TRY(target_of(path));
    TRY(check_writable(target.path));
    return os::replace_at(target.folder.get(), target.name, content, target.looks, random_name(), path);
}

bool WorkspaceFiles::exists(std::string_view path) const {
    const auto name = relative(path);
    return name && os::open_beneath(fd_.get(), *name, O_PATH, Links::kFollow);
}

Status WorkspaceFiles::remove(std::string_view path) const {
    const fs::path name = TRY(relative(path));
    const fs::path above = name.has_parent_path() ? name.parent_path() : fs::path(".");
    const os::Fd folder = os::open_beneath(fd_.get(), above, O_RDONLY | O_DIRECTORY, Links::kFollow);
    if (!folder) return failure(errno, "remove", path);
    const fs::path real = TRY(os::path_of(folder.get()));
    const fs::path top = TRY(os::path_of(fd_.get()));
    if (!is_within(real, top)) return failure(EXDEV, "remove", path);
    TRY(check_writable((real.lexically_relative(top) / name.filename()).lexically_normal()));
    struct stat info{};
    if (::fstatat(folder.get(), name.filename().c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0)
        return failure(errno, "remove", path);
    if (S_ISDIR(info.st_mode)) return not_a_file("remove", path, info.st_mode);
    if (::unlinkat(folder.get(), name.filename().c_str(), 0) != 0) return failure(errno, "remove", path);
    return {};
}

}  // namespace hearth::sandbox
