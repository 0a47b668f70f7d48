#pragma once
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

#include "os/files.h"
#include "os/process.h"
#include "store/postgres.h"

namespace hearth::test {

// A PostgreSQL server of a test's own: in a temporary folder, on a Unix socket alone, ended with this object.
// It refuses to run as root and is then run as `nobody`.
class PostgresServer {
public:
    PostgresServer() {
        std::error_code error;
        if (::geteuid() == 0) EXPECT_EQ(::chown(folder_.path().c_str(), kNobody, kNobody), 0);
        const auto made = run({binary("initdb"), "-D", data(), "-U", "hearth", "--auth=trust", "--no-sync",
                               "--encoding=UTF8", "--locale=C.UTF-8"});
        EXPECT_TRUE(made && made->ok()) << (made ? made->err : made.error().message());
        start();
    }

    ~PostgresServer() { stop(); }

    PostgresServer(const PostgresServer&) = delete;
    PostgresServer& operator=(const PostgresServer&) = delete;

    // The one of this test program; it starts with the first test that asks.
    static PostgresServer& shared() {
        static PostgresServer server;
        return server;
    }

    void start() {
        const std::string socket = folder_.path().string();
        auto child =
            os::Child::start({.argv = as_nobody({binary("postgres"), "-D", data(), "-k", socket, "-h", "",
                                                 "-c", "fsync=off", "-c", "shared_buffers=16MB"}),
                              .environment = {{"LANG", "C.UTF-8"}},
                              .directory = folder_.path(),
                              .output_file = {}});
        ASSERT_TRUE(child) << child.error().message();
        child_.emplace(*std::move(child));
        for (const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
             std::chrono::steady_clock::now() < until;) {
            if (store::Postgres::open(url("postgres"), "probe", {})) return;
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
        FAIL() << "the PostgreSQL server does not answer";
    }

    // At once, as when its machine goes down; what was committed is there when it starts again.
    void stop() {
        if (!child_) return;
        ::kill(child_->pid(), SIGQUIT);
        while (!child_->poll())
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
        child_.reset();
    }

    [[nodiscard]] pid_t pid() const { return child_->pid(); }

    [[nodiscard]] std::string url(const std::string& database) const {
        return fmt::format("postgresql://hearth@/{}?host={}", database, folder_.path().string());
    }

    // The URL of a database that nobody has used.
    [[nodiscard]] std::string fresh_database() {
        const std::string name = fmt::format("test_{}", ++databases_);
        auto admin = store::Postgres::open(url("postgres"), "probe", {});
        EXPECT_TRUE(admin && admin->execute("CREATE DATABASE " + name));
        return url(name);
    }

private:
    static constexpr uid_t kNobody = 65534;

    // Debian keeps the programs of each version in a folder of its own, outside of PATH.
    static std::string binary(const std::string& name) {
        std::error_code error;
        std::string newest = name;
        for (std::filesystem::directory_iterator each("/usr/lib/postgresql", error), end;
             !error && each != end; each.increment(error))
            if (std::filesystem::exists(each->path() / "bin" / name)) newest = each->path() / "bin" / name;
        return newest;
    }

    static std::vector<std::string> as_nobody(std::vector<std::string> argv) {
        if (::geteuid() != 0) return argv;
        const std::string id = std::to_string(kNobody);
        std::vector<std::string> all = {"setpriv",        "--reuid",     id,    "--regid", id,
                                        "--clear-groups", "--pdeathsig", "QUIT"};
        all.insert(all.end(), argv.begin(), argv.end());
        return all;
    }

    [[nodiscard]] Result<os::Exit> run(const std::vector<std::string>& argv) const {
        return os::run({.argv = as_nobody(argv),
                        .environment = {{"LANG", "C.UTF-8"}, {"PATH", "/usr/bin:/bin"}},
                        .directory = folder_.path()});
    }

    [[nodiscard]] std::string data() const { return folder_.path() / "data"; }

    os::TempDir folder_ = *os::TempDir::create("hearth-postgres");
    std::optional<os::Child> child_;
    int databases_ = 0;
};

}  // namespace hearth::test
