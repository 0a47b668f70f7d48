#include "capacity/track_record.h"

#include <array>
#include <cmath>
#include <csignal>
#include <filesystem>
#include <gtest/gtest.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

#include "os/files.h"

namespace hearth::capacity {
namespace {

LoadRecord load(std::string settings, std::vector<Figure> figures, std::int64_t time_ms = 1) {
    return {.machine = "m1",
            .model = "abc",
            .name = "small",
            .settings = std::move(settings),
            .figures = std::move(figures),
            .time_ms = time_ms};
}

Figure kv(std::int64_t measured_mib) {
    return {.part = "KV cache",
            .predicted = Bytes{100 * kMiB},
            .measured = Bytes{measured_mib * kMiB},
            .allowed = 0.01};
}

const SpeedKey kKey{.machine = "m1", .basis = "b", .family = "qwen2", .type = "Q4_K"};

class TrackRecordTest : public testing::Test {
protected:
    [[nodiscard]] TrackRecord open() const { return *TrackRecord::open(folder_.path()); }

    os::TempDir folder_ = *os::TempDir::create("track-record-");
};

TEST_F(TrackRecordTest, NothingWasKeptBeforeTheFirstTime) {
    const auto record = TrackRecord::look(folder_.path());
    ASSERT_TRUE(record);
    EXPECT_FALSE(*record);
    EXPECT_TRUE(std::filesystem::is_empty(folder_.path())) << "looking makes no file";
}

TEST_F(TrackRecordTest, GivesBackWhatWasKept) {
    ASSERT_TRUE(open().keep(load("4k", {kv(100)}, 5)));
    ASSERT_TRUE(open().keep(load("8k", {kv(101)}, 6)));
    auto record = *TrackRecord::look(folder_.path());
    ASSERT_TRUE(record);
    const auto loads = *record->loads("m1");
    ASSERT_EQ(loads.size(), 2U);
    EXPECT_EQ(loads.front().settings, "8k") << "the newest first";
    EXPECT_EQ(loads.front().name, "small");
    ASSERT_EQ(loads.front().figures.size(), 1U);
    EXPECT_EQ(loads.front().figures.front().measured, Bytes{101 * kMiB});
    EXPECT_EQ(loads.front().figures.front().allowed, 0.01);
    EXPECT_TRUE(record->loads("m2")->empty());
    EXPECT_EQ(record->loads("m1", "abc")->size(), 2U);
    EXPECT_TRUE(record->loads("m1", "other")->empty());
}

TEST_F(TrackRecordTest, AMissIsNewsOnce) {
    TrackRecord record = open();
    EXPECT_TRUE(record.keep(load("4k", {kv(100)}))->empty());
    EXPECT_EQ(record.keep(load("4k", {kv(110)}))->size(), 1U);
    EXPECT_TRUE(record.keep(load("4k", {kv(111)}))->empty());
    EXPECT_TRUE(open().keep(load("4k", {kv(111)}))->empty()) << "also for another process";
    EXPECT_EQ(record.keep(load("8k", {kv(110)}))->size(), 1U) << "other settings are another matter";
    EXPECT_TRUE(record.keep(load("4k", {kv(100)}))->empty());
    EXPECT_EQ(record.keep(load("4k", {kv(110)}))->size(), 1U) << "it had been right again";
}

TEST_F(TrackRecordTest, PartsThatAreReportedLaterJoinTheOthers) {
    TrackRecord record = open();
    ASSERT_TRUE(record.keep(load("4k", {kv(100)})));
    Figure resident = kv(102);
    resident.part = kResidentPart;
    ASSERT_TRUE(record.keep(load("4k", {resident})));
    EXPECT_EQ(record.loads("m1")->front().figures.size(), 2U);
}

TEST_F(TrackRecordTest, KeepsTheNewestOnly) {
    TrackRecord record = open();
    for (int i = 0; i < 320; ++i)
        ASSERT_TRUE(record.keep(load(std::to_string(i), {kv(100)}, i)));
    const auto loads = *record.loads("m1");
    EXPECT_EQ(loads.size(), 300U);
    EXPECT_EQ(loads.front().settings, "319");
    EXPECT_EQ(loads.back().settings, "20");
    for (int i = 0; i < 310; ++i) {
        SpeedKey key = kKey;
        key.family = std::to_string(i);
        ASSERT_TRUE(record.keep(key, SpeedKind::kDecode, {.measured = 1, .predicted = 1}, i));
    }
    EXPECT_EQ(record.speeds("m1")->size(), 300U);
}

TEST_F(TrackRecordTest, SpeedsAddUpByKindAndKey) {
    TrackRecord record = open();
    const SpeedSample sample{.measured = 10, .predicted = 20, .depth = Tokens{500}, .streams = 2};
    EXPECT_TRUE(*record.keep(kKey, SpeedKind::kDecode, sample, 1));
    EXPECT_TRUE(*open().keep(kKey, SpeedKind::kDecode, sample, 2));
    EXPECT_FALSE(*record.keep(kKey, SpeedKind::kPrefill, {.measured = 0, .predicted = 20}, 3));
    const SpeedCorrection found = *record.correction(kKey);
    EXPECT_EQ(found.decode.count, 2);
    EXPECT_NEAR(found.decode.mean, std::log(0.5), 1e-12);
    EXPECT_EQ(found.prefill.count, 0);
    SpeedKey other = kKey;
    other.basis = "measured again";
    EXPECT_TRUE(record.correction(other)->empty());
    const auto lines = *record.speeds("m1");
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_EQ(lines.front().last.depth, Tokens{500});
    EXPECT_EQ(lines.front().last.streams, 2);
    EXPECT_EQ(lines.front().time_ms, 2);
}

TEST_F(TrackRecordTest, SeveralProcessesAddToOneCorrection) {
    constexpr int kProcesses = 4;
    constexpr int kSamples = 25;
    ASSERT_TRUE(open().keep(kKey, SpeedKind::kDecode, {.measured = 1, .predicted = 1}, 1));
    std::vector<pid_t> children;
    for (int i = 0; i < kProcesses; ++i) {
        const pid_t child = ::fork();
        if (child == 0) {
            auto record = TrackRecord::open(folder_.path());
            bool good = record.has_value();
            for (int k = 0; good && k < kSamples; ++k)
                good = record->keep(kKey, SpeedKind::kDecode, {.measured = 1, .predicted = 1}, k).has_value();
            ::_exit(good ? 0 : 1);
        }
        children.push_back(child);
    }
    for (const pid_t child : children) {
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        EXPECT_EQ(status, 0);
    }
    EXPECT_EQ(open().correction(kKey)->decode.count, 1 + kProcesses * kSamples);
}

TEST_F(TrackRecordTest, SurvivesAKilledWriter) {
    ASSERT_TRUE(open().keep(load("first", {kv(100)}, 1)));
    std::array<int, 2> begun{};
    ASSERT_EQ(::pipe(begun.data()), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        auto record = TrackRecord::open(folder_.path());
        for (int i = 0;; ++i) {
            if (!record || !record->keep(load(std::to_string(i % 40), {kv(100 + i % 7)}, 2 + i))) ::_exit(1);
            if (i == 20 && ::write(begun[1], "x", 1) != 1) ::_exit(1);
        }
    }
    char byte = 0;
    ASSERT_EQ(::read(begun[0], &byte, 1), 1);
    ASSERT_EQ(::kill(child, SIGKILL), 0);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));
    ::close(begun[0]);
    ::close(begun[1]);
    TrackRecord record = open();
    const auto loads = record.loads("m1");
    ASSERT_TRUE(loads) << loads.error().message();
    EXPECT_GE(loads->size(), 21U);
    for (const LoadRecord& each : *loads)
        EXPECT_EQ(each.figures.size(), 1U) << "a set is there with its parts or not at all";
    EXPECT_TRUE(record.keep(load("after", {kv(100)}, 1'000'000)));
}

TEST(BasisOf, IsAnotherForAnotherMeasurement) {
    EXPECT_EQ(basis_of({.read_bandwidth = 18.71e9, .multiply_rate = 76.2e9}), "18.7 GB/s, 76.2 GFLOP/s");
}

}  // namespace
}  // namespace hearth::capacity
