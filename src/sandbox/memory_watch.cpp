#include "sandbox/memory_watch.h"

#include <charconv>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <filesystem>
#include <fmt/format.h>
#include <mutex>
#include <string>
#include <string_view>
#include <system_error>
#include <unistd.h>
#include <utility>
#include <vector>

#include "core/text.h"
#include "os/files.h"
#include "os/process_memory.h"

namespace hearth::sandbox {
namespace fs = std::filesystem;

namespace {

constexpr std::chrono::milliseconds kInterval{100};
constexpr std::size_t kMaxProcesses = 20'000;
constexpr std::size_t kMostText = std::size_t{1} << 20U;

// A file of /proc; empty when the process is gone.
std::string text_of(const fs::path& path) { return os::read_file(path, kMostText).value_or(""); }

void add_children(pid_t process, std::vector<pid_t>& processes) {
    std::error_code error;
    const std::string tasks = fmt::format("/proc/{}/task", process);
    // Each thread lists the children that it made itself.
    for (fs::directory_iterator task(tasks, error), end; !error && task != end; task.increment(error)) {
        const std::string children = text_of(task->path() / "children");
        for (const std::string_view child : split(children, ' '))
            if (const auto number = parse_number(child)) processes.push_back(static_cast<pid_t>(*number));
    }
}

std::vector<pid_t> tree_of(pid_t process) {
    std::vector<pid_t> processes{process};
    for (std::size_t i = 0; i < processes.size() && processes.size() < kMaxProcesses; ++i)
        add_children(processes[i], processes);
    return processes;
}

// Quick; pages that are shared after a fork count on both sides.
std::int64_t private_bytes(pid_t process) {
    const auto memory = os::process_memory(process);
    return memory ? memory->anonymous.value : 0;
}

// The same with shared pages divided among those who share them. Dearer: the kernel walks the page tables.
std::int64_t proportional_bytes(pid_t process) {
    const std::string text = text_of(fmt::format("/proc/{}/smaps_rollup", process));
    for (const std::string_view line : split_lines(text)) {
        if (!line.starts_with("Pss_Anon:")) continue;
        const std::string_view rest = trim(line.substr(line.find(':') + 1));
        if (const auto kib = parse_number(rest.substr(0, rest.find(' ')))) return *kib * kKiB;
    }
    return private_bytes(process);
}

}  // namespace

bool can_watch_memory() {
    return ::access(fmt::format("/proc/self/task/{}/children", ::getpid()).c_str(), R_OK) == 0;
}

Bytes memory_of_tree(pid_t process, Bytes enough) {
    const std::vector<pid_t> processes = tree_of(process);
    Bytes sum;
    for (const pid_t each : processes)
        sum += Bytes{private_bytes(each)};
    if (sum <= enough) return sum;
    sum = {};
    for (const pid_t each : processes) {
        sum += Bytes{proportional_bytes(each)};
        if (sum > enough) break;
    }
    return sum;
}

MemoryWatch::MemoryWatch(std::function<std::optional<pid_t>()> process, Bytes limit,
                         std::function<void()> on_exceeded)
    : thread_([this, process = std::move(process), limit,
               on_exceeded = std::move(on_exceeded)](const std::stop_token& stop) {
          std::mutex mutex;  // guards nothing: it is what a waiting thread must hold
          std::condition_variable_any ended;
          std::unique_lock lock(mutex);
          while (!ended.wait_for(lock, stop, kInterval, [] { return false; }) && !stop.stop_requested()) {
              const auto first = process();
              if (!first || memory_of_tree(*first, limit) <= limit) continue;
              exceeded_ = true;
              on_exceeded();
              return;
          }
      }) {}

}  // namespace hearth::sandbox
