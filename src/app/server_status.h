#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/fwd.hpp>

#include "core/json.h"
#include "core/result.h"
#include "core/units.h"

namespace hearth::app {

// What GET /hearth/status of a running server says (docs/serve.md has the fields).
struct ServedModel {
    std::string name;
    bool loading = false;
    Bytes memory{0};
    Tokens context{0};
    std::int64_t slots = 0;
    std::int64_t running = 0;
    std::int64_t waiting = 0;
    std::optional<std::string> expires;  // ISO time; none: stays
    bool here = true;                    // has, or gets, an engine on that machine
    std::vector<std::string>
        remotes;  // servers elsewhere that answer for it; one that does not now has a '!' behind
};

struct ServedRequest {
    double seconds = 0;
    std::string peer;
    std::string key_name;
    std::string dialect;
    std::string model;
    std::string stage;
    std::int64_t generated = 0;
    std::optional<std::int64_t> position;
    std::optional<double> wait_seconds;
    std::optional<double> tokens_per_second;
};

struct ServerStatus {
    std::string version;
    std::vector<ServedModel> models;
    std::vector<ServedRequest> requests;
};

// Errors: kCorrupt when it is not of that form. Pure.
[[nodiscard]] Result<ServerStatus> parse_server_status(const json::value& value);

// Tables for a terminal; what came from clients is made harmless. `now_ms` is for the time that is left. Pure.
[[nodiscard]] std::string models_table(const ServerStatus& status, std::int64_t now_ms);
[[nodiscard]] std::string requests_table(const ServerStatus& status);

}  // namespace hearth::app
