#pragma once
#include <functional>
#include <memory>
#include <stop_token>

#include "core/result.h"
#include "os/fd.h"

namespace hearth::os {

// A stop request as a descriptor that becomes readable, so that poll() can wait for it beside sockets and pipes.
// Threads: one owner; the request may come from any thread.
class StopEvent {
public:
    static Result<StopEvent> create(std::stop_token stop);

    // -1, which poll() passes over, when a stop can never be requested.
    [[nodiscard]] int fd() const { return event_.get(); }

private:
    struct Wake {
        int fd;
        void operator()() const;
    };

    StopEvent() = default;

    Fd event_;
    // After event_, so that it is gone before the descriptor is closed.
    std::unique_ptr<std::stop_callback<Wake>> callback_;
};

}  // namespace hearth::os
