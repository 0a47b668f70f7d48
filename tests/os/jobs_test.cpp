#include "os/jobs.h"

#include <atomic>
#include <condition_variable>
#include <gtest/gtest.h>
#include <mutex>

namespace hearth::os {
namespace {

TEST(Jobs, RunBesideTheirOwnerAndAreWaitedFor) {
    Jobs jobs;
    std::atomic<int> done = 0;
    for (int n = 0; n < 20; ++n)
        jobs.start([&](const std::stop_token&) { ++done; });
    jobs.wait();
    EXPECT_EQ(done, 20);
}

TEST(Jobs, AreStoppedAtTheEnd) {
    std::atomic<bool> stopped = false;
    {
        Jobs jobs;
        jobs.start([&](const std::stop_token& stop) {
            std::mutex mutex;
            std::condition_variable_any woken;
            std::unique_lock lock(mutex);
            woken.wait(lock, stop, [] { return false; });
            stopped = true;
        });
    }
    EXPECT_TRUE(stopped);
}

TEST(Jobs, AStopIsForThoseThatGoOn) {
    Jobs jobs;
    jobs.request_stop();
    std::atomic<bool> asked = true;
    jobs.start([&](const std::stop_token& stop) { asked = stop.stop_requested(); });
    jobs.wait();
    EXPECT_FALSE(asked);
}

}  // namespace
}  // namespace hearth::os
