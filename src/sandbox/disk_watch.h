#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <thread>

#include "core/units.h"

namespace hearth::sandbox {

// What the file system of a workspace has left.
struct DiskSpace {
    std::int64_t free_bytes = 0;
    std::int64_t free_files = 0;
};

// Free bytes that a command may not take from a file system that had `start` free: 1 GiB, or half of `start` where that is less.
[[nodiscard]] Bytes disk_reserve(const DiskSpace& start);

// Whether the file system has come so low that a command has to end, whoever took the space. Pure.
[[nodiscard]] bool below_reserve(const DiskSpace& start, const DiskSpace& now);

// Bytes on disk of the regular files below `folder` that were written since `since`, stopping once they are more than `enough`.
// Links are not followed. Cost: one pass over the folder.
[[nodiscard]] Bytes written_since(const std::filesystem::path& folder,
                                  std::chrono::system_clock::time_point since, Bytes enough);

// Watches a command's workspace ten times a second: calls `on_exceeded` once when the command has written more than `limit` there, or when the
// file system comes below its reserve. Other programs write on the same file system, so what the command wrote is
// counted in the workspace, and only when that much is gone from the file system.
// Threads: the watching is done by a thread of its own, which has ended when the object is gone.
class DiskWatch {
public:
    DiskWatch(std::filesystem::path folder, Bytes limit, std::function<void()> on_exceeded);

    [[nodiscard]] bool exceeded() const { return exceeded_; }

private:
    std::atomic<bool> exceeded_ = false;
    std::jthread thread_;  // last: it uses the members above
};

}  // namespace hearth::sandbox
