#pragma once
#include <sys/types.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"

namespace hearth::os {

// How a child process is started. Nothing is inherited that is not named here: the environment is exactly
// `environment`, descriptors above 2 are closed.
struct Command {
    std::vector<std::string> argv;  // argv[0] with a '/' is a path, else it is looked up in PATH of this process
    std::vector<std::pair<std::string, std::string>> environment;
    std::filesystem::path directory;           // empty: this process's own
    std::string input;                         // given on standard input, then end of file
    std::filesystem::path output_file;         // when set, stdout and stderr are appended there
    std::vector<int> kept_descriptors;         // stay open under the same number
    bool inherit_terminal = false;             // stdin, stdout and stderr of this process, not captured
};

struct Limits {
    std::optional<std::chrono::milliseconds> timeout;  // from the start; the whole process group is killed
    std::size_t max_output = std::size_t{1} << 20U;    // bytes kept of each stream (its head and its tail)
};

struct Exit {
    enum class Reason : std::uint8_t { kExited, kSignalled, kTimedOut, kStopped };
    Reason reason = Reason::kExited;
    int code = 0;         // exit status when kExited, signal number when kSignalled
    std::string out;      // stdout, at most max_output bytes; a line says where something was left out
    std::string err;      // stderr, likewise
    double seconds = 0;   // wall time
    std::int64_t cpu_ms = 0;
    std::int64_t peak_rss_bytes = 0;

    [[nodiscard]] bool ok() const { return reason == Reason::kExited && code == 0; }
};

// "exit status 3", "killed by signal 11 (Segmentation fault)", "stopped after 10.0 s (time limit)".
[[nodiscard]] std::string describe(const Exit& exit);

// Runs a command to its end. The child is in its own process group and dies with this process (also on SIGKILL);
// on timeout or stop the group gets SIGTERM, and SIGKILL after 300 ms. Called with pieces of stdout and stderr as
// they come, when `on_output` is set.
// Errors: kNotFound when the program does not exist, else what fork or exec said. A non-zero exit is no error.
// Threads: any; blocks.
[[nodiscard]] Result<Exit> run(const Command& command, const Limits& limits = {}, std::stop_token stop = {},
                               const std::function<void(std::string_view)>& on_output = {});

// A child that goes on running, owned by this object. The destructor ends and reaps it.
// Threads: one owner.
class Child {
public:
    // Starts it in its own process group with standard input from /dev/null and output to `output_file` (or
    // /dev/null). The kernel kills it when this process ends, however it ends.
    static Result<Child> start(const Command& command);

    Child(Child&&) noexcept;
    Child& operator=(Child&&) noexcept;
    ~Child();

    [[nodiscard]] pid_t pid() const;

    // How it ended, if it has; never blocks. The answer stays the same once given.
    [[nodiscard]] std::optional<Exit> poll();

    // SIGTERM to the group, SIGKILL after `grace`, then reaped.
    Exit stop(std::chrono::milliseconds grace);

private:
    struct State;
    explicit Child(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

// Environment entries of this process for the given names, those that are set.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> environment_of(const std::vector<std::string>& names);

// The full path of a program on PATH (or the argument itself when it has a '/'), if it is executable.
[[nodiscard]] std::optional<std::filesystem::path> find_program(std::string_view name);

}  // namespace hearth::os
