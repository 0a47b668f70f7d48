#include <chrono>
#include <cstdio>
#include <fmt/format.h>
#include <poll.h>
#include <stop_token>
#include <unistd.h>

#include <boost/json.hpp>

#include "app/exit_status.h"
#include "app/options.h"
#include "app/render.h"
#include "app/server_address.h"
#include "app/server_client.h"
#include "app/server_status.h"
#include "app/verbs.h"
#include "core/ids.h"
#include "core/text.h"
#include "os/interrupt.h"
#include "os/stop_event.h"

namespace hearth::app {
namespace {

// Source: ECMA-48: cursor home, erase to the end of a line and of the screen, hidden and shown cursor.
constexpr const char* kHome = "\x1b[H";
constexpr const char* kEraseBelow = "\x1b[J";
constexpr const char* kLineEnd = "\x1b[K\n";
constexpr const char* kClear = "\x1b[2J";
constexpr const char* kHideCursor = "\x1b[?25l";
constexpr const char* kShowCursor = "\x1b[?25h";

struct Wish {
    bool once = false;
    bool as_json = false;
    double every = 1;  // seconds
};

std::string view(const ServerStatus& status, const std::string& where) {
    std::string text = fmt::format("hearth {} on {}\n\n", printable(status.version), where);
    text += status.models.empty() ? "No model is loaded.\n" : models_table(status, unix_ms_now());
    text += "\n";
    text += status.requests.empty() ? "No request is under way.\n" : requests_table(status);
    return text;
}

// False when the stop was requested.
Result<bool> pause(const os::StopEvent& stop, double seconds) {
    pollfd wait{.fd = stop.fd(), .events = POLLIN, .revents = 0};
    return ::poll(&wait, 1, static_cast<int>(seconds * 1000)) <= 0;
}

Status show_once(const ServerPlace& server, bool as_json) {
    const json::value answer = TRY(ask_server(server, "GET", "/hearth/status"));
    const ServerStatus status = TRY(parse_server_status(answer));
    if (as_json)
        fmt::print("{}\n", json::serialize(answer));
    else
        fmt::print("{}", view(status, address_words(server)));
    std::fflush(stdout);
    return {};
}

// Redrawn in its place, so that it does not flicker. What the server cannot say for a while is said instead.
Status watch(const ServerPlace& server, double every) {
    const auto stop = TRY(os::StopEvent::create(os::stop_on_interrupt()));
    fmt::print("{}{}", kHideCursor, kClear);
    bool more = true;
    while (more) {
        const auto answer = ask_server(server, "GET", "/hearth/status");
        const auto status = answer ? parse_server_status(*answer) : Result<ServerStatus>(answer.error());
        const std::string text =
            status ? view(*status, address_words(server)) : printable(status.error().message()) + "\n";
        fmt::print("{}{}{}", kHome, replace_all(text, "\n", kLineEnd), kEraseBelow);
        std::fflush(stdout);
        more = TRY(pause(stop, every));
    }
    fmt::print("{}", kShowCursor);
    return {};
}

Status run(const Wish& wish) {
    const ServerPlace server = TRY(find_server());
    // In a pipe there is nothing to redraw.
    if (wish.once || wish.as_json || !is_terminal(STDOUT_FILENO)) return show_once(server, wish.as_json);
    return watch(server, wish.every);
}

}  // namespace

int verb_top(Arguments arguments) {
    Wish wish;
    Options options("top", "Watches the running server: its models, and the requests under way.");
    options.flag("--once", wish.once, "print it once");
    options.flag("--json", wish.as_json, "print JSON, once");
    options.option("--every", wish.every, "seconds between two looks", 0.2, 3600);
    options.footer(
        "STATE is waiting (its place in the line and an estimate), loading, prefill (the prompt is read) or "
        "decode. Ctrl-C ends it.");
    if (const auto status = options.parse(arguments)) return *status;
    const auto status = run(wish);
    return status ? 0 : report(status.error());
}

}  // namespace hearth::app
