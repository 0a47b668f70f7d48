#pragma once
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

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
    boost::asio::thread_pool& files;               // runs what reads or writes the disk
    std::string version;                           // of hearth
    boost::asio::thread_pool& pulls;               // runs what gets models, which takes long
    std::vector<std::filesystem::path> catalogue;  // folders of what can be pulled by name
    std::filesystem::path cache;                   // folder of what may be deleted at any time
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
    std::string_view method;  // "GET" is good for HEAD too, where that has no row of its own
    std::string_view path;    // one that ends in '/' takes everything behind it as its argument
    Answer (*whole)(const Visit&) = nullptr;
    net::Task<void> (*streamed)(const Visit&) =
        nullptr;                  // an error, of what has sent nothing yet, is told as that of a whole answer
    bool body_in_pieces = false;  // it reads the request's body itself, of any size
};

}  // namespace hearth::serve
