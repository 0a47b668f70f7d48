#include "sandbox/own_folder.h"

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

#include "core/ids.h"
#include "os/beneath.h"
#include "os/files.h"

namespace hearth::sandbox {
namespace {

using os::Links;

constexpr const char* kTop = ".hearth";
constexpr std::chrono::milliseconds kPatience(2000);
constexpr std::chrono::milliseconds kPause(20);

Error failure(int number, std::string_view doing, std::string_view name) {
    if (number == ELOOP || number == EXDEV)
        return {
            Code::kPermission,
            fmt::format("cannot {} {}/{}: it is, or is behind, a link, which hearth does not follow there",
                        doing, kTop, name)};
    return errno_error(number, fmt::format("cannot {} {}/{}", doing, kTop, name));
}

Error changed(std::string_view name) {
    return {Code::kConflict, fmt::format("{} was changed by somebody else meanwhile", name)};
}

Result<os::Fd> open_folder(int above, const std::string& name, OwnFolder::Make make, uid_t user,
                           gid_t group) {
    if (make == OwnFolder::Make::kYes) {
        const bool made = ::mkdirat(above, name.c_str(), 0777) == 0;
        if (!made && errno != EEXIST) return failure(errno, "make", name);
        if (made && ::geteuid() == 0 &&
            ::fchownat(above, name.c_str(), user, group, AT_SYMLINK_NOFOLLOW) != 0)
            return failure(errno, "hand over", name);
    }
    auto folder = os::open_beneath(above, name, O_RDONLY | O_DIRECTORY, Links::kRefuse);
    if (!folder) return failure(errno, "open", name);
    return folder;
}

}  // namespace

Result<OwnFolder> OwnFolder::open(const std::filesystem::path& workspace, const std::string& name,
                                  Make make) {
    const os::Fd root(::open(workspace.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    struct stat info{};
    if (!root || ::fstat(root.get(), &info) != 0)
        return errno_error(errno, fmt::format("cannot open the workspace {}", workspace.string()));
    const auto top = TRY(open_folder(root.get(), kTop, make, info.st_uid, info.st_gid));
    auto folder = TRY(open_folder(top.get(), name, make, info.st_uid, info.st_gid));
    return OwnFolder(std::move(folder), {info.st_uid, info.st_gid});
}

Result<std::optional<std::string>> OwnFolder::read(const std::string& name, std::size_t limit) const {
    const auto file = os::open_beneath(folder_.get(), name, O_RDONLY | O_NONBLOCK | O_NOCTTY, Links::kRefuse);
    if (!file && errno == ENOENT) return std::optional<std::string>();
    if (!file) return failure(errno, "read", name);
    struct stat info{};
    if (::fstat(file.get(), &info) != 0) return failure(errno, "read", name);
    if (!S_ISREG(info.st_mode))
        return Error(Code::kInvalidInput, fmt::format("{}/…/{} is no regular file", kTop, name));
    std::string content;
    std::string piece(std::size_t{16} << 10U, '\0');
    while (true) {
        const auto count = ::read(file.get(), piece.data(), piece.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return failure(errno, "read", name);
        if (count == 0) return std::optional(std::move(content));
        content.append(piece, 0, static_cast<std::size_t>(count));
        if (content.size() > limit)
            return Error(Code::kTooLarge,
                         fmt::format("{}/…/{} has over {} bytes, the limit", kTop, name, limit));
    }
}

Status OwnFolder::put(const std::string& temporary, std::string_view content) const {
    const os::Fd file(::openat(folder_.get(), temporary.c_str(),
                               O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666));
    if (!file) return failure(errno, "write", temporary);
    TRY(os::write_all(file.get(), content, fmt::format("cannot write {}/…/{}", kTop, temporary)));
    if (::geteuid() == 0 && ::fchown(file.get(), owner_.user, owner_.group) != 0)
        return failure(errno, "hand over", temporary);
    if (::fsync(file.get()) != 0) return failure(errno, "write", temporary);
    return {};
}

// The new file and the old one change places, so that the old one can be looked at before it goes.
Status OwnFolder::exchange(const std::string& temporary, const std::string& name, const std::string& expected,
                           std::string_view content) const {
    const auto change_places = [&] {
        return ::renameat2(folder_.get(), temporary.c_str(), folder_.get(), name.c_str(), RENAME_EXCHANGE) ==
               0;
    };
    if (!change_places()) {
        if (errno == ENOENT) return changed(name);
        if (errno != EINVAL) return failure(errno, "replace", name);
        // A file system that cannot do it: as near to it as there is.
        if (TRY(read(name)) != expected) return changed(name);
        if (::renameat(folder_.get(), temporary.c_str(), folder_.get(), name.c_str()) != 0)
            return failure(errno, "replace", name);
        return {};
    }
    if (TRY(read(temporary)) == expected) return {};
    if (!change_places()) return failure(errno, "put back", name);
    // Written once more between the two: that stays too, under a name of its own.
    if (TRY(read(temporary)) != content)
        TRY(rename(temporary, fmt::format("{}.saved-{}", name, random_hex(8))));
    return changed(name);
}

Status OwnFolder::swap(const std::string& name, const std::optional<std::string>& expected,
                       std::string_view content) const {
    const auto temporary = fmt::format(".new-{}", random_hex(16));
    Status status = put(temporary, content);
    if (status && expected) {
        status = exchange(temporary, name, *expected, content);
    } else if (status && ::renameat2(folder_.get(), temporary.c_str(), folder_.get(), name.c_str(),
                                     RENAME_NOREPLACE) != 0) {
        status = errno == EEXIST ? changed(name) : failure(errno, "write", name);
    }
    ::unlinkat(folder_.get(), temporary.c_str(), 0);
    if (status && ::fsync(folder_.get()) != 0) status = failure(errno, "write", name);
    return status;
}

Status OwnFolder::rename(const std::string& from, const std::string& to) const {
    if (::renameat2(folder_.get(), from.c_str(), folder_.get(), to.c_str(), RENAME_NOREPLACE) != 0)
        return failure(errno, "rename", from);
    return {};
}

Result<os::Fd> OwnFolder::lock() const {
    os::Fd held(::openat(folder_.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!held) return failure(errno, "lock", "");
    const auto end = std::chrono::steady_clock::now() + kPatience;
    while (::flock(held.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR) return failure(errno, "lock", "");
        if (std::chrono::steady_clock::now() > end)
            return Error(Code::kConflict, fmt::format("another hearth holds the folder in {}", kTop));
        std::this_thread::sleep_for(kPause);
    }
    return held;
}

}  // namespace hearth::sandbox
