#pragma once
#include <cerrno>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <sys/eventfd.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include "core/result.h"
#include "os/fd.h"

namespace hearth::app {

// What other threads have to tell the one that owns something, in their order. fd() is readable when there is some.
// Threads: put() any; the rest one owner.
template <typename Owned>
class Inbox {
public:
    using Letter = std::function<void(Owned&)>;

    static Result<std::unique_ptr<Inbox>> create() {
        os::Fd event(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
        if (!event) return errno_error(errno, "eventfd");
        return std::make_unique<Inbox>(std::move(event));
    }

    // `event`: of eventfd(), which does not block; create() makes one.
    explicit Inbox(os::Fd event) : event_(std::move(event)) {}

    void put(Letter letter) {
        {
            const std::scoped_lock lock(mutex_);
            letters_.push_back(std::move(letter));
        }
        const std::uint64_t one = 1;
        // Full only when nobody reads, who then reads all of them anyway.
        [[maybe_unused]] const auto written = ::write(event_.get(), &one, sizeof one);
    }

    std::vector<Letter> take() {
        // Read first: what comes between the two is taken now, and wakes once for nothing.
        std::uint64_t count = 0;
        [[maybe_unused]] const auto got = ::read(event_.get(), &count, sizeof count);
        const std::scoped_lock lock(mutex_);
        return std::exchange(letters_, {});
    }

    [[nodiscard]] int fd() const { return event_.get(); }

private:
    std::mutex mutex_;  // guards letters_
    std::vector<Letter> letters_;
    os::Fd event_;
};

}  // namespace hearth::app
