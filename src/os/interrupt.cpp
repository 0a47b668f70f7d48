#include "os/interrupt.h"

#include <chrono>
#include <optional>
#include <pthread.h>
#include <signal.h>
#include <stop_token>
#include <system_error>
#include <thread>
#include <unistd.h>

namespace hearth::os {

namespace {

using Clock = std::chrono::steady_clock;

// timeout(1) sends its signal twice, to the process and to its group; a person cannot press twice so fast.
constexpr std::chrono::milliseconds kSameRequest{150};
constexpr int kInterruptedStatus = 130;

// On a thread of its own: callbacks run inside of request_stop(), and one that hangs must not keep the second signal
// from being seen.
void request_stop(const std::stop_source& stop) {
    try {
        std::thread([stop]() mutable { stop.request_stop(); }).detach();
    } catch (const std::system_error&) {
        std::stop_source(stop).request_stop();
    }
}

void take_signals(const sigset_t& signals, std::stop_source stop) {
    std::optional<Clock::time_point> first;
    for (;;) {
        int number = 0;
        if (::sigwait(&signals, &number) != 0) continue;
        const Clock::time_point now = Clock::now();
        if (!first) {
            first = now;
            request_stop(stop);
        } else if (now - *first > kSameRequest) {
            // No destructors: they may be what hangs. Children die with this process.
            ::_exit(kInterruptedStatus);
        }
    }
}

std::stop_token install() {
    sigset_t signals;
    ::sigemptyset(&signals);
    ::sigaddset(&signals, SIGINT);
    ::sigaddset(&signals, SIGTERM);
    // In this thread and all that it starts; commands get a clean mask when they are started.
    ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::stop_source stop;
    // Detached: it lives as long as the process and owns all it uses.
    std::thread(take_signals, signals, stop).detach();
    return stop.get_token();
}

}  // namespace

std::stop_token stop_on_interrupt() {
    // Signals belong to the whole process, so this is the one thing that may exist once.
    static const std::stop_token token = install();
    return token;
}

}  // namespace hearth::os
