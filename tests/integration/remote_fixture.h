#pragma once
#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "integration/running_server.h"
#include "net/http_client.h"
#include "serve/server.h"

namespace hearth::serve {

// A hearth in this process, at a free port, with a home of its own that has the engine, and the models where it is to have them.
class OwnServer : public RunningServer {
public:
    OwnServer(const std::filesystem::path& home, const std::filesystem::path& engines,
              const std::filesystem::path& models)
        : home_(home) {
        namespace fs = std::filesystem;
        prepare({.config = home / "config",
                 .data = home / "data",
                 .state = home / "state",
                 .cache = home / "cache",
                 .runtime = home / "run"},
                net::TcpAddress{.host = "127.0.0.1", .port = "0"});
        fs::create_directories(home / "data");
        fs::create_directory_symlink(engines, home / "data/engines");
        if (!models.empty()) fs::create_directory_symlink(models, home / "data/models");
        settings_.access_log.file = home / "access.log";
    }

    void add_remote(const std::string& toml) const {
        const auto file = home_ / "config/remotes.toml";
        const std::string before = os::read_file(file).value_or("");
        ASSERT_TRUE(os::write_file_atomic(file, before + "[[remote]]\n" + toml + "\n", 0600));
    }

    void add_remote(const std::string& name, const std::string& url) const {
        add_remote(fmt::format("name = '{}'\nurl = '{}'", name, url));
    }

    [[nodiscard]] std::string url() const { return fmt::format("http://127.0.0.1:{}/v1", port_); }

    [[nodiscard]] net::HttpResponse ask(const std::string& target, const std::string& body) const {
        return send(body.empty() ? "GET" : "POST", target, body);
    }

    [[nodiscard]] std::filesystem::path home() const { return home_; }

private:
    std::filesystem::path home_;
};

inline std::string header_of(const net::HttpResponse& response, std::string_view name) {
    for (const auto& [each, value] : response.headers)
        if (each == name) return value;
    return {};
}

}  // namespace hearth::serve
