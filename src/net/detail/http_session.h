#pragma once
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>

#include "net/http_server.h"

namespace hearth::net::detail {

// What the connections of a server share.
struct ServerState {
    boost::asio::io_context& loop;
    ServerLimits limits;
    HttpServer::Handler handler;
    HttpServer::BodyChoice in_pieces;  // may be empty: none
    std::size_t connections = 0;
    std::size_t busy = 0;                // requests that are being answered
    std::set<std::uint64_t> handshakes;  // the connections whose TLS has just begun, the oldest first
    bool draining = false;
    std::map<std::uint64_t, std::function<void()>> closers;  // one a connection
    std::uint64_t last_number = 0;
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
