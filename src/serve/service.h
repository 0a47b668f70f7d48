#pragma once
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "net/http_server.h"
#include "serve/visit.h"

namespace hearth::serve {

// The server's one port: lets a request in (access.h, gate.h) and gives it to the route that its path names, in the tables of
// the *_routes.h of this folder. What is refused is told in the form that the clients of that path read.
// Threads: the loop's.
class Service {
public:
    // `origins`: web pages that may ask beside those of this machine, as "https://desk.example".
    Service(Desk desk, std::vector<std::string> origins)
        : desk_(std::move(desk)), origins_(std::move(origins)) {}

    // From the next request on.
    void set_origins(std::vector<std::string> origins) { origins_ = std::move(origins); }

    // Whether the route of a request reads its body in pieces (net::HttpServer::BodyChoice).
    [[nodiscard]] static bool reads_pieces(const net::ServedRequest& request);

    boost::asio::awaitable<void> handle(net::ServedRequest& request, net::Responder& responder);

private:
    boost::asio::awaitable<void> answer(net::ServedRequest& request, net::Responder& responder,
                                        Activity& activity);
    boost::asio::awaitable<void> route(const Caller& caller, const net::ServedRequest& request,
                                       net::Responder& responder, Activity& activity);

    Desk desk_;
    std::vector<std::string> origins_;
};

}  // namespace hearth::serve
