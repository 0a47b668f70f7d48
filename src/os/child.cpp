#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <future>
#include <mutex>
#include <optional>
#include <pthread.h>
#include <signal.h>
#include <string>
#include <sys/wait.h>
#include <system_error>
#include <thread>
#include <utility>

#include "os/detail/spawn.h"
#include "os/process.h"

namespace hearth::os {

namespace {

using Clock = std::chrono::steady_clock;

void block_signals() {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, nullptr);
}

}  // namespace

// The kernel's "die with your parent" means the thread that forked. So each child has a thread of its own that
// forks it, waits for its end and reaps it: whichever thread called start() may end before the child does.
struct Child::State {
    pid_t pid = 0;
    Clock::time_point started;
    std::mutex mutex;  // guards exit, and keeps signals from reaching a number that was reaped
    std::condition_variable ended;
    std::optional<Exit> exit;
    std::thread keeper;

    ~State() {
        if (keeper.joinable()) keeper.join();
    }

    // The thread's work, after the fork.
    void keep() {
        siginfo_t info{};
        while (::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT) != 0 && errno == EINTR)
            continue;
        const std::lock_guard lock(mutex);
        exit = detail::reap(pid, true);
        exit->seconds = std::chrono::duration<double>(Clock::now() - started).count();
        ended.notify_all();
    }
};

Child::Child(std::unique_ptr<State> state) : state_(std::move(state)) {}

Child::Child(Child&&) noexcept = default;

Child& Child::operator=(Child&& other) noexcept {
    if (this != &other) {
        if (state_) stop(std::chrono::milliseconds{300});
        state_ = std::move(other.state_);
    }
    return *this;
}

Child::~Child() {
    if (state_) stop(std::chrono::milliseconds{300});
}

Result<Child> Child::start(const Command& command) { return start(command, {}); }

Result<Child> Child::start(const Command& command, ChildStreams given) {
    if (command.inherit_terminal)
        return Error(Code::kInvalidInput, "a child in the background cannot have the terminal");
    detail::StandardStreams streams;
    streams.input =
        given.input ? TRY(detail::above_standard(std::move(given.input))) : TRY(detail::open_input(command));
    streams.output = given.output ? TRY(detail::above_standard(std::move(given.output)))
                                  : TRY(detail::open_output(command));
    streams.error =
        given.error ? TRY(detail::above_standard(std::move(given.error))) : TRY(detail::open_output(command));

    auto state = std::make_unique<State>();
    std::promise<Result<pid_t>> promise;
    std::future<Result<pid_t>> answer = promise.get_future();
    try {
        state->keeper =
            std::thread([&command, &streams, promise = std::move(promise), keeper = state.get()]() mutable {
                block_signals();
                Result<pid_t> pid = detail::spawn(command, streams);
                const bool running = pid.has_value();
                if (running) {
                    keeper->pid = *pid;
                    keeper->started = Clock::now();
                }
                // From here on the arguments of start() may be gone.
                promise.set_value(std::move(pid));
                if (running) keeper->keep();
            });
    } catch (const std::system_error& failed) {
        return Error(Code::kExhausted,
                     std::string("cannot start a thread for a child process: ") + failed.what());
    }
    TRY(answer.get());
    return Child(std::move(state));
}

pid_t Child::pid() const { return state_->pid; }

std::optional<Exit> Child::poll() {
    const std::lock_guard lock(state_->mutex);
    return state_->exit;
}

Exit Child::stop(std::chrono::milliseconds grace) {
    std::unique_lock lock(state_->mutex);
    if (!state_->exit) {
        const auto ended = [this] { return state_->exit.has_value(); };
        detail::signal_child(state_->pid, true, SIGTERM);
        if (!state_->ended.wait_for(lock, grace, ended)) {
            detail::signal_child(state_->pid, true, SIGKILL);
            state_->ended.wait(lock, ended);
        }
        state_->exit->reason = Exit::Reason::kStopped;
    }
    return *state_->exit;
}

}  // namespace hearth::os
