#include "guard/audit_log.h"

#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <utility>

#include "core/ids.h"
#include "core/json.h"
#include "os/fd.h"
#include "os/files.h"

namespace hearth::guard {
namespace fs = std::filesystem;

namespace {

constexpr auto kLockTime = std::chrono::seconds(10);
constexpr auto kLockStep = std::chrono::milliseconds(5);
constexpr std::size_t kBlock = std::size_t{64} << 10U;

Error file_error(std::string_view what, const fs::path& path) {
    const int number = errno;
    return errno_error(number, fmt::format("{} {}", what, path.string()));
}

Status lock(int descriptor, const fs::path& path) {
    const auto deadline = std::chrono::steady_clock::now() + kLockTime;
    while (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR) return file_error("locking", path);
        if (std::chrono::steady_clock::now() > deadline)
            return Error(Code::kUnavailable, fmt::format("{} is locked by another process for {} s",
                                                         path.string(), kLockTime.count()));
        std::this_thread::sleep_for(kLockStep);
    }
    return {};
}

Result<std::string> read_range(int descriptor, std::uint64_t from, std::uint64_t to, const fs::path& path) {
    std::string bytes(static_cast<std::size_t>(to - from), '\0');
    std::size_t done = 0;
    while (done < bytes.size()) {
        const auto got =
            ::pread(descriptor, bytes.data() + done, bytes.size() - done, static_cast<off_t>(from + done));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return file_error("reading", path);
        if (got == 0) break;
        done += static_cast<std::size_t>(got);
    }
    bytes.resize(done);
    return bytes;
}

// How a log ends.
struct Tail {
    std::uint64_t good_bytes = 0;  // up to and including the last '\n'
    std::string torn;              // what follows it
    std::string last_line;         // before it; empty in an empty log
};

Result<Tail> read_tail(int descriptor, const fs::path& path) {
    struct stat info{};
    if (::fstat(descriptor, &info) != 0) return file_error("looking at", path);
    const auto size = static_cast<std::uint64_t>(info.st_size);
    // Two lines at most: the last whole one and a torn one.
    const std::uint64_t from = size > 2 * (kMaxAuditLine + 1) ? size - 2 * (kMaxAuditLine + 1) : 0;
    const std::string bytes = TRY(read_range(descriptor, from, size, path));
    Tail tail;
    const std::size_t end = bytes.rfind('\n');
    if (end == std::string::npos) {
        tail.good_bytes = from;
        tail.torn = bytes;
        return tail;
    }
    tail.good_bytes = from + end + 1;
    tail.torn = bytes.substr(end + 1);
    const std::size_t begin = end == 0 ? std::string::npos : bytes.rfind('\n', end - 1);
    tail.last_line = bytes.substr(begin == std::string::npos ? 0 : begin + 1,
                                  end - (begin == std::string::npos ? 0 : begin + 1));
    return tail;
}

Status cut_torn_line(int descriptor, const Tail& tail, const fs::path& path) {
    if (tail.torn.empty()) return {};
    for (int n = 1;; ++n) {
        fs::path copy = path;
        copy += fmt::format(".torn-{}", n);
        std::error_code error;
        if (fs::exists(copy, error) && n < 1000) continue;
        TRY(os::write_file_atomic(copy, tail.torn, 0600));
        break;
    }
    if (::ftruncate(descriptor, static_cast<off_t>(tail.good_bytes)) != 0)
        return file_error("cutting a torn last line off", path);
    return {};
}

// What the next record continues, and what has to be said first when the log is not as it was left.
struct Start {
    AuditHead last;
    std::optional<AuditHead> missing;  // the head, when the log does not reach it
};

Start start_of(const Tail& tail, const std::optional<AuditHead>& head) {
    Start start{.last = {.seq = 0, .hash = std::string(kFirstPrevious)}, .missing = {}};
    const auto record = read_audit_line(tail.last_line);
    if (record) start.last = {.seq = record->seq, .hash = record->hash};
    const bool known = record || tail.last_line.empty();
    if (!known && head) start.last = *head;  // the last line was altered: verify() will name it
    if (head && known &&
        (head->seq > start.last.seq || (head->seq == start.last.seq && head->hash != start.last.hash)))
        start.missing = head;
    return start;
}

Status write_line(int descriptor, std::uint64_t at, const std::string& line, const fs::path& path) {
    if (const Status written = os::write_all(descriptor, line, "appending to " + path.string()); !written) {
        // Part of a record must not stay; when that fails too it is a torn line, which the next append cuts off.
        static_cast<void>(::ftruncate(descriptor, static_cast<off_t>(at)) == 0);
        return written;
    }
    if (::fdatasync(descriptor) != 0) return file_error("syncing", path);
    return {};
}

std::optional<AuditHead> read_head(const fs::path& path) {
    const auto text = os::read_file(path, 1024);
    return text ? read_audit_head(*text) : std::nullopt;
}

// Gives the lines of a file to `on_line`, and what follows the last '\n'.
Result<std::string> each_line(const fs::path& path, const std::function<bool(std::string_view)>& on_line) {
    const os::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file && errno == ENOENT)
        return Error(Code::kNotFound, fmt::format("nothing was recorded yet: there is no {}", path.string()));
    if (!file) return file_error("opening", path);
    std::string rest;
    std::uint64_t offset = 0;
    while (true) {
        const std::string block = TRY(read_range(file.get(), offset, offset + kBlock, path));
        if (block.empty()) return rest;
        offset += block.size();
        rest += block;
        std::size_t begin = 0;
        for (std::size_t end = rest.find('\n'); end != std::string::npos; end = rest.find('\n', begin)) {
            if (!on_line(std::string_view(rest).substr(begin, end - begin))) return std::string();
            begin = end + 1;
        }
        rest.erase(0, begin);
        // A line that no record can have is damaged however long it goes on.
        if (rest.size() > 2 * kMaxAuditLine) rest.resize(kMaxAuditLine + 1);
    }
}

}  // namespace

