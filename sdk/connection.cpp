#include "connection.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

extern char** environ;

namespace hearth::sdk {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t kMostLine = std::size_t{256} << 20U;
constexpr milliseconds kGoodbye{5000};  // from the end of its input; a run under way is stopped in that time
constexpr milliseconds kLastTry{2000};

std::string words(int error) { return std::strerror(error); }

// What posix_spawn() is told, freed at the end.
class SpawnActions {
public:
    SpawnActions() { ::posix_spawn_file_actions_init(&actions_); }

    SpawnActions(const SpawnActions&) = delete;
    SpawnActions& operator=(const SpawnActions&) = delete;

    ~SpawnActions() { ::posix_spawn_file_actions_destroy(&actions_); }

    posix_spawn_file_actions_t* get() { return &actions_; }

private:
    posix_spawn_file_actions_t actions_{};
};

// Signals that this program ignores or blocks are the child's own business.
class SpawnSignals {
public:
    SpawnSignals() {
        ::posix_spawnattr_init(&attributes_);
        sigset_t none;
        ::sigemptyset(&none);
        ::posix_spawnattr_setsigmask(&attributes_, &none);
        sigset_t usual;
        ::sigemptyset(&usual);
        for (const int each : {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGCHLD})
            ::sigaddset(&usual, each);
        ::posix_spawnattr_setsigdefault(&attributes_, &usual);
        ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    }

    SpawnSignals(const SpawnSignals&) = delete;
    SpawnSignals& operator=(const SpawnSignals&) = delete;

    ~SpawnSignals() { ::posix_spawnattr_destroy(&attributes_); }

    posix_spawnattr_t* get() { return &attributes_; }

private:
    posix_spawnattr_t attributes_{};
};

int until(Connection::Deadline deadline) {
    if (!deadline) return -1;
    const auto left = std::chrono::ceil<milliseconds>(*deadline - Clock::now());
    return static_cast<int>(std::clamp<milliseconds::rep>(left.count(), 0, 1 << 30));
}

// False: the time is over.
bool wait_for(int socket, short events, Connection::Deadline deadline, short& ready) {
    for (;;) {
        pollfd one{socket, events, 0};
        const int found = ::poll(&one, 1, until(deadline));
        if (found < 0 && errno == EINTR) continue;
        ready = one.revents;
        return found != 0;
    }
}

bool has_ended_within(pid_t pid, milliseconds time) {
    const auto end = Clock::now() + time;
    for (milliseconds pause{1}; ::waitpid(pid, nullptr, WNOHANG) == 0;
         pause = std::min(pause * 2, milliseconds(50))) {
        if (Clock::now() >= end) return false;
        std::this_thread::sleep_for(pause);
    }
    return true;
}

}  // namespace

Connection::Connection(const ChildOptions& options) : program_(options.program) {
    int pair[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        throw ConnectionError("no pair of sockets could be had: " + words(errno));
    socket_ = pair[0];
    SpawnActions actions;
    ::posix_spawn_file_actions_adddup2(actions.get(), pair[1], STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(actions.get(), pair[1], STDOUT_FILENO);
    if (!options.log.empty())
        ::posix_spawn_file_actions_addopen(actions.get(), STDERR_FILENO, options.log.c_str(),
                                           O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (!options.directory.empty())
        ::posix_spawn_file_actions_addchdir_np(actions.get(), options.directory.c_str());
    SpawnSignals signals;
    std::vector<char*> arguments{program_.data()};
    std::vector<std::string> given = options.arguments;
    for (auto& each : given)
        arguments.push_back(each.data());
    arguments.push_back(nullptr);
    const int error =
        ::posix_spawnp(&pid_, program_.c_str(), actions.get(), signals.get(), arguments.data(), environ);
    ::close(pair[1]);
    if (error != 0) {
        ::close(socket_);
        // One errno for the program, the folder and the log: name all that were given.
        std::string what = "'" + program_ + "' could not be started";
        if (!options.directory.empty()) what += " in '" + options.directory + "'";
        if (!options.log.empty()) what += " with its log in '" + options.log + "'";
        throw ConnectionError(what + ": " + words(error));
    }
    const int flags = ::fcntl(socket_, F_GETFL);
    ::fcntl(socket_, F_SETFL, flags | O_NONBLOCK);
}

Connection::~Connection() {
    ::shutdown(socket_, SHUT_WR);
    // What it still says must not keep it from its end.
    const auto end = Clock::now() + kGoodbye;
    try {
        while (!ended_ && read_line(end)) {
        }
    } catch (const std::exception&) {
        ended_ = true;
    }
    ::close(socket_);
    if (has_ended_within(pid_,
                         std::max(std::chrono::ceil<milliseconds>(end - Clock::now()), milliseconds(100))))
        return;
    ::kill(pid_, SIGTERM);
    if (has_ended_within(pid_, kLastTry)) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
}

void Connection::send(std::string_view line) {
    if (!put(line, true)) fail_ended();
}

bool Connection::send_now(std::string_view line) { return put(line, false); }

bool Connection::put(std::string_view line, bool reads) {
    const std::scoped_lock lock(sending_);
    const std::string text = std::string(line) + '\n';
    std::string_view left = text;
    while (!left.empty()) {
        const ssize_t sent = ::send(socket_, left.data(), left.size(), MSG_NOSIGNAL);
        if (sent >= 0) {
            left.remove_prefix(static_cast<std::size_t>(sent));
        } else if (errno == EAGAIN) {
            short ready = 0;
            wait_for(socket_, static_cast<short>(reads ? POLLIN | POLLOUT : POLLOUT), {}, ready);
            if (reads && (ready & (POLLIN | POLLHUP)) != 0) receive();
            if (reads && ended_) return false;
        } else if (errno != EINTR) {
            return false;
        }
    }
    return true;
}

std::optional<std::string> Connection::read_line(Deadline deadline) {
    for (;;) {
        if (auto line = buffered_line()) return line;
        if (ended_) fail_ended();
        short ready = 0;
        if (!wait_for(socket_, POLLIN, deadline, ready)) return std::nullopt;
        receive();
    }
}

void Connection::receive() {
    char buffer[65536];
    // It never blocks, so who waits for a turn to send does not wait for this. NOLINTNEXTLINE(clang-analyzer-unix.BlockInCriticalSection)
    const ssize_t got = ::recv(socket_, buffer, sizeof buffer, MSG_DONTWAIT);
    if (got > 0) {
        received_.append(buffer, static_cast<std::size_t>(got));
        if (received_.size() > kMostLine) throw ConnectionError("more than 256 MiB wait to be read");
    } else if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
        ended_ = true;
    }
}

std::optional<std::string> Connection::buffered_line() {
    const auto end = received_.find('\n', searched_);
    if (end == std::string::npos) {
        searched_ = received_.size();
        return std::nullopt;
    }
    std::string line = received_.substr(0, end);
    received_.erase(0, end + 1);
    searched_ = 0;
    return line;
}

void Connection::fail_ended() {
    ended_ = true;
    throw ConnectionError("'" + program_ +
                          "' has ended; what it said last is on its standard error or in the log");
}

}  // namespace hearth::sdk
