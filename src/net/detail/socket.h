#pragma once
#include <chrono>
#include <optional>
#include <stop_token>
#include <string>

#include "core/result.h"
#include "net/http_client.h"
#include "os/fd.h"
#include "os/stop_event.h"

namespace hearth::net::detail {

using Clock = std::chrono::steady_clock;

// "/run/hearth/engine.sock", "127.0.0.1:8080".
[[nodiscard]] std::string describe(const Address& address);

// Waits for descriptors on behalf of one exchange: it ends with the stop request or the total deadline.
// Threads: one owner.
class Waiter {
public:
    static Result<Waiter> create(std::stop_token stop, std::optional<std::chrono::milliseconds> total);

    // The events that poll() saw; 0 when `until` passed first.
    // Errors: kCancelled; kTimeout when the total deadline passed.
    [[nodiscard]] Result<short> wait(int fd, short events, std::optional<Clock::time_point> until) const;

private:
    Waiter(os::StopEvent stop, std::optional<Clock::time_point> deadline)
        : stop_(std::move(stop)), deadline_(deadline) {}

    os::StopEvent stop_;
    std::optional<Clock::time_point> deadline_;
};

// A connected, non-blocking socket. Names are looked up in a thread of their own, so that a slow name server does not
// outlive the deadline or a stop request.
// Errors: kUnavailable (nobody listens, no such host), kTimeout, kCancelled, kPermission, kInvalidInput (a socket path
// over 107 bytes).
[[nodiscard]] Result<os::Fd> connect_to(const Address& address, const Waiter& waiter,
                                        std::chrono::milliseconds timeout);

}  // namespace hearth::net::detail
