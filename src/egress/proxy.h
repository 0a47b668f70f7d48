#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/result.h"
#include "egress/rule.h"
#include "egress/secrets.h"
#include "net/task.h"
#include "net/upstream.h"
#include "os/fd.h"

namespace hearth::egress {

// A request that was judged, before anything of it is sent.
struct Judged {
    std::uint64_t number = 0;  // of this proxy, from 1
    std::string method;
    std::string url;              // "https://pypi.org/simple/", without its query
    std::size_t query_bytes = 0;  // of which it has so many
    bool allowed = false;
    std::string rule;                  // that allowed it, as it was written
    std::vector<std::string> secrets;  // that it carries, by their names
    std::string why;                   // it was refused
    std::string address;               // that it goes to
};

struct Answered {
    std::uint64_t number = 0;
    int status = 0;              // 0: none came
    std::uint64_t received = 0;  // bytes of the body
    double seconds = 0;
    std::string failure;  // why it did not end well; empty when it did
};

// Is told of every request. Threads: the proxy's.
class Observer {
public:
    virtual ~Observer() = default;

    // An error keeps it from being sent.
    [[nodiscard]] virtual Status judged(const Judged& request) = 0;
    [[nodiscard]] virtual Status answered(const Answered& answer) = 0;
};

struct ProxyLimits {
    std::size_t max_connections = 128;
    std::size_t max_request = std::size_t{64} << 20U;    // of a body that is sent
    std::uint64_t max_answer = std::uint64_t{4} << 30U;  // of a body that comes back
    std::chrono::seconds header_time{20};                // until a request's head is there
    std::chrono::seconds silence{120};                   // of a server
    std::chrono::seconds total_time{900};                // of one request
};

// The one way from a sandbox to the network: a proxy for HTTP and HTTPS that lets through what the rules allow and nothing else.
//
// It ends TLS, with a certificate that is trusted in the sandbox alone, so that every request is judged by what is really sent; it
// makes its own request of what was judged, and connects to the addresses that it looked up and checked. What it refuses is told in
// words: 403. Secrets that rules name are put in here, in place of what the sandbox has for them, and taken out of answers.
// Threads: one owner; it serves on a thread of its own.
class Proxy {
public:
    using LookUp = std::function<net::Task<std::vector<std::string>>(std::string host)>;

    struct Setup {
        std::vector<Rule> rules;
        std::vector<HeldSecret> secrets;       // that rules name
        std::shared_ptr<Observer> observer;    // shared with whoever writes the record; may be none
        std::shared_ptr<net::TlsTrust> trust;  // none: what this system trusts
        ProxyLimits limits;
        LookUp look_up;  // empty: as the system does
        // Why a request that a rule allows is refused all the same; an empty text lets it through. Called by the proxy's thread; may be empty.
        std::function<std::string(const Asked&)> refuse;
    };

    // Errors: kInternal, kUnavailable (certificates of this system), those of Secrets::create().
    static Result<std::unique_ptr<Proxy>> start(Setup setup);
    ~Proxy();
    Proxy(const Proxy&) = delete;
    Proxy& operator=(const Proxy&) = delete;

    // Of the authority that programs in the sandbox have to trust; PEM.
    [[nodiscard]] const std::string& certificate() const;

    // Serves the connections of a listening TCP socket until the door is destroyed. The proxy outlives it.
    class Door {
    public:
        virtual ~Door() = default;

        // What was refused there so far, each once and the first few only, in a sentence.
        [[nodiscard]] virtual std::vector<std::string> refused() const = 0;
    };

    [[nodiscard]] std::unique_ptr<Door> open_door(os::Fd listener);

    struct State;

private:
    explicit Proxy(std::unique_ptr<State> state);

    std::unique_ptr<State> state_;
};

}  // namespace hearth::egress
