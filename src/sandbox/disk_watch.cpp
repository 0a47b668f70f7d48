#include "sandbox/disk_watch.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <system_error>
#include <utility>

namespace hearth::sandbox {
namespace fs = std::filesystem;

namespace {

constexpr std::chrono::milliseconds kInterval{100};
// A pass over a large workspace takes time, so there is a pause behind it.
constexpr int kIntervalsBetweenPasses = 10;
constexpr std::int64_t kReserve = kGiB;
constexpr std::int64_t kFewFiles = 1000;
constexpr std::int64_t kBlock = 512;  // of st_blocks, on every file system

std::optional<DiskSpace> look(const fs::path& folder) {
    struct statvfs space{};
    if (::statvfs(folder.c_str(), &space) != 0) return std::nullopt;
    return DiskSpace{
        .free_bytes = static_cast<std::int64_t>(space.f_bavail) * static_cast<std::int64_t>(space.f_frsize),
        // 0 of 0 on file systems that make files as they are wanted.
        .free_files = space.f_files == 0 ? kFewFiles * 2 : static_cast<std::int64_t>(space.f_favail)};
}

}  // namespace

Bytes disk_reserve(const DiskSpace& start) { return {std::min(kReserve, start.free_bytes / 2)}; }

bool below_reserve(const DiskSpace& start, const DiskSpace& now) {
    return now.free_bytes < disk_reserve(start).value ||
           (now.free_files < kFewFiles && start.free_files >= kFewFiles);
}

Bytes written_since(const fs::path& folder, std::chrono::system_clock::time_point since, Bytes enough) {
    const auto begin = std::chrono::system_clock::to_time_t(since);
    std::int64_t bytes = 0;
    std::error_code error;
    fs::recursive_directory_iterator entry(folder, fs::directory_options::skip_permission_denied, error);
    for (const fs::recursive_directory_iterator end; !error && entry != end; entry.increment(error)) {
        struct stat info{};
        if (::lstat(entry->path().c_str(), &info) != 0 || !S_ISREG(info.st_mode)) continue;
        // The time of the last change is the kernel's: no program can set it back.
        if (info.st_ctim.tv_sec < begin) continue;
        bytes += static_cast<std::int64_t>(info.st_blocks) * kBlock;
        if (bytes > enough.value) break;
    }
    return {bytes};
}

DiskWatch::DiskWatch(fs::path folder, Bytes limit, std::function<void()> on_exceeded)
    : thread_([this, folder = std::move(folder), limit,
               on_exceeded = std::move(on_exceeded)](const std::stop_token& stop) {
          const auto since = std::chrono::system_clock::now();
          const auto start = look(folder);
          std::mutex mutex;  // guards nothing: a condition needs one to wait with
          std::condition_variable_any ended;
          int pause = 0;
          while (start && !stop.stop_requested()) {
              {
                  std::unique_lock lock(mutex);
                  ended.wait_for(lock, stop, kInterval, [] { return false; });
              }
              if (stop.stop_requested()) return;
              const auto now = look(folder);
              if (!now) continue;
              bool over = below_reserve(*start, *now);
              if (!over && start->free_bytes - now->free_bytes > limit.value && --pause < 0) {
                  over = written_since(folder, since, limit).value > limit.value;
                  pause = kIntervalsBetweenPasses;
              }
              if (!over) continue;
              exceeded_ = true;
              on_exceeded();
              return;
          }
      }) {}

}  // namespace hearth::sandbox
