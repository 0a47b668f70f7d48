#pragma once
#include <functional>
#include <list>
#include <mutex>
#include <stop_token>
#include <thread>

namespace hearth::os {

// Work that is done beside its owner, each piece on a thread of its own. The destructor stops and waits for all.
// Threads: any; wait() by none of the jobs.
class Jobs {
public:
    using Work = std::function<void(std::stop_token stop)>;

    Jobs() = default;
    Jobs(const Jobs&) = delete;
    Jobs& operator=(const Jobs&) = delete;
    ~Jobs();

    void start(Work work);

    // Of all that go on now.
    void request_stop();

    // Until none goes on.
    void wait();

private:
    struct Job {
        std::stop_source stop;
        bool done = false;
        std::jthread thread;  // joined first of all
    };

    std::mutex mutex_;  // guards jobs_, but for the threads themselves
    std::list<Job> jobs_;
};

}  // namespace hearth::os
