#include <cerrno>
#include <fmt/format.h>
#include <functional>
#include <memory>
#include <poll.h>
#include <string>
#include <unistd.h>
#include <utility>

#include "agent/rpc.h"
#include "agent/rpc_line.h"
#include "app/code_extensions.h"
#include "app/code_permissions.h"
#include "app/code_rpc_plans.h"
#include "app/code_talk.h"
#include "app/extension_ui.h"
#include "app/inbox.h"
#include "core/json.h"
#include "core/text.h"
#include "os/files.h"
#include "os/interrupt.h"
#include "os/stop_event.h"

namespace hearth::app {
namespace {

constexpr std::size_t kPiece = std::size_t{64} << 10U;

void warn(std::string_view text) { fmt::print(stderr, "hearth: {}\n", printable(text)); }

std::string failure_record(const extend::Failure& failure) {
    return fmt::format(R"({{"type":"extension_error","extensionPath":{},"event":{},"error":{}}})",
                       json_quote(failure.path.string()), json_quote(failure.event), json_quote(failure.why));
}

// Reads commands until the input, the output or the process ends. `taken` is called behind each.
Status read_commands(agent::RpcServer& server, Inbox<agent::RpcServer>& inbox, const LineOutput& output,
                     const std::function<void()>& taken) {
    auto stop = TRY(os::StopEvent::create(os::stop_on_interrupt()));
    agent::RpcLineReader lines([&](std::string_view line, bool too_long) {
        server.take(line, too_long);
        taken();
    });
    std::string buffer(kPiece, '\0');
    while (!output.failed().stop_requested()) {
        pollfd waiting[] = {{STDIN_FILENO, POLLIN, 0}, {stop.fd(), POLLIN, 0}, {inbox.fd(), POLLIN, 0}};
        if (::poll(waiting, 3, -1) < 0 && errno != EINTR) return errno_error(errno, "standard input");
        if (waiting[1].revents != 0) break;
        if (waiting[2].revents != 0) {
            for (const auto& letter : inbox.take())
                letter(server);
            taken();
        }
        if (waiting[0].revents == 0) continue;
        const auto count = ::read(STDIN_FILENO, buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return errno_error(errno, "standard input");
        if (count == 0) {
            lines.finish();
            break;
        }
        lines.feed(std::string_view(buffer).substr(0, static_cast<std::size_t>(count)));
    }
    return {};
}

}  // namespace

void LineOutput::write(std::string_view line) {
    if (failed_.stop_requested()) return;
    text_.assign(line);
    text_ += '\n';
    if (!os::write_all(STDOUT_FILENO, text_, "standard output")) failed_.request_stop();
}

Result<int> talk_in_protocol(const TalkParts& parts, agent::Session session, const agent::ModelInfo& model) {
    LineOutput output;
    auto inbox = TRY(Inbox<agent::RpcServer>::create());
    RpcUi ui;
    ServerDoor door([&](Inbox<agent::RpcServer>::Letter letter) { inbox->put(std::move(letter)); });
    auto host = TRY(parts.extensions(ui, door, [&](const extend::Failure& failure) {
        warn(failure_text(failure));
        ui.tell(failure_record(failure));
    }));
    RpcPlans plans(parts.keepers);
    agent::HostTools host_tools(parts.box, parts.wrap_tool);
    agent::RpcServer server(
        {.place = parts.place,
         .models = parts.models,
         .tools = parts.tools,
         .sandbox = parts.sandbox,
         .system = parts.system,
         .out = [&](std::string_view line) { output.write(line); },
         .warn = warn,
         .extensions = parts.keepers.extensions(),
         .files = &parts.history,
         .add_ons = host.get(),
         .ui_response = [&](const agent::RpcCommand& command) { ui.answered(command); },
         .more_commands = [&](const agent::RpcCommand& command) { return plans.take(command); },
         .texts = &parts.texts,
         .host_tools = &host_tools,
         .defaults = parts.defaults,
         .thinking = parts.thinking},
        std::move(session), model);
    plans.attach(server);
    const AskedByUi asked(parts.gate, ui);
    door.attach(server);
    ui.attach([&](std::string_view line) { server.tell(line); });
    if (host) host->begin(parts.start_reason);
    auto done = read_commands(server, *inbox, output, [&] { plans.after_command(); });
    server.finish();
    host.reset();
    door.detach();
    ui.attach({});
    TRY(std::move(done));
    return 0;
}

}  // namespace hearth::app
