#include "os/detail/spawn.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/close_range.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <string>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "os/files.h"

namespace hearth::os::detail {

namespace {

enum class Stage : int { kGroup, kStreams, kDirectory, kExec };

// What a child that could not become the program writes into the pipe.
struct Failure {
    Stage stage;
    int number;
};

// Everything the child needs, laid out before the fork.
struct Prepared {
    std::string program;
    std::string directory;
    std::vector<char*> argv;
    std::vector<std::string> environment_text;
    std::vector<char*> environment;
    std::vector<int> kept;
    std::array<int, 3> streams = {-1, -1, -1};
    int failure_pipe = -1;
    pid_t parent = 0;
    rlim_t highest_descriptor = 0;
    bool own_group = true;
};

bool has_nul(std::string_view text) { return text.find('\0') != std::string_view::npos; }

Status check(const Command& command) {
    if (command.argv.empty() || command.argv.front().empty())
        return Error(Code::kInvalidInput, "cannot start a command: its argument list is empty");
    const std::string& name = command.argv.front();
    for (const std::string& argument : command.argv)
        if (has_nul(argument))
            return Error(Code::kInvalidInput,
                         fmt::format("cannot start {}: an argument holds a NUL byte", name));
    for (const auto& [key, value] : command.environment)
        if (key.empty() || key.find('=') != std::string::npos || has_nul(key) || has_nul(value))
            return Error(Code::kInvalidInput,
                         fmt::format("cannot start {}: '{}' cannot be an environment variable", name, key));
    for (const int kept : command.kept_descriptors)
        if (kept < 3 || ::fcntl(kept, F_GETFD) < 0)
            return Error(
                Code::kInvalidInput,
                fmt::format("cannot start {}: descriptor {} cannot be kept (it is not open, or below 3)",
                            name, kept));
    return {};
}

Result<Prepared> prepare(const Command& command, const StandardStreams& streams) {
    TRY(check(command));
    const std::string& name = command.argv.front();
    Prepared ready;
    const auto program = find_program(name);
    // A name with a '/' goes to exec as it is: exec knows best why it cannot be run.
    if (!program && name.find('/') == std::string::npos)
        return Error(Code::kNotFound,
                     fmt::format("cannot start {0}: no program of that name on PATH; install it, "
                                 "or give its full path",
                                 name));
    ready.program = program ? program->string() : name;
    ready.directory = command.directory.string();
    for (const std::string& argument : command.argv)
        ready.argv.push_back(const_cast<char*>(argument.c_str()));
    ready.argv.push_back(nullptr);
    for (const auto& [key, value] : command.environment)
        ready.environment_text.push_back(key + "=" + value);
    for (std::string& entry : ready.environment_text)
        ready.environment.push_back(entry.data());
    ready.environment.push_back(nullptr);
    ready.kept = command.kept_descriptors;
    ready.streams = {streams.input.get(), streams.output.get(), streams.error.get()};
    ready.own_group = !command.inherit_terminal;
    ready.parent = ::getpid();
    rlimit limit{};
    ready.highest_descriptor = ::getrlimit(RLIMIT_NOFILE, &limit) == 0
                                   ? std::min<rlim_t>(limit.rlim_cur, rlim_t{1} << 20U)
                                   : rlim_t{65536};
    return ready;
}

// From here to run_child: in the child, between fork and exec. Async-signal-safe calls only.

[[noreturn]] void fail_child(const Prepared& ready, Stage stage, int number) {
    const Failure failure{stage, number};
    // A pipe takes these few bytes whole; if the parent is gone nobody needs them.
    [[maybe_unused]] const ssize_t written = ::write(ready.failure_pipe, &failure, sizeof failure);
    ::_exit(127);
}

void mark_descriptors(const Prepared& ready) {
    if (::syscall(SYS_close_range, 3U, ~0U, CLOSE_RANGE_CLOEXEC) != 0) {
        // Kernels before 5.11, and sandboxes that refuse the call.
        for (rlim_t number = 3; number < ready.highest_descriptor; ++number)
            ::fcntl(static_cast<int>(number), F_SETFD, FD_CLOEXEC);
    }
    for (const int kept : ready.kept)
        ::fcntl(kept, F_SETFD, 0);
}

void reset_signals() {
    struct sigaction action{};
    action.sa_handler = SIG_DFL;
    for (int number = 1; number < 65; ++number)
        ::sigaction(number, &action, nullptr);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

[[noreturn]] void run_child(const Prepared& ready) {
    if (ready.own_group && ::setpgid(0, 0) != 0) fail_child(ready, Stage::kGroup, errno);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    // The parent may have died before the line above took effect.
    if (::getppid() != ready.parent) ::_exit(127);
    for (int number = 0; number < 3; ++number) {
        const int source = ready.streams[static_cast<std::size_t>(number)];
        if (source >= 0 && ::dup2(source, number) < 0) fail_child(ready, Stage::kStreams, errno);
    }
    mark_descriptors(ready);
    if (!ready.directory.empty() && ::chdir(ready.directory.c_str()) != 0)
        fail_child(ready, Stage::kDirectory, errno);
    reset_signals();
    ::execve(ready.program.c_str(), ready.argv.data(), ready.environment.data());
    fail_child(ready, Stage::kExec, errno);
}

Error explain(const Failure& failure, const Prepared& ready) {
    const char* name = ready.argv.front();
    switch (failure.stage) {
        case Stage::kGroup: return errno_error(failure.number, fmt::format("cannot start {}: setpgid", name));
        case Stage::kStreams: return errno_error(failure.number, fmt::format("cannot start {}: dup2", name));
        case Stage::kDirectory:
            return errno_error(failure.number,
                               fmt::format("cannot start {}: working folder {}", name, ready.directory));
        case Stage::kExec: break;
    }
    if (failure.number == ENOENT)
        return {Code::kNotFound,
                fmt::format("cannot start {}: the file, or the interpreter it names, does not exist",
                            ready.program)};
    if (failure.number == ENOEXEC)
        return {Code::kInvalidInput,
                fmt::format(
                    "cannot start {}: it is neither a program of this machine nor a script with a '#!' line",
                    ready.program)};
    if (failure.number == E2BIG)
        return {Code::kTooLarge,
                fmt::format("cannot start {}: arguments and environment are too long", name)};
    return errno_error(failure.number, fmt::format("cannot start {}", ready.program));
}

// Without handlers of ours running in the child before they are reset there.
pid_t fork_with_signals_blocked(const Prepared& ready) {
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    const pid_t pid = ::fork();
    if (pid == 0) run_child(ready);
    const int number = errno;
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    errno = number;
    return pid;
}

// An ignored SIGCHLD (some parents leave it so) makes the kernel reap children itself and lose their status.
void make_children_waitable() {
    struct sigaction action{};
    if (::sigaction(SIGCHLD, nullptr, &action) == 0 && action.sa_handler == SIG_IGN) {
        action.sa_handler = SIG_DFL;
        ::sigaction(SIGCHLD, &action, nullptr);
    }
}

}  // namespace

Result<Fd> above_standard(Fd fd) {
    if (fd.get() > 2) return fd;
    Fd higher(::fcntl(fd.get(), F_DUPFD_CLOEXEC, 3));
    if (!higher) return errno_error(errno, "cannot duplicate a descriptor");
    return higher;
}

Result<Fd> open_input(const Command& command) {
    if (command.input.empty()) {
        Fd null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
        if (!null) return errno_error(errno, "cannot open /dev/null");
        return above_standard(std::move(null));
    }
    // A file in memory instead of a pipe: nothing has to be fed, and a child that reads none of it blocks nobody.
    Fd memory(::memfd_create("hearth-input", MFD_CLOEXEC));
    if (!memory) return errno_error(errno, "cannot make a memory file for the input of a command");
    TRY(write_all(memory.get(), command.input, "cannot pass input to a command"));
    if (::lseek(memory.get(), 0, SEEK_SET) != 0)
        return errno_error(errno, "cannot rewind the input of a command");
    return above_standard(std::move(memory));
}

Result<Fd> open_output(const Command& command) {
    const bool to_file = !command.output_file.empty();
    const std::string path = to_file ? command.output_file.string() : "/dev/null";
    Fd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY | (to_file ? O_APPEND | O_CREAT : 0), 0644));
    if (!fd) return errno_error(errno, fmt::format("cannot open {} for the output of a command", path));
    return above_standard(std::move(fd));
}

