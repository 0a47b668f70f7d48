#include "os/interrupt.h"

#include <array>
#include <chrono>
#include <gtest/gtest.h>
#include <semaphore>
#include <signal.h>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "os/process.h"

namespace hearth::os {
namespace {

using std::chrono::steady_clock;

// A process of its own that installs the handler, says 'r' when it is ready and 's' when it is asked to stop,
// and then either ends or hangs.
struct Subject {
    pid_t pid = 0;
    int said = -1;

    explicit Subject(bool hangs, bool callback_hangs = false) {
        std::array<int, 2> ends{};
        if (::pipe(ends.data()) != 0) return;
        pid = ::fork();
        if (pid == 0) {
            const std::stop_token stop = stop_on_interrupt();
            std::binary_semaphore asked{0};
            const std::stop_callback callback(stop, [&] {
                asked.release();
                while (callback_hangs)
                    ::pause();
            });
            say(ends[1], 'r');
            asked.acquire();
            say(ends[1], 's');
            while (hangs)
                ::pause();
            ::_exit(7);
        }
        ::close(ends[1]);
        said = ends[0];
    }

    Subject(const Subject&) = delete;
    Subject& operator=(const Subject&) = delete;

    ~Subject() { ::close(said); }

    static void say(int fd, char word) { [[maybe_unused]] const ssize_t written = ::write(fd, &word, 1); }

    char hear() const {
        char word = 0;
        return ::read(said, &word, 1) == 1 ? word : '\0';
    }

    int status() const {
        int value = -1;
        ::waitpid(pid, &value, 0);
        return WIFEXITED(value) ? WEXITSTATUS(value) : -WTERMSIG(value);
    }

    // Sends until it has ended: a signal that comes right after the first counts as the same request.
    int press_until_it_ends(int signal) const {
        int value = 0;
        while (::waitpid(pid, &value, WNOHANG) == 0) {
            ::kill(pid, signal);
            std::this_thread::yield();
        }
        return WIFEXITED(value) ? WEXITSTATUS(value) : -WTERMSIG(value);
    }
};

TEST(Interrupt, FirstSignalAsksToStop) {
    for (const int signal : {SIGINT, SIGTERM}) {
        const Subject subject(false);
        ASSERT_EQ(subject.hear(), 'r');
        ::kill(subject.pid, signal);
        EXPECT_EQ(subject.hear(), 's');
        EXPECT_EQ(subject.status(), 7);
    }
}

TEST(Interrupt, SecondSignalEndsAtOnce) {
    const Subject subject(true);
    ASSERT_EQ(subject.hear(), 'r');
    const auto start = steady_clock::now();
    EXPECT_EQ(subject.press_until_it_ends(SIGINT), 130);
    // Not the echo that timeout(1) sends.
    EXPECT_GE(steady_clock::now() - start, std::chrono::milliseconds{140});
}

TEST(Interrupt, SecondSignalEndsAlsoWhenACallbackHangs) {
    const Subject subject(true, true);
    ASSERT_EQ(subject.hear(), 'r');
    EXPECT_EQ(subject.press_until_it_ends(SIGTERM), 130);
}

TEST(Interrupt, CommandsGetTheSignalsAgain) {
    const pid_t pid = ::fork();
    if (pid == 0) {
        const std::stop_token stop = stop_on_interrupt();
        const auto exit = run({.argv = {"/bin/sh", "-c", "kill -TERM $$; exit 3"}});
        ::_exit(exit && exit->reason == Exit::Reason::kSignalled && exit->code == SIGTERM ? 0 : 1);
    }
    int status = -1;
    ::waitpid(pid, &status, 0);
    EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace hearth::os
