#pragma once
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "core/result.h"
#include "extend/message.h"
#include "os/process.h"

namespace hearth::extend {

// How long an answer is waited for.
struct Patience {
    std::chrono::milliseconds limit{30'000};  // without a sign of life
    bool waits_for_dialogs = true;            // a dialog with a person stops the clock
    std::function<void(std::string_view params)> on_progress = {};
};

// An extension's process and the talk with it. Its standard error goes to a log file, at most 1 MiB of it.
//
// Nothing that it does blocks the caller for longer than its patience: what is sent waits in a queue (16 MiB at most), a line has at most kMaxLine
// bytes. Whoever breaks the protocol, does not answer in time or does not read is ended; so is all that it started.
// Threads: any, but for the destructor. Handlers are called by the peer's own thread and must not call into it but for notify(), answer() and
// refuse(), which never wait.
class Peer {
public:
    struct Handlers {
        std::function<void(const Message&)> request;
        std::function<void(const Message&)> notification;
        std::function<void(const std::string& why)>
            ended;  // once, when it ends by itself or is ended for a fault
    };

    // Starts the process; nothing is read or written before begin().
    static Result<std::unique_ptr<Peer>> start(const os::Command& command, const std::filesystem::path& log,
                                               Handlers handlers);

    // To be called once, before all else.
    void begin();

    Peer(const Peer&) = delete;
    Peer& operator=(const Peer&) = delete;
    ~Peer();

    // Asks and waits; the result is JSON. A stop is told to it, and it has a second more to answer.
    // Errors: kUnavailable when it has ended; kTimeout, after which it is ended; kCancelled; kInternal with what it said when it
    // refuses.
    [[nodiscard]] Result<std::string> call(std::string_view method, std::string_view params,
                                           const Patience& patience = {}, std::stop_token stop = {});

    void notify(std::string_view method, std::string_view params);
    void answer(std::string_view id, std::string_view result);
    void refuse(std::string_view id, std::string_view error);

    // A person is asked something on its behalf: no patience runs out meanwhile.
    void dialog_opened();
    void dialog_closed();

    [[nodiscard]] bool alive() const;

    // Asks it to end ("shutdown"), then closes its input, then ends it.
    void close(std::chrono::milliseconds grace);

    class State;

private:
    explicit Peer(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace hearth::extend
