#include "app/prompt_input.h"

#include <csignal>
#include <functional>
#include <gtest/gtest.h>
#include <stop_token>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

#include "os/fd.h"

namespace hearth::app {
namespace {

// Interrupts take over the signals of a process, so each test has a child of its own, which says by its exit status
// whether all was as it should be (its first line that was not, else 0).
#define CHILD_EXPECT(condition)            \
    do {                                   \
        if (!(condition)) return __LINE__; \
    } while (false)

int in_child(const std::function<int()>& work) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(work() % 256);
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

struct Pipe {
    Pipe() {
        int ends[2];
        if (::pipe(ends) != 0) std::abort();
        out = os::Fd(ends[0]);
        in = os::Fd(ends[1]);
    }

    void write(std::string_view text) const {
        if (::write(in.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) std::abort();
    }

    os::Fd out;
    os::Fd in;
};

TEST(PromptInput, CutsLinesAndKeepsTheLastWithoutItsEnd) {
    EXPECT_EQ(in_child([] {
                  Pipe pipe;
                  auto interrupts = Interrupts::install();
                  CHILD_EXPECT(interrupts);
                  PromptInput input(*interrupts, pipe.out.get());
                  pipe.write("one\n\ntw");
                  CHILD_EXPECT(input.line(100).value() == "one");
                  CHILD_EXPECT(input.line(100).value() == "");
                  pipe.write("o");
                  pipe.in.reset();
                  CHILD_EXPECT(input.line(100).value() == "two");
                  CHILD_EXPECT(!input.line(100).value());
                  return 0;
              }),
              0);
}

TEST(PromptInput, RefusesTextOverTheLimit) {
    EXPECT_EQ(in_child([] {
                  Pipe pipe;
                  auto interrupts = Interrupts::install();
                  PromptInput input(*interrupts, pipe.out.get());
                  pipe.write("0123456789");
                  pipe.in.reset();
                  const auto text = input.all(5);
                  CHILD_EXPECT(!text && text.error().code() == Code::kTooLarge);
                  return 0;
              }),
              0);
}

TEST(PromptInput, ASignalEndsTheWaitForText) {
    EXPECT_EQ(in_child([] {
                  Pipe pipe;
                  auto interrupts = Interrupts::install();
                  PromptInput input(*interrupts, pipe.out.get());
                  ::kill(::getpid(), SIGINT);
                  CHILD_EXPECT(!input.line(100).value());
                  CHILD_EXPECT(!interrupts->terminated());
                  ::kill(::getpid(), SIGTERM);
                  const auto text = input.all(100);
                  CHILD_EXPECT(!text && text.error().code() == Code::kCancelled);
                  CHILD_EXPECT(interrupts->terminated());
                  return 0;
              }),
              0);
}

TEST(Interrupts, StopOneWorkAndNotTheNext) {
    EXPECT_EQ(in_child([] {
                  auto interrupts = Interrupts::install();
                  bool stopped = false;
                  interrupts->during([&](std::stop_token stop) {
                      ::kill(::getpid(), SIGINT);
                      while (!stop.stop_requested())
                          ::usleep(1000);
                      stopped = true;
                  });
                  CHILD_EXPECT(stopped);
                  bool asked = true;
                  interrupts->during([&](std::stop_token stop) { asked = stop.stop_requested(); });
                  CHILD_EXPECT(!asked);
                  return 0;
              }),
              0);
}

TEST(Interrupts, ASecondSignalEndsAProcessThatDoesNotStop) {
    EXPECT_EQ(in_child([] {
                  auto interrupts = Interrupts::install();
                  interrupts->during([](std::stop_token) {
                      while (true) {
                          ::kill(::getpid(), SIGINT);
                          ::usleep(20'000);
                      }
                  });
                  return 1;
              }),
              130);
}

}  // namespace
}  // namespace hearth::app
