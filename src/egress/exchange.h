#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "egress/proxy.h"
#include "egress/secrets.h"
#include "net/http_server.h"

namespace hearth::egress {

// What the requests of a proxy share.
struct Exchanges {
    Proxy::Setup setup;
    Secrets secrets;
    std::uint64_t last_number = 0;
    // Told what is refused, in words, with ServedRequest::peer.
    std::function<void(const std::string& peer, const std::string& words)> refused;
};

// Judges a request and, where it is allowed, makes it and passes the answer on. Whatever comes of it is told to the client and to the
// observer. Both outlive it. Threads: the loop's.
net::Task<void> exchange(Exchanges& shared, net::ServedRequest& request, net::Responder& responder);

// Tells a client, and whoever watches, that a request was refused.
net::Task<void> refuse(Exchanges& shared, const net::ServedRequest& request, net::Responder& responder,
                       int status, std::string words);

// Records that nothing may be asked of a place to which somebody wants a tunnel; nothing when something may.
[[nodiscard]] Status record_tunnel(Exchanges& shared, const net::ServedRequest& request, const Place& place);

}  // namespace hearth::egress
