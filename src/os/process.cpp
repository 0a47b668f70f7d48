#include "os/process.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/text.h"
#include "core/units.h"
#include "os/detail/spawn.h"
#include "os/kept_output.h"
#include "os/stop_event.h"

namespace hearth::os {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// Between SIGTERM and SIGKILL.
constexpr milliseconds kKillAfter{300};
// How long output is still awaited when the program has ended but something it started holds the pipe.
constexpr milliseconds kLingerAfterExit{100};
// How often to look whether the child ended, on kernels without pidfd_open (before 5.3).
constexpr milliseconds kLookAgain{10};

constexpr std::size_t kPiece = 65536;

struct Stream {
    Fd fd;
    KeptOutput kept;

    // One read; false at the end of the stream.
    bool read_some(std::size_t most, const std::function<void(std::string_view)>& on_output) {
        std::array<char, kPiece> buffer;
        const ssize_t got = ::read(fd.get(), buffer.data(), std::min(most, buffer.size()));
        if (got < 0) return errno == EINTR || errno == EAGAIN;
        if (got == 0) return false;
        const std::string_view piece(buffer.data(), static_cast<std::size_t>(got));
        kept.append(piece);
        if (on_output) on_output(piece);
        return true;
    }
};

// One command on its way to its end: a loop over its pipes, its exit, the stop request and the deadlines.
class Run {
public:
    Run(pid_t pid, bool own_group, std::optional<Clock::time_point> deadline)
        : pid_(pid), own_group_(own_group), deadline_(deadline) {
        exit_event_ = Fd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    }

    Run(const Run&) = delete;
    Run& operator=(const Run&) = delete;

    // Also when a callback threw: the child is never left behind.
    ~Run() {
        if (reaped_) return;
        detail::signal_child(pid_, own_group_, SIGKILL);
        static_cast<void>(detail::reap(pid_, own_group_));
    }

    Exit finish(std::array<Stream, 2>& streams, int stop_fd,
                const std::function<void(std::string_view)>& on_output) {
        while (!done(streams)) {
            std::array<pollfd, 4> waits = {
                pollfd{streams[0].fd.get(), POLLIN, 0},
                pollfd{streams[1].fd.get(), POLLIN, 0},
                pollfd{ended_ ? -1 : exit_event_.get(), POLLIN, 0},
                pollfd{why_ ? -1 : stop_fd, POLLIN, 0},
            };
            if (::poll(waits.data(), waits.size(), patience()) < 0) {
                for (pollfd& wait : waits)
                    wait.revents = 0;
            }
            for (std::size_t i = 0; i < streams.size(); ++i)
                if (waits[i].revents != 0 && !streams[i].read_some(SIZE_MAX, on_output))
                    streams[i].fd.reset();
            if (waits[3].revents != 0) begin_end(Exit::Reason::kStopped);
            if (!ended_ && (waits[2].revents != 0 || !exit_event_)) look_for_end();
            meet_deadlines();
        }
        Exit exit = detail::reap(pid_, own_group_);
        reaped_ = true;
        for (Stream& stream : streams)
            drain(stream, on_output);
        if (why_) exit.reason = *why_;
        return exit;
    }

private:
    bool done(const std::array<Stream, 2>& streams) const {
        if (!ended_) return false;
        return (!streams[0].fd && !streams[1].fd) || Clock::now() >= *linger_until_;
    }

    void look_for_end() {
        siginfo_t info{};
        if (::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT | WNOHANG) != 0 ||
            info.si_pid == 0)
            return;
        ended_ = true;
        linger_until_ = Clock::now() + kLingerAfterExit;
    }

    void begin_end(Exit::Reason why) {
        if (why_ || ended_) return;
        why_ = why;
        detail::signal_child(pid_, own_group_, SIGTERM);
        kill_at_ = Clock::now() + kKillAfter;
    }

    void meet_deadlines() {
        const Clock::time_point now = Clock::now();
        if (!ended_ && kill_at_ && now >= *kill_at_) {
            detail::signal_child(pid_, own_group_, SIGKILL);
            kill_at_.reset();
        }
        if (!why_ && deadline_ && now >= *deadline_) begin_end(Exit::Reason::kTimedOut);
    }

    // Milliseconds until something has to be done even if no descriptor says so; -1 for ever.
    int patience() const {
        std::optional<Clock::time_point> next = ended_ ? linger_until_ : kill_at_;
        if (!ended_ && !why_ && deadline_ && (!next || *deadline_ < *next)) next = deadline_;
        std::int64_t wait = -1;
        if (next)
            wait = std::clamp<std::int64_t>(std::chrono::ceil<milliseconds>(*next - Clock::now()).count(), 0,
                                            3'600'000);
        if (!ended_ && !exit_event_)
            wait = wait < 0 ? kLookAgain.count() : std::min(wait, kLookAgain.count());
        return static_cast<int>(wait);
    }

    // What was in the pipe when the program had ended, and no more: a process that left the group may write for ever.
    static void drain(Stream& stream, const std::function<void(std::string_view)>& on_output) {
        int waiting = 0;
        if (!stream.fd || ::ioctl(stream.fd.get(), FIONREAD, &waiting) != 0) return;
        for (auto left = static_cast<std::size_t>(waiting); left > 0;
             left -= std::min<std::size_t>(left, kPiece))
            if (!stream.read_some(std::min(left, kPiece), on_output)) break;
        stream.fd.reset();
    }

