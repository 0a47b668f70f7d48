#pragma once
#include <chrono>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>

#include "core/result.h"
#include "core/units.h"
#include "engine/build.h"
#include "engine/engine_log.h"
#include "engine/flags.h"
#include "engine/hang_watch.h"
#include "engine/supervisor.h"
#include "net/http_client.h"
#include "os/process.h"

namespace hearth::engine {

// One running llama-server. It dies with this object, and with this process however that ends.
// Threads: one owner.
class EngineChild {
public:
    // Starts it and returns at once. `log` says where it writes; it must outlive the child.
    static Result<EngineChild> start(const ServeSettings& settings, const KnownFlags& known,
                                     const Variant& variant, EngineLog& log);

    // Waits until it answers its health check, as long as it is at work on that. `step` names the wait in the progress.
    // Errors: kUnavailable when the child ended first (ended() then says how), kTimeout when it hangs, kCancelled.
    [[nodiscard]] Status wait_ready(const HangLimits& limits, const std::string& step,
                                    const LoadSink& progress, const std::stop_token& stop);

    // One exchange that ends with kTimeout when the child hangs, however long it takes otherwise.
    [[nodiscard]] Result<net::HttpResponse> ask(const net::HttpRequest& request, const HangLimits& limits,
                                                const std::stop_token& stop) const;

    // How it ended, if it has.
    [[nodiscard]] std::optional<os::Exit> ended() { return child_.poll(); }

    // A broken connection is seen before the process that held it has ended for good. When it does not answer, waits up to a
    // second for its end, so that ended() tells the truth.
    void settle();

    void stop();

    [[nodiscard]] net::Address address() const { return net::UnixAddress{socket_}; }

    [[nodiscard]] pid_t pid() const { return child_.pid(); }

    // Since start().
    [[nodiscard]] double seconds() const;

    // Window of one slot and number of slots, as the engine reports them once it is ready.
    struct Served {
        Tokens slot_context{0};
        int slots = 1;
    };

    [[nodiscard]] Result<Served> served(const std::stop_token& stop) const;

private:
    EngineChild(os::Child child, std::filesystem::path socket, std::filesystem::path model)
        : child_(std::move(child)), socket_(std::move(socket)), model_(std::move(model)) {}

    [[nodiscard]] std::optional<double> loaded_fraction() const;

    os::Child child_;
    std::filesystem::path socket_;
    std::filesystem::path model_;
    std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
};

// A private folder for sockets, removed at the end. Those that killed processes left behind are removed when a new one is made.
class RuntimeFolder {
public:
    // Errors: kInvalidInput when the path would be too long for a socket.
    static Result<RuntimeFolder> create(const std::filesystem::path& parent);

    [[nodiscard]] const std::filesystem::path& path() const { return folder_.path(); }

private:
    RuntimeFolder(os::TempDir folder, os::FileLock lock)
        : folder_(std::move(folder)), lock_(std::move(lock)) {}

    os::TempDir folder_;
    os::FileLock lock_;
};

}  // namespace hearth::engine
