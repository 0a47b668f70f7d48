#pragma once
#include <cstddef>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "core/result.h"
#include "os/fd.h"

namespace hearth::app {

// Ctrl-C and SIGTERM for a program with a prompt: while work is done they stop that work and no more, at the prompt
// they end the input. (os::stop_on_interrupt stops for good, and cannot be heard while a terminal is read.)
// One of these at a time, made before other threads are: it takes the signals from the whole process.
// Threads: one owner.
class Interrupts {
public:
    static Result<Interrupts> install();

    // Runs `work` with a token that the first signal stops; a second one ends the process with status 130.
    void during(const std::function<void(std::stop_token)>& work);

    // Waits until the descriptor has bytes or ends: true; false when a signal came instead. Calls `on_wait` once if
    // nothing has come after two seconds.
    [[nodiscard]] bool wait_for(int descriptor, const std::function<void()>& on_wait = {});

    // Whether the last signal asked the program to end (SIGTERM), not just its work.
    [[nodiscard]] bool terminated() const { return terminated_; }

private:
    explicit Interrupts(os::Fd signals) : signals_(std::move(signals)) {}

    bool take_signal();

    os::Fd signals_;
    bool terminated_ = false;
};

// Text from standard input that signals can end.
// Threads: one owner.
class PromptInput {
public:
    PromptInput(Interrupts& interrupts, int descriptor) : interrupts_(interrupts), descriptor_(descriptor) {}

    // The next line without its '\n'; nothing at the end of the input or when a signal came.
    // Errors: kUnavailable when reading fails, kTooLarge over `limit` bytes.
    [[nodiscard]] Result<std::optional<std::string>> line(std::size_t limit);

    // All until the end. Errors: as line(), and kCancelled when a signal came.
    [[nodiscard]] Result<std::string> all(std::size_t limit, const std::function<void()>& on_wait = {});

private:
    Result<bool> read_more(std::size_t limit);  // false at the end

    Interrupts& interrupts_;  // outlives this
    int descriptor_;
    std::string buffer_;
};

}  // namespace hearth::app
