#pragma once
#include <atomic>
#include <gtest/gtest.h>
#include <stop_token>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "integration/engine_fixture.h"
#include "net/http_client.h"
#include "serve/server.h"

namespace hearth::serve {

// A server on a thread of the test, and requests to it.
class RunningServer {
public:
    RunningServer() = default;
    RunningServer(const RunningServer&) = delete;
    RunningServer& operator=(const RunningServer&) = delete;

    ~RunningServer() { stop(); }

    // For small models in these folders: one slot, nothing that makes a test wait.
    void prepare(const os::Paths& paths, net::Address address) {
        settings_.listeners = {{.address = std::move(address)}};
        settings_.pool.paths = paths;
        settings_.pool.serve = {
            .context = Tokens{2048}, .slots = 1, .edit_speculation = false, .shared_prompt = false};
        settings_.version = "test";
        settings_.drain = std::chrono::seconds(1);
    }

    // Until it listens.
    void start() {
        listening_ = false;
        thread_ = std::thread([this] {
            const Status served = run_server(
                settings_,
                [this](const std::vector<std::uint16_t>& ports) {
                    port_ = ports.front();
                    listening_ = true;
                },
                stop_.get_token());
            EXPECT_TRUE(served) << served.error().message();
            listening_ = true;
        });
        ASSERT_TRUE(engine::happens([this] { return listening_.load(); }));
    }

    // Until it has ended; it may be started again.
    void stop() {
        stop_.request_stop();
        if (thread_.joinable()) thread_.join();
        stop_ = std::stop_source();
    }

    // Without an answer its status is 0 and its body the reason.
    [[nodiscard]] net::HttpResponse send(const std::string& method, const std::string& target,
                                         const std::string& body = {}, const net::BodySink& sink = {}) const {
        net::Address address = settings_.listeners.front().address;
        if (auto* tcp = std::get_if<net::TcpAddress>(&address)) tcp->port = std::to_string(port_);
        const auto answer = net::exchange(address,
                                          {.method = method,
                                           .target = target,
                                           .headers = {{"Content-Type", "application/json"}},
                                           .body = body},
                                          {}, {}, sink);
        return answer ? *answer
                      : net::HttpResponse{.status = 0, .headers = {}, .body = answer.error().message()};
    }

    ServerSettings settings_;

protected:
    std::uint16_t port_ = 0;  // of the first listener

private:
    std::stop_source stop_;
    std::atomic<bool> listening_ = false;
    std::thread thread_;
};

}  // namespace hearth::serve
