#include "os/jobs.h"

#include <iterator>
#include <utility>

namespace hearth::os {

Jobs::~Jobs() {
    request_stop();
    wait();
}

void Jobs::start(Work work) {
    std::list<Job> ended;  // joined here, without the lock
    const std::scoped_lock lock(mutex_);
    for (auto job = jobs_.begin(); job != jobs_.end();) {
        const auto next = std::next(job);
        if (job->done) ended.splice(ended.end(), jobs_, job);
        job = next;
    }
    auto& job = jobs_.emplace_back();
    job.thread = std::jthread([this, work = std::move(work), &job, stop = job.stop.get_token()] {
        work(stop);
        const std::scoped_lock done(mutex_);
        job.done = true;
    });
}

void Jobs::request_stop() {
    const std::scoped_lock lock(mutex_);
    for (auto& job : jobs_)
        job.stop.request_stop();
}

void Jobs::wait() {
    std::list<Job> all;
    {
        const std::scoped_lock lock(mutex_);
        all.swap(jobs_);
    }
}

}  // namespace hearth::os
