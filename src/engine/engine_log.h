#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "core/result.h"
#include "os/files.h"

namespace hearth::engine {

// Where one child writes what it says: <folder>/engine-<model>.log, or a numbered one beside it when another process
// is writing that. The file outlives the child and is cut when it grows.
// Threads: one owner.
class EngineLog {
public:
    // The file grows to at most this size, and what was cut is in <file>.1.
    static constexpr std::uint64_t kMostBytes = std::uint64_t{4} << 20U;

    static Result<EngineLog> open(const std::filesystem::path& folder, std::string_view model);

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

    // What follows is the output of a new child.
    void begin();

    // Moves the content to <file>.1 when it is over the limit. Safe while a child appends.
    void trim();

    // What was written since begin(), its first MiB at most.
    [[nodiscard]] std::string text() const;

    // The last lines since begin(), oldest first, each made harmless for a terminal; at most 16 KiB are looked at.
    [[nodiscard]] std::string last_lines(std::size_t count) const;

private:
    EngineLog(std::filesystem::path path, os::FileLock lock)
        : path_(std::move(path)), lock_(std::move(lock)) {}

    std::filesystem::path path_;
    os::FileLock lock_;
    std::uint64_t begin_ = 0;
};

// A model's name as part of a file name: everything but letters, digits, '.', '_' and '-' becomes '_'. Pure.
[[nodiscard]] std::string file_name_of(std::string_view model);

// The last `count` lines of a text that may begin in the middle of a line. Pure.
[[nodiscard]] std::string tail_lines(std::string_view text, std::size_t count, bool begins_inside_line);

}  // namespace hearth::engine
