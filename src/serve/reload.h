#pragma once
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "core/result.h"
#include "net/task.h"
#include "net/tls_identity.h"

namespace boost::asio {
class io_context;  // NOLINT(readability-identifier-naming): Boost's
}

namespace hearth::serve {

// What a running server takes over from its configuration when it is told to read it again.
struct LiveSettings {
    std::chrono::seconds keep_alive{300};
    std::size_t max_queue = 512;
    std::vector<std::string> origins;
    std::filesystem::path access_log;                  // empty: none
    std::shared_ptr<const net::TlsIdentity> identity;  // that new connections get
    std::string remark;                                // for the person who asked for it; may be empty
};

// One part of a server that can be renewed while it runs.
struct Reload {
    std::string what;  // "the access log", as in "hearth: the access log stays as it was: ..."
    std::function<net::Task<void>()> renew;  // an error of it leaves everything as it was
};

// SIGHUP renews all parts, in their order; one that fails is told on standard error and holds up none of the others. Nothing
// that is under way is disturbed. Runs until the loop ends. Threads: the loop's.
boost::asio::awaitable<void> reload_on_hangup(boost::asio::io_context& loop, std::vector<Reload> parts);

}  // namespace hearth::serve
