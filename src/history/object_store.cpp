#include "history/object_store.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include "core/ids.h"
#include "core/text.h"
#include "history/folder_list.h"
#include "os/fd.h"

namespace hearth::history {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

constexpr milliseconds kPatience(10'000);

std::int64_t unix_us_now() {
    return std::chrono::duration_cast<std::chrono::microseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

}  // namespace

Result<ObjectStore> ObjectStore::open(const fs::path& folder) {
    TRY(os::make_directories(folder / "objects"));
    TRY(os::make_directories(folder / "snapshots"));
    return ObjectStore(folder);
}

fs::path ObjectStore::path_of(std::string_view id) const {
    return objects() / std::string(id.substr(0, 2)) / std::string(id.substr(2));
}

bool ObjectStore::has(std::string_view id, std::int64_t size) const {
    struct stat info{};
    return ::lstat(path_of(id).c_str(), &info) == 0 && S_ISREG(info.st_mode) &&
           (size < 0 || info.st_size == size);
}

// Not synced: what a power loss damages is seen when it is read, and syncing each of thousands of files would take minutes.
Status ObjectStore::put(std::string_view id, std::string_view bytes) const {
    if (has(id, static_cast<std::int64_t>(bytes.size()))) return {};
    const auto path = path_of(id);
    const auto what = fmt::format("cannot keep a file's content in {}", folder_.string());
    const auto temporary = objects() / ("new-" + random_hex(16));
    const os::Fd file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file) return errno_error(errno, what);
    Status status = os::write_all(file.get(), bytes, what);
    if (status && ::rename(temporary.c_str(), path.c_str()) != 0) {
        if (::mkdir(path.parent_path().c_str(), 0700) != 0 && errno != EEXIST)
            status = errno_error(errno, what);
        if (status && ::rename(temporary.c_str(), path.c_str()) != 0) status = errno_error(errno, what);
    }
    if (!status) ::unlink(temporary.c_str());
    return status;
}

Result<std::string> ObjectStore::get(std::string_view id) const {
    if (!is_sha256(id)) return Error(Code::kCorrupt, fmt::format("'{}' names no content", printable(id)));
    auto bytes = os::read_file(path_of(id), std::size_t{1} << 30U);
    if (!bytes && bytes.error().code() == Code::kNotFound) {
        return Error(
            Code::kNotFound,
            "its content is not kept any more: the oldest is dropped when the room for it is used up");
    }
    if (bytes && os::sha256(*bytes) != id)
        return Error(Code::kCorrupt, fmt::format("the content kept in {} is damaged", path_of(id).string()));
    return bytes;
}

Status ObjectStore::add_snapshot(std::string_view id) const {
    const auto path = folder_ / "snapshots" / fmt::format("{:020}-{}", unix_us_now(), id);
    const os::Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file) return errno_error(errno, fmt::format("cannot write {}", path.string()));
    return {};
}

std::vector<ObjectStore::Kept> ObjectStore::snapshots() const {
    std::vector<Kept> out;
    std::error_code error;
    for (const auto& each : fs::directory_iterator(folder_ / "snapshots", error)) {
        auto name = each.path().filename().string();
        const auto at = name.find('-');
        if (at == std::string::npos || !is_sha256(std::string_view(name).substr(at + 1))) continue;
        auto id = name.substr(at + 1);
        out.push_back({std::move(name), std::move(id)});
    }
    std::sort(out.begin(), out.end(), [](const Kept& a, const Kept& b) { return a.name > b.name; });
    return out;
}

Bytes ObjectStore::size() const {
    Bytes sum;
    std::error_code error;
    for (const auto& each : fs::recursive_directory_iterator(objects(), error)) {
        const auto size = each.is_regular_file(error) ? each.file_size(error) : 0;
        if (!error) sum += Bytes{static_cast<std::int64_t>(size)};
    }
    return sum;
}

Result<os::FileLock> ObjectStore::lock(os::FileLock::Sharing sharing) const {
    return os::FileLock::acquire(folder_ / "lock", kPatience, sharing);
}

std::int64_t ObjectStore::generation() const {
    const auto text = os::read_file(folder_ / "generation", 64);
    return text ? parse_number(trim(*text)).value_or(0) : 0;
}

}  // namespace hearth::history
