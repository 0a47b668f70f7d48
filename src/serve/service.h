#pragma once
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "net/http_server.h"
#include "serve/chat_route.h"
#include "serve/gate.h"
#include "serve/model_pool.h"

namespace boost::asio {
class thread_pool;  // NOLINT(readability-identifier-naming): Boost's
}

namespace hearth::serve {

struct ServiceOptions {
    std::string version;  // of hearth
    std::vector<std::string>
        origins;  // web pages that may ask beside those of this machine: "https://desk.example"
};

// What each route of the server does: one port for the clients of Ollama (/api/…), OpenAI (/v1/…) and Anthropic (/v1/messages).
// Threads: the loop's.
class Service {
public:
    // All must outlive it; `files` runs what reads the disk.
    Service(ModelPool& pool, Gate& gate, boost::asio::thread_pool& files, ServiceOptions options)
        : desk_{.pool = pool, .gate = gate}, files_(files), options_(std::move(options)) {}

    boost::asio::awaitable<void> handle(net::ServedRequest& request, net::Responder& responder);

private:
    using Answer = net::Task<net::WholeResponse>;

    boost::asio::awaitable<void> route(const Caller& caller, const net::ServedRequest& request,
                                       net::Responder& responder);
    boost::asio::awaitable<void> send(net::Responder& responder, const net::ServedRequest& request,
                                      net::WholeResponse response);
    Answer list_route(const Caller& caller, const net::ServedRequest& request);
    boost::asio::awaitable<bool> chat_route(const Caller& caller, const net::ServedRequest& request,
                                            net::Responder& responder);
    boost::asio::awaitable<void> ollama(const Caller& caller, const net::ServedRequest& request,
                                        net::Responder& responder, bool chat);
    Answer load_or_unload(const Caller& caller, std::string model, bool unload,
                          std::optional<std::chrono::seconds> keep_alive, bool chat);
    Answer count_tokens(const Caller& caller, const net::ServedRequest& request);
    Answer ollama_show(const net::ServedRequest& request);

    Desk desk_;
    boost::asio::thread_pool& files_;
    ServiceOptions options_;
};

}  // namespace hearth::serve
