#include "app/secret_input.h"

#include <fmt/format.h>
#include <optional>
#include <termios.h>
#include <unistd.h>

#include "app/prompt_input.h"
#include "app/render.h"
#include "core/text.h"

namespace hearth::app {
namespace {

// Keeps what is typed off the terminal.
class NoEcho {
public:
    explicit NoEcho(int descriptor) : descriptor_(descriptor) {
        if (::tcgetattr(descriptor_, &before_) != 0) return;
        termios quiet = before_;
        quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        set_ = ::tcsetattr(descriptor_, TCSAFLUSH, &quiet) == 0;
    }

    ~NoEcho() {
        if (set_) ::tcsetattr(descriptor_, TCSAFLUSH, &before_);
    }

    NoEcho(const NoEcho&) = delete;
    NoEcho& operator=(const NoEcho&) = delete;

    [[nodiscard]] bool is_set() const { return set_; }

private:
    int descriptor_;
    termios before_{};
    bool set_ = false;
};

}  // namespace

Result<std::string> read_secret(const std::string& prompt, std::size_t limit) {
    Interrupts interrupts = TRY(Interrupts::install());
    PromptInput input(interrupts, STDIN_FILENO);
    if (!is_terminal(STDIN_FILENO)) {
        const std::string all = TRY(input.all(limit));
        return std::string(trim(all));
    }
    const NoEcho no_echo(STDIN_FILENO);
    if (!no_echo.is_set())
        return Error(Code::kUnavailable,
                     "this terminal would show the secret: send it through a pipe instead");
    fmt::print(stderr, "{}", prompt);
    const std::optional<std::string> line = TRY(input.line(limit));
    fmt::print(stderr, "\n");
    if (!line) return Error(Code::kCancelled, "no secret was given");
    return std::string(trim(*line));
}

}  // namespace hearth::app
