#pragma once
#include <atomic>
#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "integration/engine_fixture.h"
#include "net/http_client.h"
#include "serve/server.h"

namespace hearth::serve {

// A hearth in this process, at a free port, with a home of its own that has the engine, and the models where it is to have them.
class OwnServer {
public:
    OwnServer(const std::filesystem::path& home, const std::filesystem::path& engines,
              const std::filesystem::path& models)
        : home_(home) {
        namespace fs = std::filesystem;
        settings_.pool.paths = {.config = home / "config",
                                .data = home / "data",
                                .state = home / "state",
                                .cache = home / "cache",
                                .runtime = home / "run"};
        fs::create_directories(home / "data");
        fs::create_directory_symlink(engines, home / "data/engines");
        if (!models.empty()) fs::create_directory_symlink(models, home / "data/models");
        settings_.pool.serve = {
            .context = Tokens{2048}, .slots = 1, .edit_speculation = false, .shared_prompt = false};
        settings_.listeners = {{.address = net::TcpAddress{.host = "127.0.0.1", .port = "0"}}};
        settings_.access_log.file = home / "access.log";
        settings_.version = "test";
        settings_.drain = std::chrono::seconds(1);
    }

    ~OwnServer() {
        stop_.request_stop();
        if (thread_.joinable()) thread_.join();
    }

    OwnServer(const OwnServer&) = delete;
    OwnServer& operator=(const OwnServer&) = delete;

    void add_remote(const std::string& toml) const {
        const auto file = home_ / "config/remotes.toml";
        const std::string before = os::read_file(file).value_or("");
        ASSERT_TRUE(os::write_file_atomic(file, before + "[[remote]]\n" + toml + "\n", 0600));
    }

    void add_remote(const std::string& name, const std::string& url) const {
        add_remote(fmt::format("name = '{}'\nurl = '{}'", name, url));
    }

    void start() {
        thread_ = std::thread([&] {
            const Status served = run_server(
                settings_,
                [&](const std::vector<std::uint16_t>& ports) {
                    port_ = ports.front();
                    listening_ = true;
                },
                stop_.get_token());
            EXPECT_TRUE(served) << served.error().message();
            listening_ = true;
        });
        ASSERT_TRUE(engine::happens([&] { return listening_.load(); }));
    }

    [[nodiscard]] std::string url() const { return fmt::format("http://127.0.0.1:{}/v1", port_); }

    [[nodiscard]] net::HttpResponse ask(const std::string& target, const std::string& body) const {
        const auto answer = net::exchange(net::TcpAddress{.host = "127.0.0.1", .port = std::to_string(port_)},
                                          {.method = body.empty() ? "GET" : "POST",
                                           .target = target,
                                           .headers = {{"Content-Type", "application/json"}},
                                           .body = body});
        return answer ? *answer
                      : net::HttpResponse{.status = 0, .headers = {}, .body = answer.error().message()};
    }

    [[nodiscard]] std::filesystem::path home() const { return home_; }

    ServerSettings settings_;

private:
    std::filesystem::path home_;
    std::atomic<bool> listening_ = false;
    std::stop_source stop_;
    std::thread thread_;
    std::uint16_t port_ = 0;
};

inline std::string header_of(const net::HttpResponse& response, std::string_view name) {
    for (const auto& [each, value] : response.headers)
        if (each == name) return value;
    return {};
}

}  // namespace hearth::serve
