#include "os/stop_event.h"

#include <cerrno>
#include <cstdint>
#include <sys/eventfd.h>
#include <unistd.h>
#include <utility>

namespace hearth::os {

void StopEvent::Wake::operator()() const {
    const std::uint64_t one = 1;
    // It can fail only when the counter is full, and then the descriptor is readable already.
    [[maybe_unused]] const ssize_t written = ::write(fd, &one, sizeof one);
}

Result<StopEvent> StopEvent::create(std::stop_token stop) {
    StopEvent made;
    if (!stop.stop_possible()) return made;
    made.event_ = Fd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!made.event_) return errno_error(errno, "cannot make an event descriptor");
    made.callback_ = std::make_unique<std::stop_callback<Wake>>(std::move(stop), Wake{made.event_.get()});
    return made;
}

}  // namespace hearth::os
