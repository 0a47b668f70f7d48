#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/result.h"
#include "os/fd.h"
#include "store/log_parser.h"

namespace hearth::store {

enum class Durability : std::uint8_t {
    kBuffered,  // survives the end of this process, however it ends
    kSync,      // also a power loss: on the disk before append() returns
};

// Reads a log without changing it and without a lock; a writer may be at work. What is damaged is in the
// report. Errors: kNotFound, kPermission, kUnavailable (read error), each with the path. Threads: any. Cost:
// one pass, memory of one line.
[[nodiscard]] Result<LogReport> read_log(const std::filesystem::path& path, const RecordSink& on_record,
                                         const LogLimits& limits = {});

// An append-only file of JSON lines (log_parser.h has the line format) that a kill -9 at any moment leaves
// readable, with every record whose append() had returned.
//
// - One write(2) a record. What a failed write left is cut off again; when even that fails, or a sync fails
// (the
//   kernel may have dropped the pages), the log takes no more records.
// - One writer a file, by an exclusive lock on the file itself, which the kernel drops when the process dies.
// - Lines are never changed. The only repair is that of a torn last line at open(): its bytes are copied to
//   `<file>.torn-<n>`, synced, and cut off; a last line that lacks just its '\n' gets it.
// Threads: one owner.
class AppendLog {
public:
    // Opens or creates the file (0600; a new one and its folder are synced) and tells the records that are in
    // it. Notices of the report that a person should see once are in loaded().notices; they name lines, not
    // the path. Errors: kConflict when another process has it open for appending; kPermission, kUnavailable,
    // kDiskFull.
    static Result<AppendLog> open(const std::filesystem::path& path, const RecordSink& on_record = {},
                                  const LogLimits& limits = {});

    // Adds one JSON object (text without line feeds) as a line; gives its number.
    // Errors: kInvalidInput and kTooLarge as marked_line(): nothing was written; kDiskFull:
    // nothing stays written, a later append may succeed; kUnavailable: the file failed, this and every later
    // append is refused.
    [[nodiscard]] Result<std::uint64_t> append(std::string_view record, Durability durability);

    // What open() found.
    [[nodiscard]] const LogReport& loaded() const { return loaded_; }

    // Where open() put a torn last line, if there was one.
    [[nodiscard]] const std::optional<std::filesystem::path>& torn_copy() const { return torn_copy_; }

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

private:
    AppendLog(std::filesystem::path path, os::Fd fd, LogLimits limits)
        : path_(std::move(path)), fd_(std::move(fd)), limits_(limits) {}

    Status load(const RecordSink& on_record);
    Status repair();
    Status write_line(std::string_view line);
    Error fail(Error error);

    std::filesystem::path path_;
    os::Fd fd_;  // holds the lock too
    LogLimits limits_;
    LogReport loaded_;
    std::optional<std::filesystem::path> torn_copy_;
    std::optional<Error> broken_;
    std::uint64_t size_ = 0;  // up to the last whole line
    std::uint64_t last_seq_ = 0;
};

}  // namespace hearth::store
