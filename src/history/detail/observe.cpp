#include "history/detail/observe.h"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <utility>

#include "os/files.h"

namespace hearth::history::detail {
namespace {

constexpr unsigned kModeBits = 0777;

}  // namespace

FileState unkept_state(const struct stat& info) {
    return {Kind::kUnkept, info.st_mode & kModeBits, info.st_size,
            fmt::format("{}.{:09}", info.st_mtim.tv_sec, info.st_mtim.tv_nsec)};
}

std::optional<ReadFile> read_regular(int folder, const std::string& name) {
    const os::Fd file(
        ::openat(folder, name.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    ReadFile out;
    if (!file || ::fstat(file.get(), &out.info) != 0 || !S_ISREG(out.info.st_mode) ||
        out.info.st_size > kMaxFileBytes)
        return std::nullopt;
    // One byte more than it had, to see that it did not grow.
    out.bytes.resize(static_cast<std::size_t>(out.info.st_size) + 1);
    std::size_t filled = 0;
    while (true) {
        const auto got = ::read(file.get(), out.bytes.data() + filled, out.bytes.size() - filled);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return std::nullopt;
        filled += static_cast<std::size_t>(got);
        if (std::cmp_greater(filled, kMaxFileBytes)) return std::nullopt;
        if (got == 0) break;
        if (filled == out.bytes.size()) out.bytes.resize(filled * 2);
    }
    out.bytes.resize(filled);
    return out;
}

std::optional<std::string> read_link(int folder, const std::string& name) {
    std::array<char, 4096> target{};
    const auto length = ::readlinkat(folder, name.c_str(), target.data(), target.size());
    if (length < 0 || std::cmp_greater_equal(length, target.size())) return std::nullopt;
    return std::string(target.data(), static_cast<std::size_t>(length));
}

std::optional<FileState> observe(int folder, const std::string& name) {
    struct stat info{};
    if (::fstatat(folder, name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) return std::nullopt;
    if (S_ISDIR(info.st_mode)) return FileState{Kind::kFolder, info.st_mode & kModeBits, 0, {}};
    if (S_ISLNK(info.st_mode)) {
        auto target = read_link(folder, name);
        if (!target) return std::nullopt;
        return FileState{Kind::kLink, 0, 0, *std::move(target)};
    }
    if (!S_ISREG(info.st_mode)) return std::nullopt;
    const auto file = read_regular(folder, name);
    if (!file) return unkept_state(info);
    return FileState{Kind::kFile, file->info.st_mode & kModeBits,
                     static_cast<std::int64_t>(file->bytes.size()), os::sha256(file->bytes)};
}

}  // namespace hearth::history::detail