Result<pid_t> spawn(const Command& command, const StandardStreams& streams) {
    Prepared ready = TRY(prepare(command, streams));
    make_children_waitable();
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return errno_error(errno, "cannot start a command: pipe");
    Fd failure_read(ends[0]);
    Fd failure_write = TRY(above_standard(Fd(ends[1])));
    ready.failure_pipe = failure_write.get();

    const pid_t pid = fork_with_signals_blocked(ready);
    if (pid < 0) return errno_error(errno, fmt::format("cannot start {}: fork", command.argv.front()));
    failure_write.reset();
    // Also here, so that a signal to the group finds it whoever of the two runs first.
    if (ready.own_group) ::setpgid(pid, pid);

    Failure failure{};
    ssize_t got = 0;
    do
        got = ::read(failure_read.get(), &failure, sizeof failure);
    while (got < 0 && errno == EINTR);
    if (got == 0) return pid;
    while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR)
        continue;
    if (got != static_cast<ssize_t>(sizeof failure))
        return Error(Code::kInternal,
                     fmt::format("cannot start {}: no answer from the child", command.argv.front()));
    return explain(failure, ready);
}

void signal_child(pid_t pid, bool own_group, int signal) { ::kill(own_group ? -pid : pid, signal); }

Exit reap(pid_t pid, bool own_group) {
    siginfo_t info{};
    while (::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT) != 0 && errno == EINTR)
        continue;
    // While the leader is a zombie its number cannot belong to a stranger.
    if (own_group) ::kill(-pid, SIGKILL);
    int status = 0;
    rusage usage{};
    pid_t reaped = 0;
    do
        reaped = ::wait4(pid, &status, 0, &usage);
    while (reaped < 0 && errno == EINTR);
    HEARTH_ASSERT(reaped == pid);

    Exit exit;
    exit.reason = WIFSIGNALED(status) ? Exit::Reason::kSignalled : Exit::Reason::kExited;
    exit.code = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
    const auto milliseconds = [](const timeval& time) {
        return std::int64_t{time.tv_sec} * 1000 + std::int64_t{time.tv_usec} / 1000;
    };
    exit.cpu_ms = milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime);
    exit.peak_rss_bytes = std::int64_t{usage.ru_maxrss} * 1024;
    return exit;
}

}  // namespace hearth::os::detail
