#include "os/files.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <thread>
#include <unistd.h>
#include <utility>

#include "core/text.h"

namespace hearth::os {

namespace {

constexpr int kNameAttempts = 16;
constexpr std::chrono::milliseconds kLockPause(5);

// Sixteen hexadecimal digits that nobody else picks.
std::string random_suffix() {
    std::array<char, 8> bytes{};
    if (::getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
        // Only without a working random device; O_EXCL and mkdir still keep two callers apart.
        const auto number = static_cast<std::uint64_t>(::getpid());
        std::memcpy(bytes.data(), &number, sizeof number);
    }
    return to_hex(std::string_view(bytes.data(), bytes.size()));
}

fs::path folder_of(const fs::path& path) {
    const fs::path parent = path.parent_path();
    return parent.empty() ? fs::path(".") : parent;
}

// A temporary file that is gone again unless it was renamed.
class Temporary {
public:
    static Result<Temporary> create(const fs::path& folder, unsigned mode) {
        for (int attempt = 0; attempt < kNameAttempts; ++attempt) {
            fs::path path = folder / fmt::format(".hearth-{}.tmp", random_suffix());
            Fd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode));
            if (fd) return Temporary(std::move(path), std::move(fd));
            if (errno != EEXIST)
                return errno_error(errno, fmt::format("cannot write in {}", folder.string()));
        }
        return Error(Code::kConflict,
                     fmt::format("cannot find a free temporary name in {}", folder.string()));
    }

    Temporary(Temporary&& other) noexcept
        : path_(std::exchange(other.path_, {})), fd_(std::move(other.fd_)) {}

    Temporary& operator=(Temporary&&) = delete;

    ~Temporary() {
        if (!path_.empty()) ::unlink(path_.c_str());
    }

    [[nodiscard]] int fd() const { return fd_.get(); }

    Status rename_to(const fs::path& target) {
        // Some file systems report a failed write only here.
        if (::close(fd_.release()) != 0)
            return errno_error(errno, fmt::format("cannot write {}", target.string()));
        if (::rename(path_.c_str(), target.c_str()) != 0)
            return errno_error(errno, fmt::format("cannot replace {}", target.string()));
        path_.clear();
        return {};
    }

private:
    Temporary(fs::path path, Fd fd) : path_(std::move(path)), fd_(std::move(fd)) {}

    fs::path path_;
    Fd fd_;
};

}  // namespace

Result<std::string> read_file(const fs::path& path, std::size_t limit) {
    const std::string what = fmt::format("cannot read {}", path.string());
    // Non-blocking only so that opening a named pipe without a writer does not wait for ever.
    const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
    if (!fd) return errno_error(errno, what);
    struct stat info{};
    if (::fstat(fd.get(), &info) != 0) return errno_error(errno, what);
    if (S_ISDIR(info.st_mode)) return Error(Code::kInvalidInput, what + ": it is a folder");
    if (!S_ISREG(info.st_mode)) return Error(Code::kInvalidInput, what + ": it is not a regular file");
    const auto too_large = [&] {
        return Error(Code::kTooLarge,
                     fmt::format("{}: it is larger than the limit of {} bytes", what, limit));
    };
    if (std::cmp_greater(info.st_size, limit)) return too_large();

    std::string content;
    // Files under /proc say 0 and have content; a growing file has more than it said.
    std::size_t room = static_cast<std::size_t>(info.st_size) + 1;
    for (std::size_t filled = 0;;) {
        content.resize(filled + std::max<std::size_t>(room, 4096));
        const ssize_t got = ::read(fd.get(), content.data() + filled, content.size() - filled);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return errno_error(errno, what);
        filled += static_cast<std::size_t>(got);
        if (filled > limit) return too_large();
        if (got == 0) {
            content.resize(filled);
            return content;
        }
        room = content.size() - filled;
    }
}

