#pragma once
#include <cstdint>
#include <gtest/gtest.h>
#include <memory>
#include <mutex>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "egress/proxy.h"
#include "egress/rule.h"
#include "net/http_server.h"
#include "os/fd.h"

namespace hearth::egress::test {

// Keeps what it is told.
class Book final : public Observer {
public:
    Status judged(const Judged& request) override {
        const std::scoped_lock lock(mutex_);
        all_.push_back(request);
        return {};
    }

    Status answered(const Answered& answer) override {
        const std::scoped_lock lock(mutex_);
        ends_.push_back(answer);
        return {};
    }

    std::vector<Judged> all() {
        const std::scoped_lock lock(mutex_);
        return all_;
    }

    std::vector<Answered> ends() {
        const std::scoped_lock lock(mutex_);
        return ends_;
    }

private:
    std::mutex mutex_;  // guards what follows: the proxy's thread writes
    std::vector<Judged> all_;
    std::vector<Answered> ends_;
};

// Says which request it got, with what fields.
inline boost::asio::awaitable<void> show(net::ServedRequest& request, net::Responder& responder) {
    std::string body = request.method + " " + request.target + "\n";
    for (const auto& [name, value] : request.headers)
        body += name + ": " + value + "\n";
    net::Headers headers{{"Content-Type", "text/plain"}};
    const Status sent = co_await responder.send(200, std::move(headers), std::move(body));
    EXPECT_TRUE(sent);
}

// That listens at a free port of 127.0.0.1.
struct Listener {
    os::Fd socket;
    std::uint16_t port = 0;
};

inline Listener listener() {
    os::Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in place{};
    place.sin_family = AF_INET;
    place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&place), sizeof place), 0);
    EXPECT_EQ(::listen(socket.get(), 16), 0);
    socklen_t size = sizeof place;
    EXPECT_EQ(::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&place), &size), 0);
    return {.socket = std::move(socket), .port = ntohs(place.sin_port)};
}

// A proxy with a door at a port of 127.0.0.1, and the book that it tells.
class ProxyTest : public ::testing::Test {
protected:
    void start(std::vector<Rule> rules, Proxy::LookUp look_up = {}) {
        Proxy::Setup setup;
        setup.rules = std::move(rules);
        setup.look_up = std::move(look_up);
        start_with(std::move(setup));
    }

    void start_with(Proxy::Setup setup) {
        setup.observer = book_;
        proxy_ = Proxy::start(std::move(setup)).value();
        Listener made = listener();
        port_ = made.port;
        door_ = proxy_->open_door(std::move(made.socket));
    }

    // Before the servers of a test, which it may be asking.
    void TearDown() override {
        door_.reset();
        proxy_.reset();
    }

    std::shared_ptr<Book> book_ = std::make_shared<Book>();
    std::unique_ptr<Proxy> proxy_;
    std::unique_ptr<Proxy::Door> door_;
    std::uint16_t port_ = 0;
};

}  // namespace hearth::egress::test