Status AuditLog::append(std::string_view session, std::string_view type, std::string_view members) const {
    TRY(os::make_directories(folder_));
    const fs::path path = file();
    const os::Fd log(::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!log) return file_error("opening", path);
    TRY(lock(log.get(), path));
    const Tail tail = TRY(read_tail(log.get(), path));
    TRY(cut_torn_line(log.get(), tail, path));
    Start start = start_of(tail, read_head(head_file()));
    std::string lines;
    const auto add = [&](std::string_view who, std::string_view what, std::string_view with) -> Status {
        const std::string line =
            TRY(audit_line(start.last.seq + 1, iso_time(unix_ms_now()), who, what, with, start.last.hash));
        const auto record = read_audit_line(line);
        if (!record) return Error(Code::kInternal, "a record of the audit log cannot be read again");
        start.last = {.seq = record->seq, .hash = record->hash};
        lines += line + "\n";
        return {};
    };
    if (start.missing)
        TRY(add(
            "", "break",
            fmt::format(R"({{"missing":{},"missing_hash":"{}"}})", start.missing->seq, start.missing->hash)));
    TRY(add(session, type, members));
    TRY(write_line(log.get(), tail.good_bytes, lines, path));
    return os::write_file_atomic(head_file(), audit_head_text(start.last), 0600);
}

Status AuditLog::read(const std::function<bool(const AuditRecord&)>& sink) const {
    TRY(each_line(file(), [&](std::string_view line) {
        const auto record = read_audit_line(line);
        return !record || sink(*record);
    }));
    return {};
}

Result<AuditLog::Verdict> AuditLog::verify() const {
    const auto head = read_head(head_file());
    AuditCheck check(head);
    auto rest = each_line(file(), [&](std::string_view line) {
        check.line(line);
        return true;
    });
    // A log that is gone altogether, where its head is not, was removed.
    if (!rest && !(rest.error().code() == Code::kNotFound && head)) return Error(rest.error());
    check.finish(rest ? *rest : std::string());
    return Verdict{.fault = check.fault(),
                   .records = check.records(),
                   .torn_bytes = check.torn_bytes(),
                   .hash = check.hash()};
}

}  // namespace hearth::guard
