#include "app/prompt_input.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <fmt/format.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace hearth::app {
namespace {

constexpr int kInterruptedStatus = 130;
constexpr int kNoticeAfterMs = 2000;
// timeout(1) sends its signal twice, to the process and to its group; a person cannot press twice so fast.
constexpr std::chrono::milliseconds kSameRequest{150};

pollfd readable(int descriptor) { return {.fd = descriptor, .events = POLLIN, .revents = 0}; }

}  // namespace

Result<Interrupts> Interrupts::install() {
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, SIGINT);
    ::sigaddset(&set, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
    os::Fd signals(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!signals) return errno_error(errno, "listening for Ctrl-C");
    return Interrupts(std::move(signals));
}

// Whether there was one.
bool Interrupts::take_signal() {
    signalfd_siginfo info{};
    if (::read(signals_.get(), &info, sizeof(info)) != static_cast<ssize_t>(sizeof(info))) return false;
    if (info.ssi_signo == SIGTERM) terminated_ = true;
    return true;
}

void Interrupts::during(const std::function<void(std::stop_token)>& work) {
    const os::Fd done(::eventfd(0, EFD_CLOEXEC));
    HEARTH_ASSERT(done);
    std::stop_source stop;
    // The work stays on this thread: engine children die with the thread that started them.
    std::jthread watcher([this, &done, stop]() mutable {
        std::chrono::steady_clock::time_point first;
        while (true) {
            std::array waits{readable(done.get()), readable(signals_.get())};
            if (::poll(waits.data(), waits.size(), -1) < 0 && errno != EINTR) return;
            if (waits[0].revents != 0) return;
            if (waits[1].revents == 0 || !take_signal()) continue;
            const auto now = std::chrono::steady_clock::now();
            if (!stop.stop_requested()) {
                first = now;
                stop.request_stop();
            } else if (now - first > kSameRequest) {
                ::_exit(kInterruptedStatus);
            }
        }
    });
    work(stop.get_token());
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(done.get(), &one, sizeof(one));
}

bool Interrupts::wait_for(int descriptor, const std::function<void()>& on_wait) {
    bool told = !on_wait;
    while (true) {
        std::array waits{readable(signals_.get()), readable(descriptor)};
        const int ready = ::poll(waits.data(), waits.size(), told ? -1 : kNoticeAfterMs);
        if (ready == 0) {
            on_wait();
            told = true;
        }
        if (ready < 0 && errno != EINTR) return true;  // the read that follows says what is wrong
        if (ready <= 0) continue;
        if (waits[0].revents != 0 && take_signal()) return false;
        if (waits[1].revents != 0) return true;
    }
}

Result<bool> PromptInput::read_more(std::size_t limit) {
    std::array<char, 65536> block;
    const auto got = ::read(descriptor_, block.data(), block.size());
    if (got < 0 && errno == EINTR) return true;
    if (got < 0) return errno_error(errno, "reading standard input");
    buffer_.append(block.data(), static_cast<std::size_t>(got));
    if (buffer_.size() > limit) {
        return Error(Code::kTooLarge,
                     fmt::format("standard input holds more than {} bytes: give a shorter text", limit));
    }
    return got > 0;
}

Result<std::optional<std::string>> PromptInput::line(std::size_t limit) {
    while (true) {
        if (const auto end = buffer_.find('\n'); end != std::string::npos) {
            std::string found = buffer_.substr(0, end);
            buffer_.erase(0, end + 1);
            return found;
        }
        if (!interrupts_.wait_for(descriptor_)) return std::nullopt;
        const bool more = TRY(read_more(limit));
        if (more) continue;
        if (buffer_.empty()) return std::nullopt;
        return std::exchange(buffer_, {});
    }
}

Result<std::string> PromptInput::all(std::size_t limit, const std::function<void()>& on_wait) {
    while (true) {
        if (!interrupts_.wait_for(descriptor_, on_wait))
            return Error(Code::kCancelled, "stopped while reading standard input");
        const bool more = TRY(read_more(limit));
        if (!more) return std::exchange(buffer_, {});
    }
}

}  // namespace hearth::app
