#pragma once
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <span>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <utility>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include "net/http_server.h"

namespace hearth::net::test {

// On a thread of its own, at a free port.
class Server {
public:
    explicit Server(HttpServer::Handler handler, ServerLimits limits = {},
                    HttpServer::BodyChoice in_pieces = {})
        : server_(loop_, limits, std::move(handler), std::move(in_pieces)),
          port_(*server_.listen(TcpAddress{.host = "127.0.0.1", .port = "0"})),
          thread_([this] { loop_.run(); }) {}

    ~Server() {
        loop_.stop();
        thread_.join();
    }

    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    [[nodiscard]] Address address() const {
        return TcpAddress{.host = "127.0.0.1", .port = std::to_string(port_)};
    }

    [[nodiscard]] std::uint16_t port() const { return port_; }

    boost::asio::io_context& loop() { return loop_; }

private:
    boost::asio::io_context loop_;
    HttpServer server_;
    std::uint16_t port_;
    std::thread thread_;
};

// A client that says just what it is told to.
class RawClient {
public:
    explicit RawClient(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_EQ(::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    }

    ~RawClient() { close(); }

    RawClient(const RawClient&) = delete;
    RawClient& operator=(const RawClient&) = delete;

    void send(std::string_view text) const {
        EXPECT_EQ(::send(fd_, text.data(), text.size(), MSG_NOSIGNAL), static_cast<ssize_t>(text.size()));
    }

    // Until the text ends so, or the connection does.
    std::string read_until(std::string_view end) const {
        std::string text;
        char byte = 0;
        while (!text.ends_with(end) && ::recv(fd_, &byte, 1, 0) == 1)
            text += byte;
        return text;
    }

    // Until the connection ends.
    std::string read_all() const { return read_until("\x01never"); }

    // Some of what comes, as recv() does.
    ssize_t receive(std::span<char> into) const { return ::recv(fd_, into.data(), into.size(), 0); }

    // Nothing more comes from here; it still reads.
    void end_sending() const { EXPECT_EQ(::shutdown(fd_, SHUT_WR), 0); }

    void close() {
        if (fd_ >= 0) ::close(std::exchange(fd_, -1));
    }

private:
    int fd_;
};

// Says what it was asked.
inline boost::asio::awaitable<void> echo(ServedRequest& request, Responder& responder) {
    Headers headers{{"Content-Type", "text/plain"}};
    std::string body = request.method + " " + request.target + " " + request.body;
    const Status sent = co_await responder.send(200, std::move(headers), std::move(body));
    EXPECT_TRUE(sent);
}

}  // namespace hearth::net::test
