#pragma once
#include <chrono>
#include <string>

#include <boost/json/fwd.hpp>

#include "app/server_address.h"
#include "core/json.h"
#include "core/result.h"

namespace hearth::app {

// The server that verbs such as `hearth ps` speak to: OLLAMA_HOST, else the one of this user that runs (server_record.h).
// Errors: kUnavailable when there is none; as parse_listen_address.
[[nodiscard]] Result<ServerPlace> find_server();

// One exchange with it, both ways JSON; HEARTH_API_KEY, where it is set, is the key. Errors: of net::exchange and net::exchange_tls; what the server says,
// with the code that fits its status; kCorrupt when it answers no JSON, as something that is no hearth does.
[[nodiscard]] Result<json::value> ask_server(const ServerPlace& server, const std::string& method,
                                             const std::string& target, const std::string& body = {},
                                             std::chrono::seconds most = std::chrono::seconds(60));

}  // namespace hearth::app
