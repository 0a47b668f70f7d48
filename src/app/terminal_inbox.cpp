#include "app/terminal_inbox.h"

#include <cerrno>
#include <cstdint>
#include <sys/eventfd.h>
#include <unistd.h>

namespace hearth::app {

Result<std::unique_ptr<Inbox>> Inbox::create() {
    os::Fd event(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!event) return errno_error(errno, "eventfd");
    return std::unique_ptr<Inbox>(new Inbox(std::move(event)));
}

void Inbox::put(Letter letter) {
    {
        const std::scoped_lock lock(mutex_);
        letters_.push_back(std::move(letter));
    }
    const std::uint64_t one = 1;
    // Full only when nobody reads, who then reads all of them anyway.
    [[maybe_unused]] const auto written = ::write(event_.get(), &one, sizeof one);
}

std::vector<Inbox::Letter> Inbox::take() {
    // Read first: what comes between the two is taken now, and wakes once for nothing.
    std::uint64_t count = 0;
    [[maybe_unused]] const auto got = ::read(event_.get(), &count, sizeof count);
    const std::scoped_lock lock(mutex_);
    return std::exchange(letters_, {});
}

}  // namespace hearth::app
