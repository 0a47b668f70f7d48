#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>

#include "net/http_server.h"
#include "serve/activity.h"
#include "serve/gate.h"
#include "serve/metrics.h"
#include "serve/model_pool.h"
#include "serve/response_store.h"

namespace boost::asio {
class thread_pool;  // NOLINT(readability-identifier-naming): Boost's
}

namespace hearth::serve {

// What all routes share. All of it outlives every request.
struct Desk {
    ModelPool& pool;
    Gate& gate;
    ResponseStore& responses;
    ActivityBook& activities;
    Metrics& metrics;
    boost::asio::thread_pool& files;  // runs what reads or writes the disk
    std::string version;              // of hearth
};

// One request that was let in.
struct Visit {
    const Desk& desk;
    const Caller& caller;
    const net::ServedRequest& request;
    net::Responder& responder;
    Activity& activity;    // of this request, for a route to say how far it is
    std::string argument;  // the path behind a route's prefix
};

using Answer = net::Task<net::WholeResponse>;

// A path of the server and what it does: `whole` gives an answer at once, `streamed` sends it itself.
struct Route {
    std::string_view method;  // "GET" is good for HEAD too
    std::string_view path;    // one that ends in '/' takes everything behind it as its argument
    Answer (*whole)(const Visit&) = nullptr;
    boost::asio::awaitable<void> (*streamed)(const Visit&) = nullptr;
};

}  // namespace hearth::serve
