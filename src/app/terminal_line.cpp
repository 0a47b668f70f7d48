#include "app/terminal_line.h"

#include <cerrno>
#include <cstddef>
#include <poll.h>
#include <string_view>
#include <termios.h>
#include <unistd.h>
#include <utility>

#include "app/render.h"
#include "core/text.h"
#include "os/stop_event.h"

namespace hearth::app {
namespace {

constexpr std::size_t kMaxLine = std::size_t{4} << 10U;  // what a terminal gives at once

}  // namespace

bool can_ask_here() { return is_terminal(STDIN_FILENO) && is_terminal(STDERR_FILENO); }

Result<std::string> read_terminal_line(std::stop_token stop) {
    const auto event = TRY(os::StopEvent::create(std::move(stop)));
    ::tcflush(STDIN_FILENO, TCIFLUSH);
    std::string buffer(kMaxLine, '\0');
    ssize_t count = -1;
    while (count < 0) {
        pollfd waiting[] = {{STDIN_FILENO, POLLIN, 0}, {event.fd(), POLLIN, 0}};
        if (::poll(waiting, 2, -1) < 0 && errno != EINTR) return errno_error(errno, "the terminal");
        if (waiting[1].revents != 0) return Error(Code::kCancelled, "the run was stopped");
        // A terminal gives one line.
        if (waiting[0].revents != 0) count = ::read(STDIN_FILENO, buffer.data(), buffer.size());
        if (count < 0 && waiting[0].revents != 0 && errno != EINTR) return errno_error(errno, "the terminal");
    }
    return to_valid_utf8(trim(std::string_view(buffer).substr(0, static_cast<std::size_t>(count))));
}

}  // namespace hearth::app
