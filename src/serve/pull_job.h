#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/result.h"
#include "core/units.h"
#include "model/pull.h"
#include "net/task.h"

namespace boost::asio {
class thread_pool;  // NOLINT(readability-identifier-naming): Boost's
}

namespace hearth::serve {

// How far a pull is.
struct PullView {
    std::string sha256;  // of the file that comes; empty while it is not known
    std::optional<model::PullObserver::Phase> phase;
    Bytes done{0};
    std::optional<Bytes> total;
    std::vector<std::string> notices;  // all so far
    std::optional<Result<model::Pulled>> outcome;
};

// A pull on a thread of a pool. It is stopped within a moment when this object ends, and what arrived is kept for the next one.
// Threads: the loop's.
class PullJob {
public:
    // Tells the job what file it gets, once that is known.
    using KnowDigest = std::function<void(std::string sha256)>;
    using Work =
        std::function<Result<model::Pulled>(const model::PullObserver&, const KnowDigest&, std::stop_token)>;

    PullJob(boost::asio::thread_pool& threads, Work work);
    PullJob(const PullJob&) = delete;
    PullJob& operator=(const PullJob&) = delete;
    ~PullJob();

    [[nodiscard]] PullView look() const;

    // Waits for a change of some size, a fifth of a second at most.
    boost::asio::awaitable<void> pause();

    // Waits for its end.
    [[nodiscard]] net::Task<model::Pulled> end();

private:
    struct State;
    std::shared_ptr<State> state_;  // shared with the thread, which may end later
    std::stop_source stop_;
    int pauses_ = 0;
};

}  // namespace hearth::serve
