#include "app/doctor_containment.h"

#include <cstddef>
#include <gtest/gtest.h>
#include <stop_token>

namespace hearth::app {
namespace {

TEST(DoctorContainment, TriesEveryPromiseAndFindsItUpheld) {
    std::size_t last = 0;
    const auto report = try_containment(
        [&](std::size_t done, std::size_t all) {
            EXPECT_LE(done, all);
            EXPECT_GE(done, last);
            last = done;
        },
        {});
    ASSERT_TRUE(report) << report.error().message();
    EXPECT_GT(report->attempts, 100U);
    EXPECT_GT(report->promises.size(), 10U);
    std::size_t attempts = 0;
    for (const PromiseReport& each : report->promises) {
        EXPECT_FALSE(each.promise.empty()) << each.kind;
        EXPECT_GT(each.attempts, 0U) << each.kind;
        for (const std::string& escaped : each.escaped)
            ADD_FAILURE() << escaped;
        attempts += each.attempts;
    }
    EXPECT_EQ(attempts, report->attempts);
}

TEST(DoctorContainment, StopsWhenAsked) {
    std::stop_source stop;
    stop.request_stop();
    const auto report = try_containment({}, stop.get_token());
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code(), Code::kCancelled);
}

}  // namespace
}  // namespace hearth::app
