#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "core/result.h"
#include "tui/screen.h"

namespace hearth::tui {

// The terminal on standard input and output, raw: every key comes as it is pressed, pastes in brackets. The destructor gives it back as it
// was. One of these at a time.
// Threads: one owner.
class Terminal {
public:
    // Errors: kUnsupported when one of both is no terminal.
    static Result<Terminal> open();

    Terminal(Terminal&&) noexcept;
    Terminal& operator=(Terminal&&) noexcept;
    ~Terminal();

    [[nodiscard]] Size size() const;

    // Errors: kUnavailable when it is gone.
    [[nodiscard]] Status write(std::string_view bytes);

    struct Input {
        std::string bytes;
        bool resized = false;
        bool woken = false;  // `wake` can be read
        bool closed = false;
    };

    // Waits for any of them, at most `limit`; `wake` is a descriptor of the caller's, `stop` another that means closed.
    [[nodiscard]] Result<Input> wait(int wake, int stop, std::chrono::milliseconds limit);

    // While another program has the terminal, and after it.
    void release();
    void take();

    // Stops this process as Ctrl-Z does, until it is told to go on.
    void suspend();

private:
    struct State;
    explicit Terminal(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace hearth::tui
