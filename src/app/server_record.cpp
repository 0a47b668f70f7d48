#include "app/server_record.h"

#include <algorithm>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <boost/json.hpp>

#include "app/server_address.h"
#include "core/json.h"
#include "os/fd.h"
#include "os/paths.h"

namespace hearth::app {
namespace {

namespace fs = std::filesystem;

struct Found {
    fs::path file;
    fs::file_time_type written;
};

// Newest first.
std::vector<Found> record_files(const fs::path& runtime) {
    std::vector<Found> found;
    std::error_code error;
    for (fs::directory_iterator each(runtime, error), end; !error && each != end; each.increment(error)) {
        const std::string name = each->path().filename().string();
        if (!name.starts_with("serve-") || !name.ends_with(".json")) continue;
        std::error_code gone;
        const auto written = fs::last_write_time(each->path(), gone);
        if (!gone) found.push_back({.file = each->path(), .written = written});
    }
    std::ranges::sort(found, [](const Found& a, const Found& b) { return a.written > b.written; });
    return found;
}

// Nobody who lives holds its lock. A file that cannot be opened is not ours.
bool left_behind(const fs::path& file) {
    const os::Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    return fd && ::flock(fd.get(), LOCK_SH | LOCK_NB) == 0;
}

}  // namespace

Result<ServerRecord> ServerRecord::write(const fs::path& runtime, const ServerPlace& place) {
    TRY(os::make_runtime_folder(runtime));
    std::error_code ignored;
    for (const Found& each : record_files(runtime))
        if (left_behind(each.file)) fs::remove(each.file, ignored);
    const fs::path file = runtime / fmt::format("serve-{}.json", ::getpid());
    ServerRecord record(file, TRY(os::FileLock::try_acquire(file)));
    TRY(record.change(place));
    return record;
}

// In its place, because the lock is that of this very file.
Status ServerRecord::change(const ServerPlace& place) const {
    const os::Fd fd(::open(file_.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC | O_NOFOLLOW));
    json::object record{{"address", address_words(place)}, {"pid", ::getpid()}};
    if (place.tls) {
        record["key_pin"] = place.key_pin;
        record["certificate"] = place.certificate;
    }
    return os::write_all(fd.get(), json::serialize(record) + "\n", file_.string());
}

ServerRecord::ServerRecord(ServerRecord&& other) noexcept
    : file_(std::exchange(other.file_, {})), lock_(std::move(other.lock_)) {}

ServerRecord& ServerRecord::operator=(ServerRecord&& other) noexcept {
    std::swap(file_, other.file_);
    std::swap(lock_, other.lock_);
    return *this;
}

ServerRecord::~ServerRecord() {
    std::error_code ignored;
    if (!file_.empty()) fs::remove(file_, ignored);
}

Result<ServerPlace> parse_server_record(std::string_view text) {
    const json::value value = TRY(parse_json(text));
    const auto address = string_member(value, "address");
    if (!address) return Error(Code::kCorrupt, "the record of a server has no address");
    if (!address->starts_with("https://"))
        return ServerPlace{
            .address = TRY(parse_server_address(*address)), .tls = false, .key_pin = {}, .certificate = {}};
    const auto pin = string_member(value, "key_pin");
    if (!pin || pin->empty()) return Error(Code::kCorrupt, "the record of a TLS server does not say its key");
    return ServerPlace{.address = TRY(parse_listen_address(*address)).address,
                       .tls = true,
                       .key_pin = std::string(*pin),
                       .certificate = std::string(string_member(value, "certificate").value_or(""))};
}

std::vector<ServerPlace> recorded_servers(const fs::path& runtime) {
    std::vector<ServerPlace> places;
    for (const Found& each : record_files(runtime)) {
        if (left_behind(each.file)) continue;
        const auto text = os::read_file(each.file, std::size_t{64} << 10U);
        if (!text) continue;
        if (auto place = parse_server_record(*text)) places.push_back(*std::move(place));
    }
    return places;
}

}  // namespace hearth::app
