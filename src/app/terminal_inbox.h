#pragma once
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "core/result.h"
#include "os/fd.h"
#include "tui/session_view.h"

namespace hearth::app {

// What other threads have to tell the view, in their order. Threads: any put, one takes.
class Inbox {
public:
    using Letter = std::function<void(tui::SessionView&)>;

    static Result<std::unique_ptr<Inbox>> create();

    void put(Letter letter);

    std::vector<Letter> take();

    // Readable while there are letters.
    [[nodiscard]] int fd() const { return event_.get(); }

private:
    // `event`: an eventfd, which does not block.
    explicit Inbox(os::Fd event) : event_(std::move(event)) {}

    std::mutex mutex_;  // guards letters_
    std::vector<Letter> letters_;
    os::Fd event_;
};

}  // namespace hearth::app
