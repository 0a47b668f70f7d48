#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/result.h"
#include "net/http_client.h"
#include "net/tls_identity.h"
#include "serve/access_log.h"
#include "serve/model_pool.h"
#include "serve/reload.h"
#include "serve/trace_exporter.h"

namespace hearth::serve {

// Where a server listens.
struct Listener {
    net::Address address;
    bool tls = false;  // on a TCP port
};

struct ServerSettings {
    std::vector<Listener> listeners;
    std::shared_ptr<const net::TlsIdentity> identity;  // for those with TLS
    bool next_port_when_taken = false;                 // the following nine ports are tried too
    PoolOptions pool;
    std::string version;                           // of hearth
    std::vector<std::filesystem::path> catalogue;  // folders with the models that can be pulled by name
    std::vector<std::string>
        origins;  // web pages that may ask beside those of this machine: "https://desk.example"
    AccessLogOptions access_log;
    TraceOptions traces;
    std::string ledger;  // a file, or the URL of a PostgreSQL database; empty: ledger.db in the state folder
    std::optional<std::chrono::days> keep_ledger;  // after which its rows are removed; none: never
    bool reload_on_hangup =
        false;  // SIGHUP does not end the server; it goes on in a new log file and with read_again()
    std::function<Result<LiveSettings>()> read_again;  // may block; empty: nothing is taken over
    std::chrono::seconds drain{10};                    // what answers under way may take after a stop request
};

// Told where it listens, once it does: the ports in the order of the listeners (0: a Unix socket).
using ListeningSink = std::function<void(const std::vector<std::uint16_t>& ports)>;

// Serves until a stop is requested, then lets the answers under way end and returns. Engines end with it.
// Errors: of listening, and of opening the pool. Threads: blocks; the loop runs on the calling thread.
[[nodiscard]] Status run_server(const ServerSettings& settings, const ListeningSink& listening,
                                std::stop_token stop);

}  // namespace hearth::serve
