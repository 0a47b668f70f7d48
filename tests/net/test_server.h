#pragma once
#include <arpa/inet.h>
#include <cstring>
#include <filesystem>
#include <functional>
#include <mutex>
#include <netinet/in.h>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include "net/http_client.h"
#include "os/fd.h"

namespace hearth::net::test {

// A peer's end of one connection. Reads and writes block; false and short results mean that the peer is gone.
class Peer {
public:
    explicit Peer(os::Fd fd) : fd_(std::move(fd)) {}

    bool send(std::string_view text) const {
        while (!text.empty()) {
            const ssize_t sent = ::send(fd_.get(), text.data(), text.size(), MSG_NOSIGNAL);
            if (sent <= 0) return false;
            text.remove_prefix(static_cast<std::size_t>(sent));
        }
        return true;
    }

    // The request up to the end of its body, as far as Content-Length says.
    std::string read_request() {
        while (received_.find("\r\n\r\n") == std::string::npos)
            if (!read_more()) break;
        const std::size_t head = received_.find("\r\n\r\n");
        if (head == std::string::npos) return std::exchange(received_, {});
        std::size_t size = head + 4;
        const std::size_t length = received_.find("Content-Length: ");
        if (length < head) size += std::stoul(received_.substr(length + 16));
        while (received_.size() < size)
            if (!read_more()) break;
        std::string request = received_.substr(0, size);
        received_.erase(0, request.size());
        return request;
    }

    // Blocks until the peer closes.
    void wait_for_close() {
        while (read_more())
            continue;
    }

    // Ends the connection with a reset instead of an orderly end.
    void reset() {
        const linger at_once{1, 0};
        ::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        const std::lock_guard lock(closing_);
        fd_.reset();
    }

    // By another thread, too.
    void shut() {
        const std::lock_guard lock(closing_);
        ::shutdown(fd_.get(), SHUT_RDWR);
    }

private:
    bool read_more() {
        char buffer[4096];
        const ssize_t got = ::recv(fd_.get(), buffer, sizeof buffer, 0);
        if (got <= 0) return false;
        received_.append(buffer, static_cast<std::size_t>(got));
        return true;
    }

    os::Fd fd_;
    std::mutex closing_;
    std::string received_;
};

// A real listening socket, on 127.0.0.1 or in a folder; each connection is handled in a thread of its own.
class TestServer {
public:
    using Handler = std::function<void(Peer&)>;

    explicit TestServer(Handler handler) : handler_(std::move(handler)) {
        listener_ = os::Fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_in name{};
        name.sin_family = AF_INET;
        name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof name;
        if (::bind(listener_.get(), reinterpret_cast<sockaddr*>(&name), size) == 0 &&
            ::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&name), &size) == 0)
            address_ = TcpAddress{"127.0.0.1", std::to_string(ntohs(name.sin_port))};
        start();
    }

    TestServer(const std::filesystem::path& path, Handler handler) : handler_(std::move(handler)) {
        listener_ = os::Fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_un name{};
        name.sun_family = AF_UNIX;
        std::strncpy(name.sun_path, path.c_str(), sizeof name.sun_path - 1);
        if (::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0)
            address_ = UnixAddress{path};
        start();
    }

    TestServer(const TestServer&) = delete;
    TestServer& operator=(const TestServer&) = delete;

    ~TestServer() {
        // Wakes accept().
        ::shutdown(listener_.get(), SHUT_RDWR);
        acceptor_.join();
        std::vector<std::thread> threads;
        {
            const std::lock_guard lock(mutex_);
            for (const auto& peer : peers_)
                peer->shut();
            threads.swap(threads_);
        }
        for (std::thread& thread : threads)
            thread.join();
    }

    [[nodiscard]] const Address& address() const { return address_; }

    [[nodiscard]] std::string url(std::string_view target) const {
        return "http://127.0.0.1:" + std::get<TcpAddress>(address_).port + std::string(target);
    }

private:
    void start() {
        ::listen(listener_.get(), 64);
        acceptor_ = std::thread([this] {
            for (;;) {
                os::Fd fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
                if (!fd) return;
                const std::lock_guard lock(mutex_);
                peers_.push_back(std::make_unique<Peer>(std::move(fd)));
                threads_.emplace_back([this, peer = peers_.back().get()] {
                    handler_(*peer);
                    const std::lock_guard closing(mutex_);
                    std::erase_if(peers_, [&](const auto& each) { return each.get() == peer; });
                });
            }
        });
    }

    Handler handler_;
    os::Fd listener_;
    Address address_;
    std::mutex mutex_;  // guards peers_ and threads_
    std::vector<std::unique_ptr<Peer>> peers_;
    std::vector<std::thread> threads_;
    std::thread acceptor_;
};

}  // namespace hearth::net::test
