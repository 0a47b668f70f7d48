#include "app/background_server.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <string>
#include <sys/wait.h>
#include <system_error>
#include <thread>
#include <unistd.h>

#include "app/server_record.h"
#include "os/files.h"
#include "os/paths.h"

namespace hearth::app {
namespace {

using Clock = std::chrono::steady_clock;

// posix_spawn's list of what happens to descriptors in the child.
class FileActions {
public:
    FileActions() { ::posix_spawn_file_actions_init(&actions_); }

    ~FileActions() { ::posix_spawn_file_actions_destroy(&actions_); }

    FileActions(const FileActions&) = delete;
    FileActions& operator=(const FileActions&) = delete;

    void open(int descriptor, const char* path, int flags) {
        ::posix_spawn_file_actions_addopen(&actions_, descriptor, path, flags, 0600);
    }

    [[nodiscard]] const posix_spawn_file_actions_t* get() const { return &actions_; }

private:
    posix_spawn_file_actions_t actions_{};
};

class SessionAttributes {
public:
    // A session of its own: no terminal's hang-up or Ctrl-C reaches it.
    SessionAttributes() {
        ::posix_spawnattr_init(&attributes_);
        ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSID);
    }

    ~SessionAttributes() { ::posix_spawnattr_destroy(&attributes_); }

    SessionAttributes(const SessionAttributes&) = delete;
    SessionAttributes& operator=(const SessionAttributes&) = delete;

    [[nodiscard]] const posix_spawnattr_t* get() const { return &attributes_; }

private:
    posix_spawnattr_t attributes_{};
};

Result<pid_t> spawn(const std::filesystem::path& log) {
    FileActions actions;
    actions.open(STDIN_FILENO, "/dev/null", O_RDONLY);
    actions.open(STDOUT_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_APPEND);
    actions.open(STDERR_FILENO, log.c_str(), O_WRONLY | O_CREAT | O_APPEND);
    const SessionAttributes attributes;
    std::string program = os::executable_path() / "hearth";
    std::string verb = "serve";
    std::array<char*, 3> argv = {program.data(), verb.data(), nullptr};
    pid_t child = 0;
    const int failed =
        ::posix_spawn(&child, program.c_str(), actions.get(), attributes.get(), argv.data(), environ);
    if (failed != 0)
        return Error(Code::kUnavailable, fmt::format("{} cannot be started: {}", program,
                                                     std::generic_category().message(failed)));
    return child;
}

}  // namespace

Result<ServerPlace> start_background_server() {
    const os::Paths paths = os::paths_from_environment();
    const auto log = paths.state / "logs" / "serve.log";
    TRY(os::make_directories(log.parent_path()));
    const pid_t child = TRY(spawn(log));
    const auto until = Clock::now() + std::chrono::seconds(30);
    while (Clock::now() < until) {
        const auto servers = recorded_servers(paths.runtime);
        if (!servers.empty()) return servers.front();
        if (::waitpid(child, nullptr, WNOHANG) == child) break;
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return Error(Code::kUnavailable,
                 fmt::format("`hearth serve` did not start; what it said is in {}", log.string()));
}

}  // namespace hearth::app