Status write_all(int descriptor, std::string_view content, std::string_view what) {
    while (!content.empty()) {
        const ssize_t written = ::write(descriptor, content.data(), content.size());
        if (written < 0) {
            if (errno == EINTR) continue;
            return errno_error(errno, what);
        }
        content.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

Status sync_folder(const fs::path& folder) {
    const Fd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd) return errno_error(errno, fmt::format("cannot open {}", folder.string()));
    // Some network file systems cannot sync a folder and say EINVAL; there is nothing better to do there.
    if (::fsync(fd.get()) != 0 && errno != EINVAL && errno != ENOTSUP)
        return errno_error(errno, fmt::format("cannot sync {}", folder.string()));
    return {};
}

Status write_file_atomic(const fs::path& path, std::string_view content, unsigned mode) {
    if (!path.has_filename())
        return Error(Code::kInvalidInput, fmt::format("'{}' names no file", path.string()));
    const fs::path folder = folder_of(path);
    TRY(make_directories(folder));
    Temporary temporary = TRY(Temporary::create(folder, mode));
    const std::string what = fmt::format("cannot write {}", path.string());
    TRY(write_all(temporary.fd(), content, what));
    if (::fsync(temporary.fd()) != 0) return errno_error(errno, what);
    TRY(temporary.rename_to(path));
    return sync_folder(folder);
}

Status make_directories(const fs::path& path) {
    fs::path so_far;
    for (const fs::path& part : path) {
        so_far /= part;
        if (::mkdir(so_far.c_str(), 0700) == 0) continue;
        const int number = errno;
        struct stat info{};
        if (::stat(so_far.c_str(), &info) != 0)
            return errno_error(number == EEXIST ? errno : number,
                               fmt::format("cannot make the folder {}", so_far.string()));
        if (!S_ISDIR(info.st_mode))
            return Error(Code::kConflict,
                         fmt::format("cannot make the folder {}: {} is there and is no folder", path.string(),
                                     so_far.string()));
    }
    return {};
}

Result<Bytes> free_space(const fs::path& path) {
    std::error_code failed;
    fs::path place = fs::absolute(path, failed);
    if (failed)
        return Error(Code::kNotFound, fmt::format("cannot find {}: {}", path.string(), failed.message()));
    for (;;) {
        struct statvfs info{};
        if (::statvfs(place.c_str(), &info) == 0)
            return Bytes{static_cast<std::int64_t>(info.f_bavail) * static_cast<std::int64_t>(info.f_frsize)};
        if ((errno != ENOENT && errno != ENOTDIR) || !place.has_relative_path())
            return errno_error(errno, fmt::format("cannot ask for the free space at {}", path.string()));
        place = place.parent_path();
    }
}

Result<TempDir> TempDir::create(std::string_view prefix, const fs::path& parent) {
    fs::path base = parent;
    if (base.empty()) {
        const char* chosen = std::getenv("TMPDIR");
        base = chosen != nullptr && *chosen != '\0' ? chosen : "/tmp";
    }
    std::error_code failed;
    base = fs::absolute(base, failed);
    if (failed)
        return Error(Code::kNotFound, fmt::format("cannot find {}: {}", base.string(), failed.message()));
    for (int attempt = 0; attempt < kNameAttempts; ++attempt) {
        fs::path path = base / fmt::format("{}-{}", prefix, random_suffix());
        if (::mkdir(path.c_str(), 0700) == 0) return TempDir(std::move(path));
        if (errno != EEXIST)
            return errno_error(errno, fmt::format("cannot make a temporary folder in {}", base.string()));
    }
    return Error(Code::kConflict, fmt::format("cannot find a free temporary name in {}", base.string()));
}

TempDir::TempDir(TempDir&& other) noexcept : path_(std::exchange(other.path_, {})) {}

TempDir& TempDir::operator=(TempDir&& other) noexcept {
    if (this != &other) {
        if (!path_.empty()) static_cast<void>(remove_tree(path_).has_value());
        path_ = std::exchange(other.path_, {});
    }
    return *this;
}

TempDir::~TempDir() {
    // What cannot be removed stays in the temporary folder; a destructor has nobody to tell.
    if (!path_.empty()) static_cast<void>(remove_tree(path_).has_value());
}

Result<FileLock> FileLock::try_acquire(const fs::path& path, Sharing sharing) {
    TRY(make_directories(folder_of(path)));
    Fd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!fd) return errno_error(errno, fmt::format("cannot open the lock {}", path.string()));
    if (::flock(fd.get(), (sharing == Sharing::kAlone ? LOCK_EX : LOCK_SH) | LOCK_NB) != 0) {
        if (errno == EWOULDBLOCK)
            return Error(Code::kConflict, fmt::format("{} is held by another running hearth", path.string()));
        return errno_error(errno, fmt::format("cannot lock {}", path.string()));
    }
    return FileLock(std::move(fd));
}

Result<FileLock> FileLock::acquire(const fs::path& path, std::chrono::milliseconds patience,
                                   Sharing sharing) {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    while (true) {
        auto lock = try_acquire(path, sharing);
        const bool taken = !lock && lock.error().code() == Code::kConflict;
        if (!taken || std::chrono::steady_clock::now() >= deadline) return lock;
        std::this_thread::sleep_for(kLockPause);
    }
}

}  // namespace hearth::os
