#pragma once
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <string>
#include <string_view>

#include "core/result.h"
#include "core/units.h"
#include "os/fd.h"
#include "serve/activity.h"

namespace hearth::serve {

struct AccessLogOptions {
    std::filesystem::path file;  // empty: none is kept
    Bytes most{16 * kMiB};       // longer, it becomes FILE.1, what was FILE.1 becomes FILE.2, …
    int kept = 4;                // of those that were moved
};

// A request that ended as one line of JSON with its newline: who asked what, how it went and how long it took. Neither a prompt nor an
// answer nor a key's secret is in it. Fields: docs/serve.md. Pure.
[[nodiscard]] std::string access_line(const Activity& ended);

// The file of those lines (0600). Lines are whole: one write each, appended.
// Threads: any; calls wait for each other and for the file.
class AccessLog {
public:
    // Errors: as of opening a file.
    static Result<AccessLog> open(AccessLogOptions options);

    AccessLog(AccessLog&& other) noexcept
        : options_(std::move(other.options_)), file_(std::move(other.file_)), size_(other.size_) {}

    // Errors: what the file system says; the line is lost then, later ones may not be.
    Status append(std::string_view line);

    // Goes on in the file of that name, which a rotation from outside may have made a new one.
    Status reopen();

    // Goes on in another file, or in none when it is empty. Errors: as of opening it; the old one is kept then.
    Status move_to(const std::filesystem::path& file);

private:
    explicit AccessLog(AccessLogOptions options) : options_(std::move(options)) {}

    Status open_file(const std::filesystem::path& path);
    Status rotate();

    std::mutex mutex_;  // guards what follows
    AccessLogOptions options_;
    os::Fd file_;
    std::int64_t size_ = 0;
};

}  // namespace hearth::serve
