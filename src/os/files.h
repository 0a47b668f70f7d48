#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

#include "core/result.h"
#include "core/units.h"
#include "os/fd.h"

namespace hearth::os {

namespace fs = std::filesystem;

// Errors: kNotFound, kPermission, kTooLarge over `limit` bytes, kInvalidInput for what is no regular file. Every message
// names the path.
[[nodiscard]] Result<std::string> read_file(const fs::path& path, std::size_t limit = std::size_t{64} << 20U);

// Replaces the file in one step: a temporary file beside it, written, synced, renamed, folder synced. Either the old or
// the new content exists at any moment, also after a power loss. Missing folders are made (0700).
[[nodiscard]] Status write_file_atomic(const fs::path& path, std::string_view content, unsigned mode = 0644);

// Writes all of it, through short counts and EINTR. Errors carry `what`.
[[nodiscard]] Status write_all(int descriptor, std::string_view content, std::string_view what);

// The folder and its parents, private to the user (0700) where they are new.
[[nodiscard]] Status make_directories(const fs::path& path);

// Makes renames and new names in a folder survive a power loss.
[[nodiscard]] Status sync_folder(const fs::path& folder);

// Removes a file or a whole folder without following links or entering other mounts; folders that were closed to us
// (mode 000) are opened first. Nothing there is fine. Goes on after a failure and reports the first one.
[[nodiscard]] Status remove_tree(const fs::path& path);

// Free bytes for this user on the file system that holds the (nearest existing parent of the) path.
[[nodiscard]] Result<Bytes> free_space(const fs::path& path);

// Lower-case hexadecimal SHA-256 of a file. `on_bytes` (may be empty) is told of the bytes read so far, after each MiB.
// Errors: as read_file (no limit on the size); kCancelled. Cost: see sha256.h.
[[nodiscard]] Result<std::string> sha256_file(const fs::path& path,
                                              const std::function<void(Bytes)>& on_bytes = {},
                                              const std::stop_token& stop = {});

[[nodiscard]] std::string sha256(std::string_view bytes);

// A private folder (0700) that is removed with everything in it when this object ends.
class TempDir {
public:
    // Under `parent`, or under $TMPDIR (else /tmp) when it is empty.
    static Result<TempDir> create(std::string_view prefix, const fs::path& parent = {});

    TempDir(const TempDir&) = delete;
    TempDir& operator=(const TempDir&) = delete;
    TempDir(TempDir&& other) noexcept;
    TempDir& operator=(TempDir&& other) noexcept;
    ~TempDir();

    [[nodiscard]] const fs::path& path() const { return path_; }

private:
    explicit TempDir(fs::path path) : path_(std::move(path)) {}

    fs::path path_;
};

// A lock on a file (flock), held until this object ends; the kernel drops it when the process dies.
class FileLock {
public:
    // Whether others may hold it at the same time, who must want it shared as well.
    enum class Sharing : std::uint8_t { kAlone, kShared };

    // Errors: kConflict when another process holds it (message names the file).
    static Result<FileLock> try_acquire(const fs::path& path, Sharing sharing = Sharing::kAlone);

    // Tries again until nobody else holds it, for at most `patience`. Errors: as of try_acquire() at the end of it.
    static Result<FileLock> acquire(const fs::path& path, std::chrono::milliseconds patience,
                                    Sharing sharing = Sharing::kAlone);

private:
    explicit FileLock(Fd fd) : fd_(std::move(fd)) {}

    Fd fd_;
};

}  // namespace hearth::os
