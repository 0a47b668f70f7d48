#pragma once
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
#include <sys/types.h>
#include <utility>
#include <vector>

#include "core/result.h"
#include "os/fd.h"

namespace hearth::os {

// How a child process is started. Nothing is inherited that is not named here: the environment is exactly
// `environment`, descriptors above 2 are closed.
struct Command {
    // argv[0] with a '/' is a path (from `directory`, when it is relative), else find_program() looks it up.
    std::vector<std::string> argv;
    std::vector<std::pair<std::string, std::string>> environment;
    std::filesystem::path directory;    // empty: this process's own
    std::string input;                  // given on standard input (as a file in memory), then end of file
    std::filesystem::path output_file;  // when set, stdout and stderr are appended there
    std::vector<int> kept_descriptors;  // above 2, open; stay open under the same number
    // stdin, stdout and stderr of this process, not captured. The child then stays in our process group, else the
    // terminal would stop it when it reads; Ctrl-C reaches both, and only the child itself is ended on a timeout.
    bool inherit_terminal = false;
};

struct Limits {
    std::optional<std::chrono::milliseconds> timeout;  // from the start; the whole process group is killed
    std::size_t max_output = std::size_t{1} << 20U;    // bytes kept of each stream (its head and its tail)
};

struct Exit {
    enum class Reason : std::uint8_t { kExited, kSignalled, kTimedOut, kStopped };
    Reason reason = Reason::kExited;
    int code = 0;  // exit status when kExited, signal number when kSignalled
    std::string
        out;  // stdout, at most max_output bytes, and one line that says what was left out, if anything
    std::string err;     // stderr, likewise
    double seconds = 0;  // wall time
    std::int64_t cpu_ms = 0;
    // Of the child or of its largest descendant; never less than what this process had when it forked.
    std::int64_t peak_rss_bytes = 0;

    [[nodiscard]] bool ok() const { return reason == Reason::kExited && code == 0; }
};

// "exit status 3", "killed by signal 11 (Segmentation fault)", "stopped after 10.0 s (time limit)".
[[nodiscard]] std::string describe(const Exit& exit);

// Runs a command to its end. The child is in its own process group and dies with this process (also on SIGKILL);
// on timeout or stop the group gets SIGTERM, and SIGKILL after 300 ms. `on_output`, when set, is called with pieces of
// stdout and stderr as they come.
// When the program itself has ended, so does the call: what it left running in its group has 100 ms to finish its
// output and is then killed. A process that left the group (setsid) goes on, but is not waited for.
// Errors: kNotFound when the program does not exist, else what fork or exec said. A non-zero exit is no error.
// Threads: any; blocks.
[[nodiscard]] Result<Exit> run(const Command& command, const Limits& limits = {}, std::stop_token stop = {},
                               const std::function<void(std::string_view)>& on_output = {});

// Open files that a child gets in place of those that Child::start() would give it; empty ones are as there.
struct ChildStreams {
    Fd input;
    Fd output;
    Fd error;
};

// A child that goes on running, owned by this object. The destructor ends and reaps it, with all that is left in its
// group. Each one has a small thread that forked it and waits for it: the kernel's "die with your parent" means the
// thread that forked, and so a child may be started from a thread that ends before it.
// Threads: one owner.
class Child {
public:
    // Starts it in its own process group with standard input from /dev/null and output to `output_file` (or
    // /dev/null). The kernel kills it when this process ends, however it ends.
    static Result<Child> start(const Command& command);

    // The same with open files of the caller's as its standard input, output or error.
    static Result<Child> start(const Command& command, ChildStreams given);

    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    Child(Child&&) noexcept;
    Child& operator=(Child&&) noexcept;
    ~Child();

    [[nodiscard]] pid_t pid() const;

    // How it ended, if it has; never blocks. The answer stays the same once given.
    [[nodiscard]] std::optional<Exit> poll();

    // SIGTERM to the group, SIGKILL after `grace`, then reaped. How it ended, if it had ended before.
    Exit stop(std::chrono::milliseconds grace);

private:
    struct State;
    explicit Child(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

// Environment entries of this process for the given names, those that are set.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> environment_of(
    const std::vector<std::string>& names);

// All entries of the environment of this process, for a child that may have them.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> whole_environment();

// The full path of a program on PATH (or the argument itself when it has a '/'), if it is executable. Entries of PATH that are not
// absolute are passed over.
[[nodiscard]] std::optional<std::filesystem::path> find_program(std::string_view name);

// A program of the system (/usr/bin and its like), whatever PATH says: PATH may name folders of a project, where a contained
// command can put programs.
[[nodiscard]] std::optional<std::filesystem::path> find_system_program(std::string_view name);

}  // namespace hearth::os
