#include "tui/terminal.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>
#include <utility>

#include "os/fd.h"
#include "os/files.h"

namespace hearth::tui {
namespace {

// Brackets around pastes, and keys told apart (kitty's protocol, first level).
constexpr std::string_view kEnter = "\x1b[?2004h\x1b[>1u";
constexpr std::string_view kLeave = "\x1b[<u\x1b[?2004l\x1b[?25h\x1b[0m";

// A signal handler reaches nothing else.
volatile std::sig_atomic_t resize_event = -1;

void on_resize(int /*signal*/) {
    const auto saved = errno;
    const std::uint64_t one = 1;
    if (resize_event >= 0 && ::write(resize_event, &one, sizeof one) < 0) errno = 0;
    errno = saved;
}

}  // namespace

struct Terminal::State {
    termios before{};
    os::Fd resized;
    struct sigaction old_action{};
    bool taken = false;
};

Terminal::Terminal(std::unique_ptr<State> state) : state_(std::move(state)) {}

Terminal::Terminal(Terminal&&) noexcept = default;
Terminal& Terminal::operator=(Terminal&&) noexcept = default;

Result<Terminal> Terminal::open() {
    auto state = std::make_unique<State>();
    if (::isatty(STDOUT_FILENO) != 1 || ::tcgetattr(STDIN_FILENO, &state->before) != 0) {
        return Error(
            Code::kUnsupported,
            "this is no terminal: say what to do with `hearth code -p \"…\"`, or use --mode json or rpc");
    }
    state->resized = os::Fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!state->resized) return errno_error(errno, "eventfd");
    resize_event = state->resized.get();
    struct sigaction action{};
    action.sa_handler = on_resize;
    action.sa_flags = SA_RESTART;
    ::sigaction(SIGWINCH, &action, &state->old_action);
    Terminal terminal(std::move(state));
    terminal.take();
    return terminal;
}

Terminal::~Terminal() {
    if (!state_) return;
    release();
    ::sigaction(SIGWINCH, &state_->old_action, nullptr);
    resize_event = -1;
}

Size Terminal::size() const {
    winsize now{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &now) != 0 || now.ws_row == 0 || now.ws_col == 0) return {};
    return {now.ws_row, now.ws_col};
}

Status Terminal::write(std::string_view bytes) { return os::write_all(STDOUT_FILENO, bytes, "the terminal"); }

Result<Terminal::Input> Terminal::wait(int wake, int stop, std::chrono::milliseconds limit) {
    std::array<pollfd, 4> waiting{{{STDIN_FILENO, POLLIN, 0},
                                   {state_->resized.get(), POLLIN, 0},
                                   {wake, POLLIN, 0},
                                   {stop, POLLIN, 0}}};
    Input input;
    if (::poll(waiting.data(), waiting.size(), static_cast<int>(limit.count())) < 0) {
        if (errno == EINTR) return input;
        return errno_error(errno, "the terminal");
    }
    std::uint64_t count = 0;
    input.resized = waiting[1].revents != 0 && ::read(state_->resized.get(), &count, sizeof count) > 0;
    input.woken = waiting[2].revents != 0;
    input.closed = waiting[3].revents != 0;
    if (waiting[0].revents != 0) {
        std::array<char, 4096> buffer{};
        const auto got = ::read(STDIN_FILENO, buffer.data(), buffer.size());
        if (got > 0) input.bytes.assign(buffer.data(), static_cast<std::size_t>(got));
        if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN)) input.closed = true;
    }
    return input;
}

void Terminal::release() {
    if (!std::exchange(state_->taken, false)) return;
    (void)os::write_all(STDOUT_FILENO, kLeave, "the terminal").has_value();  // it may be gone
    ::tcsetattr(STDIN_FILENO, TCSADRAIN, &state_->before);
}

void Terminal::take() {
    if (std::exchange(state_->taken, true)) return;
    auto raw = state_->before;
    ::cfmakeraw(&raw);
    raw.c_oflag = state_->before.c_oflag;  // what others print to it keeps its line ends
    ::tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
    (void)os::write_all(STDOUT_FILENO, kEnter, "the terminal").has_value();
}

void Terminal::suspend() {
    release();
    ::kill(0, SIGTSTP);
    take();
}

}  // namespace hearth::tui
