#pragma once
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"
#include "extend/hooks.h"
#include "extend/message.h"
#include "extend/remote.h"
#include "extend/session_door.h"
#include "extend/ui.h"
#include "os/jobs.h"

namespace hearth::extend {

// What extensions ask of hearth: to ask or show a person something, and to do something with the session.
// Threads: any; never waits.
class Requests {
public:
    using Complain = std::function<void(const Remote&, std::string_view event, const Error&)>;

    // A tool of hearth's own; nothing when there is none of this name. It lives as long as this object.
    using OwnTool = std::function<agent::Tool*(std::string_view name)>;

    // All outlive it.
    Requests(Ui& ui, SessionDoor& door, Hooks& hooks, OwnTool own_tool, Complain complain)
        : ui_(ui),
          door_(door),
          hooks_(hooks),
          own_tool_(std::move(own_tool)),
          complain_(std::move(complain)) {}

    void request(Remote& remote, const Message& message);
    void notification(Remote& remote, const Message& message);

    // Names of the tools that an extension wants a model to have; nothing: all.
    [[nodiscard]] std::optional<std::vector<std::string>> active_tools() const;

    // It has ended: its dialogs are closed.
    void forget(const Remote& remote);

    // Tools that run for extensions are stopped and waited for.
    void finish();

private:
    Result<std::optional<std::string>> handle(Remote& remote, const Message& message);
    Status open_dialog(Remote& remote, const Message& message);
    Status session_command(Remote& remote, const Message& message);
    Status run_tool(Remote& remote, const Message& message);
    Status send_message(const std::string& params);
    void cancel(Remote& remote, const std::string& params);

    Ui& ui_;
    SessionDoor& door_;
    Hooks& hooks_;
    OwnTool own_tool_;
    Complain complain_;
    mutable std::mutex mutex_;  // guards what follows
    std::map<std::pair<const Remote*, std::string>, std::string>
        dialogs_;  // by the request; value: name at the Ui
    std::optional<std::vector<std::string>> active_tools_;
    os::Jobs jobs_;  // last: they use all above
};

}  // namespace hearth::extend
