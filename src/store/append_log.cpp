#include "store/append_log.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include "os/files.h"

namespace hearth::store {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBlock = std::size_t{256} << 10U;

Error file_error(const char* what, const fs::path& path) {
    const int number = errno;
    return errno_error(number, fmt::format("{} {}", what, path.string()));
}

Result<std::size_t> read_at(int descriptor, std::string& block, std::uint64_t offset, const fs::path& path) {
    while (true) {
        const auto got = ::pread(descriptor, block.data(), block.size(), static_cast<off_t>(offset));
        if (got >= 0) return static_cast<std::size_t>(got);
        if (errno != EINTR) return file_error("reading", path);
    }
}

Result<LogReport> parse_file(int descriptor, const fs::path& path, const RecordSink& on_record,
                             const LogLimits& limits, bool stop_early) {
    LogParser parser(on_record, limits);
    std::string block(kBlock, '\0');
    std::uint64_t offset = 0;
    while (!(stop_early && parser.stopped())) {
        const std::size_t got = TRY(read_at(descriptor, block, offset, path));
        if (got == 0) return std::move(parser).finish();
        parser.feed(std::string_view(block).substr(0, got));
        offset += got;
    }
    return std::move(parser).partial();
}

Status sync_folder_of(const fs::path& path) {
    const auto folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
    const os::Fd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd || ::fsync(fd.get()) != 0) return file_error("syncing folder", folder);
    return {};
}

// Copies the bytes from `offset` to the end into a new file beside the log, on the disk before this returns.
Result<fs::path> copy_tail_aside(int descriptor, std::uint64_t offset, const fs::path& path) {
    constexpr int kMaxCopies = 1000;
    os::Fd copy;
    fs::path name;
    for (int n = 1; !copy; ++n) {
        name = path;
        name += fmt::format(".torn-{}", n);
        copy = os::Fd(::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
        if (!copy && (errno != EEXIST || n == kMaxCopies)) {
            return file_error("saving the torn last line of the log in", name);
        }
    }
    std::string block(kBlock, '\0');
    while (true) {
        const std::size_t got = TRY(read_at(descriptor, block, offset, path));
        if (got == 0) break;
        TRY(os::write_all(copy.get(), std::string_view(block).substr(0, got), "writing " + name.string()));
        offset += got;
    }
    if (::fsync(copy.get()) != 0) return file_error("syncing", name);
    TRY(sync_folder_of(path));
    return name;
}

}  // namespace

Result<LogReport> read_log(const fs::path& path, const RecordSink& on_record, const LogLimits& limits) {
    const os::Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd) return file_error("opening log", path);
    return parse_file(fd.get(), path, on_record, limits, true);
}

Result<AppendLog> AppendLog::open(const fs::path& path, const RecordSink& on_record,
                                  const LogLimits& limits) {
    if (path.has_parent_path()) TRY(os::make_directories(path.parent_path()));
    os::Fd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    if (!fd) return file_error("opening log", path);
    struct stat info{};
    if (::fstat(fd.get(), &info) != 0) return file_error("opening log", path);
    if (!S_ISREG(info.st_mode)) {
        return Error(Code::kInvalidInput,
                     fmt::format("{} is no regular file, a log cannot be kept there", path.string()));
    }
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK) return file_error("locking", path);
        return Error(Code::kConflict,
                     fmt::format("{} is being written by another hearth; end that one first", path.string()));
    }
    AppendLog log(path, std::move(fd), limits);
    if (info.st_size == 0) {
        if (::fsync(log.fd_.get()) != 0) return file_error("syncing", path);
        TRY(sync_folder_of(path));
    }
    TRY(log.load(on_record));
    return log;
}

Status AppendLog::load(const RecordSink& on_record) {
    loaded_ = TRY(parse_file(fd_.get(), path_, on_record, limits_, false));
    size_ = loaded_.good_bytes;
    last_seq_ = loaded_.last_seq;
    return repair();
}

// Makes the file end with a whole line.
Status AppendLog::repair() {
    if (loaded_.torn_bytes > 0) {
        torn_copy_ = TRY(copy_tail_aside(fd_.get(), size_, path_));
        if (::ftruncate(fd_.get(), static_cast<off_t>(size_)) != 0)
            return file_error("cutting the torn last line off", path_);
        if (::fsync(fd_.get()) != 0) return file_error("syncing", path_);
    }
    if (loaded_.lacks_newline) return write_line("\n");
    return {};
}

Result<std::uint64_t> AppendLog::append(std::string_view record, Durability durability) {
    if (broken_) return *broken_;
    const auto seq = last_seq_ + 1;
    const std::string line = TRY(marked_line(record, seq, limits_));
    TRY(write_line(line));
    last_seq_ = seq;
    if (durability == Durability::kSync && ::fdatasync(fd_.get()) != 0)
        return fail(file_error("syncing", path_));
    return seq;
}

Status AppendLog::write_line(std::string_view line) {
    std::size_t written = 0;
    while (written < line.size()) {
        const auto got = ::write(fd_.get(), line.data() + written, line.size() - written);
        if (got > 0) {
            written += static_cast<std::size_t>(got);
            continue;
        }
        if (got == 0) errno = EIO;
        if (errno == EINTR) continue;
        auto error = file_error("appending to", path_);
        if (written > 0 && ::ftruncate(fd_.get(), static_cast<off_t>(size_)) != 0)
            return fail(std::move(error));
        return error;
    }
    size_ += line.size();
    return {};
}

// From now on every append is refused: what is on the disk is no longer known.
Error AppendLog::fail(Error error) {
    broken_ = Error(Code::kUnavailable,
                    fmt::format("{}; the log takes no more records, what is in it stays readable: "
                                "start again when the disk is well",
                                error.message()));
    return *broken_;
}

}  // namespace hearth::store
