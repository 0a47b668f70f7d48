#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/fs.h>
#include <memory>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "model/fetch.h"
#include "os/fd.h"
#include "os/files.h"

namespace hearth::model {
namespace {

constexpr std::size_t kPiece = std::size_t{1} << 20U;

Result<os::Fd> open_source(const std::filesystem::path& path, std::optional<Bytes> size, Bytes& actual) {
    os::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file) return errno_error(errno, fmt::format("opening {}", path.string()));
    struct stat status = {};
    if (::fstat(file.get(), &status) != 0)
        return errno_error(errno, fmt::format("reading {}", path.string()));
    if (!S_ISREG(status.st_mode))
        return Error(Code::kInvalidInput, fmt::format("{} is not a regular file", path.string()));
    actual = Bytes{status.st_size};
    if (size && *size != actual) {
        return Error(Code::kCorrupt, fmt::format("{} has {} bytes, the model has {}", path.string(),
                                                 actual.value, size->value));
    }
    return file;
}

Status copy(int from, int to, Bytes done, Bytes total, const FetchProgress& progress,
            const std::stop_token& stop) {
    const auto buffer = std::make_unique<char[]>(kPiece);
    while (done < total) {
        if (stop.stop_requested()) return Error(Code::kCancelled, "stopped while copying");
        const auto got = ::pread(from, buffer.get(), kPiece, done.value);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return errno_error(errno, "reading the model file");
        if (got == 0) return Error(Code::kCorrupt, "the model file became shorter while it was copied");
        TRY(os::write_all(to, std::string_view(buffer.get(), static_cast<std::size_t>(got)),
                          "writing the copy of the model file"));
        done += Bytes{got};
        if (progress) progress(done, total);
    }
    return {};
}

}  // namespace

Result<Fetched> fetch_path(const PathSource& source, std::optional<Bytes> size,
                           const std::filesystem::path& folder, const FetchProgress& progress,
                           std::stop_token stop) {
    Bytes total{0};
    const auto from = TRY(open_source(source.path, size, total));
    const auto file = folder / ("path-" + os::sha256(source.path.string()).substr(0, 16) + ".gguf");
    const os::Fd to(::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
    if (!to) return errno_error(errno, fmt::format("creating {}", file.string()));
    if (::ioctl(to.get(), FICLONE, from.get()) == 0) {
        if (progress) progress(total, total);
        return Fetched{.file = file, .resumed = false};
    }
    struct stat status = {};
    if (::fstat(to.get(), &status) != 0) return errno_error(errno, fmt::format("reading {}", file.string()));
    // A copy that is longer than its source was of another file.
    Bytes have{status.st_size};
    if (have > total) have = Bytes{0};
    if (::ftruncate(to.get(), have.value) != 0 || ::lseek(to.get(), 0, SEEK_END) < 0)
        return errno_error(errno, fmt::format("preparing {}", file.string()));
    const auto free = TRY(os::free_space(folder));
    if (free < total - have) {
        return Error(Code::kDiskFull,
                     fmt::format("{} more are needed in {}, {} are free", human_bytes(total - have),
                                 folder.string(), human_bytes(free)));
    }
    TRY(copy(from.get(), to.get(), have, total, progress, stop));
    return Fetched{.file = file, .resumed = have.value > 0};
}

}  // namespace hearth::model
