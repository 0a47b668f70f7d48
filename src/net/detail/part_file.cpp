#include "net/detail/part_file.h"

#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "core/units.h"
#include "os/files.h"

namespace hearth::net::detail {

namespace {

namespace fs = std::filesystem;

fs::path with_suffix(fs::path path, std::string_view suffix) { return path += suffix; }

Error disk_error(int number, const fs::path& path, std::optional<std::int64_t> needed) {
    // EFBIG: more than the file system can hold at all.
    if ((number == ENOSPC || number == EDQUOT || number == EFBIG) && needed) {
        const auto free = os::free_space(path);
        return {Code::kDiskFull,
                fmt::format(
                    "not enough room on the disk for {}: {} needed, {} free; make room or move HEARTH_HOME",
                    path.string(), human_bytes(Bytes{*needed}), free ? human_bytes(*free) : "unknown")};
    }
    return errno_error(number, fmt::format("cannot write {}", path.string()));
}

// Whether the descriptor is still the file of that name: another process may have finished and renamed it.
bool is_named(int fd, const fs::path& path) {
    struct stat open{};
    struct stat named{};
    return ::fstat(fd, &open) == 0 && ::lstat(path.c_str(), &named) == 0 && open.st_ino == named.st_ino &&
           open.st_dev == named.st_dev;
}

}  // namespace

PartFile::PartFile(fs::path target, os::Fd fd)
    : target_(std::move(target)),
      part_(with_suffix(target_, ".part")),
      state_(with_suffix(target_, ".part.json")),
      fd_(std::move(fd)) {}

Result<PartFile> PartFile::open(const fs::path& target) {
    if (!target.has_filename())
        return Error(Code::kInvalidInput, fmt::format("'{}' names no file", target.string()));
    if (const fs::path folder = target.parent_path(); !folder.empty()) TRY(os::make_directories(folder));
    const fs::path part = with_suffix(target, ".part");
    for (;;) {
        os::Fd fd(::open(part.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644));
        if (!fd) return errno_error(errno, fmt::format("cannot open {}", part.string()));
        if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
            if (errno == EWOULDBLOCK)
                return Error(Code::kConflict,
                             fmt::format("another hearth is fetching {} right now", target.string()));
            return errno_error(errno, fmt::format("cannot lock {}", part.string()));
        }
        if (is_named(fd.get(), part)) return PartFile(target, std::move(fd));
    }
}

std::optional<PartState> PartFile::load(std::string_view source) const {
    const auto text = os::read_file(state_);
    if (!text) return std::nullopt;
    auto state = parse_part_state(*text);
    struct stat info{};
    if (!state || state->source != source || ::fstat(fd_.get(), &info) != 0 || info.st_size != state->total)
        return std::nullopt;
    return state;
}

Status PartFile::begin(std::optional<std::int64_t> total) {
    if (::unlink(state_.c_str()) != 0 && errno != ENOENT)
        return errno_error(errno, fmt::format("cannot remove {}", state_.string()));
    if (::ftruncate(fd_.get(), 0) != 0) return disk_error(errno, part_, total);
    if (!total || *total == 0) return {};
    if (::fallocate(fd_.get(), 0, 0, *total) == 0) return {};
    // File systems that cannot reserve get a file with a hole.
    if (errno != EOPNOTSUPP && errno != ENOSYS) return disk_error(errno, part_, total);
    if (::ftruncate(fd_.get(), *total) != 0) return disk_error(errno, part_, total);
    return {};
}

Status PartFile::write(std::int64_t offset, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t written = ::pwrite(fd_.get(), bytes.data(), bytes.size(), offset);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return disk_error(errno, part_, static_cast<std::int64_t>(bytes.size()));
        bytes.remove_prefix(static_cast<std::size_t>(written));
        offset += written;
    }
    return {};
}

Status PartFile::save(const PartState& state) {
    if (::fdatasync(fd_.get()) != 0) return disk_error(errno, part_, std::nullopt);
    return os::write_file_atomic(state_, render(state), 0600);
}

Status PartFile::finish() {
    if (::fsync(fd_.get()) != 0) return disk_error(errno, part_, std::nullopt);
    if (::rename(part_.c_str(), target_.c_str()) != 0)
        return errno_error(errno, fmt::format("cannot move the finished download to {}", target_.string()));
    ::unlink(state_.c_str());
    const fs::path folder = target_.parent_path();
    return os::sync_folder(folder.empty() ? fs::path(".") : folder);
}

bool PartFile::is_empty() const {
    struct stat info{};
    return ::fstat(fd_.get(), &info) == 0 && info.st_size == 0;
}

void PartFile::discard() {
    ::unlink(state_.c_str());
    ::unlink(part_.c_str());
}

}  // namespace hearth::net::detail
