#pragma once
#include <cstddef>
#include <memory>
#include <string>

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>

#include "net/detail/body_budget.h"
#include "net/detail/connection_book.h"
#include "net/http_server.h"

namespace hearth::net::detail {

// What the connections of a server share.
struct ServerState {
    boost::asio::io_context& loop;
    ServerLimits limits;
    HttpServer::Handler handler;
    HttpServer::BodyChoice in_pieces;  // may be empty: none
    ConnectionBook connections;
    ConnectionBook handshakes;  // of them, those whose TLS has just begun
    BodyBudget bodies{limits.max_bodies};
    std::size_t busy = 0;  // requests that are being answered
    bool draining = false;
};

// A connection that was accepted.
struct Accepted {
    boost::asio::generic::stream_protocol::socket socket;
    std::string peer;
    bool loopback = false;
    std::shared_ptr<const TlsIdentity> tls;  // none: plain
};

// Serves one connection until it ends. The state is kept alive by it.
boost::asio::awaitable<void> serve_connection(Accepted accepted, std::shared_ptr<ServerState> state);

}  // namespace hearth::net::detail
