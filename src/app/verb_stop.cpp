#include <fmt/format.h>

#include <boost/json.hpp>

#include "app/exit_status.h"
#include "app/options.h"
#include "app/server_client.h"
#include "app/verbs.h"
#include "core/json.h"
#include "core/text.h"

namespace hearth::app {
namespace {

Status stop(const std::string& model, bool now, bool as_json) {
    const ServerPlace server = TRY(find_server());
    const std::string body = json::serialize(json::object{{"model", to_valid_utf8(model)}, {"now", now}});
    const json::value answer = TRY(ask_server(server, "POST", "/hearth/stop", body));
    if (as_json) {
        fmt::print("{}\n", json::serialize(answer));
        return {};
    }
    const std::string name = printable(string_member(answer, "model").value_or(model));
    const auto running = integer_member(answer, "running").value_or(0);
    if (bool_member(answer, "ended").value_or(false))
        fmt::print("{} is unloaded.\n", name);
    else
        fmt::print(
            "{} is in use by {} request{}; it leaves when they end. `hearth stop --now {}` ends them.\n",
            name, running, running == 1 ? "" : "s", name);
    return {};
}

}  // namespace

int verb_stop(Arguments arguments) {
    std::string model;
    bool now = false;
    bool as_json = false;
    Options options("stop", "Unloads a model of the running server.");
    options.positional("MODEL", model, "its name, as `hearth ps` shows it");
    options.flag("--now", now, "also end the requests that use it or wait for it");
    options.flag("--json", as_json, "print JSON");
    options.footer(
        "A model in use leaves when the last of its requests ends. The next request for it loads it anew.");
    if (const auto status = options.parse(arguments)) return *status;
    const auto status = stop(model, now, as_json);
    return status ? 0 : report(status.error());
}

}  // namespace hearth::app
