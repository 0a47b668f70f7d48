#include <fmt/format.h>

#include <boost/json.hpp>

#include "app/exit_status.h"
#include "app/options.h"
#include "app/server_client.h"
#include "app/server_status.h"
#include "app/verbs.h"
#include "core/ids.h"

namespace hearth::app {
namespace {

Status show(bool as_json) {
    const ServerPlace server = TRY(find_server());
    const json::value answer = TRY(ask_server(server, "GET", "/hearth/status"));
    const ServerStatus status = TRY(parse_server_status(answer));
    if (as_json)
        fmt::print("{}\n", json::serialize(answer.at("models")));
    else if (status.models.empty())
        fmt::print("No model is loaded; one loads when it is asked for.\n");
    else
        fmt::print("{}", models_table(status, unix_ms_now()));
    return {};
}

}  // namespace

int verb_ps(Arguments arguments) {
    bool as_json = false;
    Options options("ps", "Shows the models that the running server has loaded.");
    options.flag("--json", as_json, "print JSON");
    options.footer(
        "The server is the one in OLLAMA_HOST, else yours on this machine. With a key in HEARTH_API_KEY it "
        "may be on another one.");
    if (const auto status = options.parse(arguments)) return *status;
    const auto status = show(as_json);
    return status ? 0 : report(status.error());
}

}  // namespace hearth::app