    pid_t pid_;
    bool own_group_;
    std::optional<Clock::time_point> deadline_;
    Fd exit_event_;
    bool ended_ = false;
    bool reaped_ = false;
    std::optional<Exit::Reason> why_;
    std::optional<Clock::time_point> kill_at_;
    std::optional<Clock::time_point> linger_until_;
};

// A pipe whose read end does not block, and the end for the child.
Result<Fd> open_pipe(Fd& read_end) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return errno_error(errno, "cannot start a command: pipe");
    read_end = Fd(ends[0]);
    Fd write_end(ends[1]);
    ::fcntl(read_end.get(), F_SETFL, O_NONBLOCK);
    return detail::above_standard(std::move(write_end));
}

Result<detail::StandardStreams> connect_streams(const Command& command, std::array<Stream, 2>& captured) {
    detail::StandardStreams streams;
    if (command.inherit_terminal) return streams;
    streams.input = TRY(detail::open_input(command));
    if (!command.output_file.empty()) {
        streams.output = TRY(detail::open_output(command));
        streams.error = TRY(detail::open_output(command));
        return streams;
    }
    streams.output = TRY(open_pipe(captured[0].fd));
    streams.error = TRY(open_pipe(captured[1].fd));
    return streams;
}

bool is_program(const std::filesystem::path& path) {
    struct stat info{};
    return ::stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) && ::access(path.c_str(), X_OK) == 0;
}

}  // namespace

std::string describe(const Exit& exit) {
    switch (exit.reason) {
        case Exit::Reason::kExited: return fmt::format("exit status {}", exit.code);
        case Exit::Reason::kSignalled: {
            const char* name = ::sigdescr_np(exit.code);
            return fmt::format("killed by signal {} ({})", exit.code, name != nullptr ? name : "unknown");
        }
        case Exit::Reason::kTimedOut:
            return fmt::format("stopped after {} (time limit)", human_seconds(exit.seconds));
        case Exit::Reason::kStopped:
            return fmt::format("stopped after {} (on request)", human_seconds(exit.seconds));
    }
    return "ended";
}

Result<Exit> run(const Command& command, const Limits& limits, std::stop_token stop,
                 const std::function<void(std::string_view)>& on_output) {
    const Clock::time_point start = Clock::now();
    const StopEvent stop_event = TRY(StopEvent::create(std::move(stop)));
    std::array<Stream, 2> captured = {Stream{Fd(), KeptOutput(limits.max_output)},
                                      Stream{Fd(), KeptOutput(limits.max_output)}};
    pid_t pid = 0;
    {
        const detail::StandardStreams streams = TRY(connect_streams(command, captured));
        pid = TRY(detail::spawn(command, streams));
    }
    std::optional<Clock::time_point> deadline;
    if (limits.timeout) deadline = start + *limits.timeout;
    Run running(pid, !command.inherit_terminal, deadline);
    Exit exit = running.finish(captured, stop_event.fd(), on_output);
    exit.out = captured[0].kept.text();
    exit.err = captured[1].kept.text();
    exit.seconds = std::chrono::duration<double>(Clock::now() - start).count();
    return exit;
}

std::vector<std::pair<std::string, std::string>> environment_of(const std::vector<std::string>& names) {
    std::vector<std::pair<std::string, std::string>> entries;
    for (const std::string& name : names)
        if (const char* value = std::getenv(name.c_str()); value != nullptr)
            entries.emplace_back(name, value);
    return entries;
}

std::vector<std::pair<std::string, std::string>> whole_environment() {
    std::vector<std::pair<std::string, std::string>> entries;
    for (char** each = ::environ; each != nullptr && *each != nullptr; ++each) {
        const std::string_view entry(*each);
        const auto equals = entry.find('=');
        if (equals != std::string_view::npos && equals > 0)
            entries.emplace_back(entry.substr(0, equals), entry.substr(equals + 1));
    }
    return entries;
}

std::optional<std::filesystem::path> find_program(std::string_view name) {
    if (name.empty()) return std::nullopt;
    if (name.find('/') != std::string_view::npos) {
        std::filesystem::path path(name);
        return is_program(path) ? std::optional(std::move(path)) : std::nullopt;
    }
    const char* search = std::getenv("PATH");
    for (const std::string_view folder :
         split(search != nullptr ? search : "/usr/local/bin:/usr/bin:/bin", ':')) {
        // An empty or relative entry would take the programs of whatever folder we are in, which may be a project's.
        if (!folder.starts_with('/')) continue;
        std::filesystem::path path = std::filesystem::path(folder) / name;
        if (is_program(path)) return path;
    }
    return std::nullopt;
}

std::optional<std::filesystem::path> find_system_program(std::string_view name) {
    for (const char* folder : {"/usr/bin", "/bin", "/usr/local/bin", "/usr/sbin", "/sbin"}) {
        std::filesystem::path path = std::filesystem::path(folder) / name;
        if (is_program(path)) return path;
    }
    return std::nullopt;
}

}  // namespace hearth::os
