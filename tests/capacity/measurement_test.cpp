#include "capacity/measurement.h"

#include <fstream>
#include <gtest/gtest.h>

#include "os/files.h"

namespace hearth::capacity {
namespace {

TEST(Measurements, AreKeptByMachine) {
    const os::TempDir folder = *os::TempDir::create("measurement-");
    EXPECT_FALSE(load_measurement(folder.path(), "a"));
    ASSERT_TRUE(save_measurement(folder.path(), "a", {.read_bandwidth = 1e10, .multiply_rate = 1e11}));
    ASSERT_TRUE(
        save_measurement(folder.path(), "b", {.read_bandwidth = 2e10, .multiply_rate = 1e11, .spread = 0.5}));
    EXPECT_EQ(load_measurement(folder.path(), "a")->read_bandwidth, 1e10);
    EXPECT_EQ(load_measurement(folder.path(), "b")->spread, 0.5);
    EXPECT_FALSE(load_measurement(folder.path(), "c"));
}

TEST(Measurements, ABrokenFileCountsAsNone) {
    const os::TempDir folder = *os::TempDir::create("measurement-");
    for (const char* text :
         {"", "[", "[]", R"({"a":3})", R"({"a":{"read_bandwidth":-1,"multiply_rate":1}})"}) {
        std::ofstream(folder.path() / "machine-speed.json") << text;
        EXPECT_FALSE(load_measurement(folder.path(), "a")) << text;
    }
    EXPECT_TRUE(save_measurement(folder.path(), "a", {.read_bandwidth = 1, .multiply_rate = 1}));
    EXPECT_TRUE(load_measurement(folder.path(), "a"));
}

TEST(CpuSpeed, FollowsTheMeasurementAndWidensWithItsSpread) {
    const SpeedFacts calm = cpu_speed({.read_bandwidth = 1e10, .multiply_rate = 1e11}, {});
    const SpeedFacts disturbed =
        cpu_speed({.read_bandwidth = 1e10, .multiply_rate = 1e11, .spread = 0.3}, {});
    EXPECT_EQ(calm.bandwidth, 1e10);
    EXPECT_GT(calm.dense_4bit_flops, 0);
    EXPECT_GT(disturbed.error, calm.error);
    EXPECT_EQ(calm.basis, "measured here");
}

TEST(MeasureMachine, NeedsMemoryToReadFrom) { EXPECT_FALSE(measure_machine(1, Bytes{kMiB}, 0.5, {})); }

}  // namespace
}  // namespace hearth::capacity
