#pragma once
#include <chrono>
#include <filesystem>
#include <future>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>
#include <utility>

#include "net/http_client.h"
#include "os/fd.h"
#include "os/files.h"

namespace hearth::chat {

// One connection of an HTTP server on a Unix socket: reads a request, sends what the test says, then either closes or
// waits until the client does.
class FakeEngine {
public:
    enum class Then { kClose, kWaitForTheClient };

    FakeEngine(std::string answer, Then then)
        : folder_(*os::TempDir::create("hearth-fake-engine")), path_(folder_.path() / "s") {
        listener_ = os::Fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path_.string().copy(address.sun_path, sizeof(address.sun_path) - 1);
        if (::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0)
            std::abort();
        if (::listen(listener_.get(), 4) != 0) std::abort();
        thread_ = std::jthread([this, answer = std::move(answer), then] { serve(answer, then); });
    }

    [[nodiscard]] net::Address address() const { return net::UnixAddress{path_}; }

    // The request as it came, head and body.
    [[nodiscard]] std::string request() { return request_.get_future().get(); }

    // Waits until the client closed its end and gives the moment.
    [[nodiscard]] std::chrono::steady_clock::time_point closed() { return closed_.get_future().get(); }

    static std::string stream_head() {
        return "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";
    }

    static std::string answer(int status, std::string_view body) {
        return "HTTP/1.1 " + std::to_string(status) +
               " X\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
               "\r\nConnection: close\r\n\r\n" + std::string(body);
    }

private:
    void serve(const std::string& answer, Then then) {
        const os::Fd connection(::accept(listener_.get(), nullptr, nullptr));
        request_.set_value(read_request(connection.get()));
        if (!os::write_all(connection.get(), answer, "fake engine")) return;  // the client is gone
        if (then == Then::kClose) return;
        char byte = 0;
        while (::recv(connection.get(), &byte, 1, 0) > 0)
            continue;
        closed_.set_value(std::chrono::steady_clock::now());
    }

    static std::string read_request(int connection) {
        std::string text;
        std::size_t length = 0;
        std::size_t head = std::string::npos;
        char buffer[4096];
        while (head == std::string::npos || text.size() < head + length) {
            const auto got = ::recv(connection, buffer, sizeof(buffer), 0);
            if (got <= 0) break;
            text.append(buffer, static_cast<std::size_t>(got));
            if (head != std::string::npos) continue;
            const auto end = text.find("\r\n\r\n");
            if (end == std::string::npos) continue;
            head = end + 4;
            auto at = text.find("Content-Length: ");
            if (at == std::string::npos) at = text.find("content-length: ");
            if (at < head) length = std::stoul(text.substr(at + 16));
        }
        return text;
    }

    os::TempDir folder_;
    std::filesystem::path path_;
    os::Fd listener_;
    std::promise<std::string> request_;
    std::promise<std::chrono::steady_clock::time_point> closed_;
    std::jthread thread_;
};

}  // namespace hearth::chat
