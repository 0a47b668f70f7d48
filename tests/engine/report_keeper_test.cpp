#include "engine/report_keeper.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/text.h"
#include "os/files.h"
#include "support/architectures.h"

namespace hearth::engine {
namespace {

using capacity::TrackRecord;
using testing::HasSubstr;

class ReportKeeperTest : public testing::Test {
protected:
    void SetUp() override {
        load_.name = "small:1b";
        load_.key = "abc";
        load_.settings = "4096 cells";
        load_.architecture = test::small_qwen();
        load_.shape.cells = Tokens{4096};
        load_.memory = capacity::memory_of(load_.architecture, load_.shape);
        load_.memory.repacked = Bytes{0};
        load_.span = load_.memory.host.weights;
    }

    // A log as of an engine that allocates what was planned, but for the KV cache.
    [[nodiscard]] std::string log(double kv_factor) const {
        const auto line = [](std::string_view device, std::string_view kind, Bytes size, double factor) {
            return fmt::format("f: {} {} buffer size = {:8.2f} MiB\n", device, kind,
                               factor * static_cast<double>(size.value) / static_cast<double>(kMiB));
        };
        return line("CPU_Mapped", "model", load_.span, 1) +
               line("CPU", "KV", load_.memory.host.kv_cache, kv_factor) +
               line("CPU", "output", load_.memory.output, 1) +
               line("CPU", "compute", load_.memory.host.compute, 1);
    }

    [[nodiscard]] AnswerReport report(double decode_tps) const {
        AnswerReport report;
        report.undisturbed = true;
        report.times = {.prompt = Tokens{200},
                        .cached = Tokens{0},
                        .generated = Tokens{101},
                        .all_answers = Tokens{101},
                        .drafted = {},
                        .streams = 1,
                        .prompt_seconds = 2,
                        .decode_seconds = 100 / decode_tps};
        return report;
    }

    [[nodiscard]] TrackRecord record() const { return *TrackRecord::open(folder_.path()); }

    [[nodiscard]] std::string logged() const {
        return os::read_file(folder_.path() / "logs" / "capacity.log").value_or("");
    }

    os::TempDir folder_ = *os::TempDir::create("report-keeper-");
    capacity::Machine machine_{.cpu = {.model = "test", .physical = 2}};
    PlannedLoad load_;
    ReportKeeper keeper_{folder_.path(), machine_};
};

TEST_F(ReportKeeperTest, WhatAgreesIsKeptAndNotLogged) {
    EXPECT_TRUE(keeper_.keep_load(load_, "nothing yet")->empty());
    EXPECT_FALSE(load_.buffers);
    EXPECT_TRUE(keeper_.keep_load(load_, log(1))->empty());
    ASSERT_TRUE(load_.buffers);
    auto kept = record();
    const auto loads = *kept.loads(capacity::machine_identity(machine_), "abc");
    ASSERT_EQ(loads.size(), 1U);
    EXPECT_EQ(loads.front().name, "small:1b");
    EXPECT_EQ(loads.front().figures.size(), 4U);
    EXPECT_EQ(logged(), "");
}

TEST_F(ReportKeeperTest, AMissIsLoggedOnceWithItsPart) {
    const auto news = keeper_.keep_load(load_, log(1.05));
    ASSERT_TRUE(news);
    ASSERT_EQ(news->size(), 1U);
    EXPECT_THAT(news->front(),
                HasSubstr("small:1b (4096 cells): KV cache: predicted 112 MiB, measured 118 MiB"));
    EXPECT_THAT(news->front(), HasSubstr("5.0 % more (target 1 %)"));
    load_.buffers.reset();
    EXPECT_TRUE(keeper_.keep_load(load_, log(1.05))->empty());
    const std::string text = logged();
    EXPECT_EQ(split_lines(text).size(), 1U);
    EXPECT_THAT(text, HasSubstr(news->front()));
}

TEST_F(ReportKeeperTest, MemoryIsComparedUnlessThePromptCacheMayHoldMuch) {
    ASSERT_TRUE(keeper_.keep_load(load_, log(1)));
    AnswerReport first = report(10);
    first.anonymous =
        Bytes{capacity::compare_resident(load_.memory, *load_.buffers, Bytes{0}).predicted.value * 2};
    first.before = Tokens{100'000};
    EXPECT_TRUE(keeper_.keep_answer(load_, first, "")->empty());
    first.before = Tokens{20};
    const auto news = keeper_.keep_answer(load_, first, "");
    ASSERT_EQ(news->size(), 1U);
    EXPECT_THAT(news->front(), HasSubstr("resident memory"));
}

TEST_F(ReportKeeperTest, CheckpointsAreNotCountedAsPlannedMemory) {
    ASSERT_TRUE(keeper_.keep_load(load_, log(1)));
    AnswerReport first = report(10);
    const capacity::Figure planned = capacity::compare_resident(load_.memory, *load_.buffers, Bytes{0});
    first.anonymous = planned.predicted - planned.measured + Bytes{100 * kMiB};
    const std::string made = "created context checkpoint 1 of 32 (pos_min = 0, size = 100.000 MiB)\n";
    EXPECT_TRUE(keeper_.keep_answer(load_, first, made)->empty());
    EXPECT_EQ(keeper_.keep_answer(load_, first, "")->size(), 1U);
}

TEST_F(ReportKeeperTest, SpeedsAreKeptBesideAMeasurementOfTheMachine) {
    const std::string identity = capacity::machine_identity(machine_);
    ASSERT_TRUE(keeper_.keep_answer(load_, report(10), ""));
    EXPECT_TRUE(record().speeds(identity)->empty());
    const capacity::Measurement measurement{.read_bandwidth = 20e9, .multiply_rate = 4e9};
    ASSERT_TRUE(capacity::save_measurement(folder_.path(), identity, measurement));
    ASSERT_TRUE(keeper_.keep_answer(load_, report(10), ""));
    AnswerReport disturbed = report(1);
    disturbed.undisturbed = false;
    ASSERT_TRUE(keeper_.keep_answer(load_, disturbed, ""));
    const auto speeds = *record().speeds(identity);
    ASSERT_EQ(speeds.size(), 2U);
    for (const capacity::SpeedRecord& each : speeds) {
        EXPECT_EQ(each.correction.count, 1);
        EXPECT_EQ(each.key.family, "qwen2");
        EXPECT_EQ(each.key.type, "Q4_K");
        EXPECT_GT(each.last.predicted, 0);
        const bool decode = each.kind == capacity::SpeedKind::kDecode;
        EXPECT_NEAR(each.last.measured, decode ? 10 : 100, 1e-9);
        EXPECT_EQ(each.last.depth, Tokens{decode ? 250 : 0});
    }
}

TEST_F(ReportKeeperTest, FewerThreadsThanCoresSayNothingOfTheMachine) {
    const std::string identity = capacity::machine_identity(machine_);
    ASSERT_TRUE(capacity::save_measurement(folder_.path(), identity,
                                           {.read_bandwidth = 20e9, .multiply_rate = 80e9}));
    load_.all_cores = false;
    ASSERT_TRUE(keeper_.keep_answer(load_, report(10), ""));
    EXPECT_TRUE(record().speeds(identity)->empty());
}

TEST(DecodeSample, WantsALongAnswerWithoutDrafts) {
    AnswerTimes times{.prompt = Tokens{100},
                      .cached = {},
                      .generated = Tokens{61},
                      .all_answers = Tokens{61},
                      .drafted = {},
                      .prompt_seconds = 1,
                      .decode_seconds = 6};
    ASSERT_TRUE(decode_sample(times));
    EXPECT_NEAR(decode_sample(times)->measured, 10, 1e-9);
    EXPECT_EQ(decode_sample(times)->depth, Tokens{130});
    AnswerTimes few = times;
    few.generated = few.all_answers = Tokens{20};
    EXPECT_FALSE(decode_sample(few));
    AnswerTimes drafted = times;
    drafted.drafted = Tokens{8};
    EXPECT_FALSE(decode_sample(drafted));
    AnswerTimes untimed = times;
    untimed.decode_seconds = 0;
    EXPECT_FALSE(decode_sample(untimed));
}

TEST(DecodeSample, OfSeveralAnswersWantsThemSideBySide) {
    AnswerTimes times{.prompt = Tokens{100},
                      .cached = {},
                      .generated = Tokens{100},
                      .all_answers = Tokens{390},
                      .drafted = {},
                      .streams = 4,
                      .prompt_seconds = 1,
                      .decode_seconds = 10};
    ASSERT_TRUE(decode_sample(times));
    EXPECT_EQ(decode_sample(times)->streams, 4);
    times.all_answers = Tokens{250};
    EXPECT_FALSE(decode_sample(times)) << "some ended early, and the rest was faster then";
}

TEST(PrefillSample, CountsWhatWasNotCached) {
    AnswerTimes times{.prompt = Tokens{500},
                      .cached = Tokens{300},
                      .generated = {},
                      .all_answers = {},
                      .drafted = {},
                      .prompt_seconds = 2};
    ASSERT_TRUE(prefill_sample(times));
    EXPECT_NEAR(prefill_sample(times)->measured, 100, 1e-9);
    EXPECT_EQ(prefill_sample(times)->depth, Tokens{300});
    times.cached = Tokens{450};
    EXPECT_FALSE(prefill_sample(times));
}

TEST(ModelKey, IsTheHashThatAnInstalledModelIsNamedAfter) {
    const std::string hash(64, 'a');
    EXPECT_EQ(model_key("/models/blobs/" + hash + ".gguf"), hash);
    EXPECT_NE(model_key("/models/one.gguf"), model_key("/models/two.gguf"));
    EXPECT_EQ(model_key("/models/one.gguf").size(), 64U);
}

TEST(ModelKey, IsThatHashForAModelInSeveralFilesToo) {
    const std::string hash(64, 'a');
    EXPECT_EQ(model_key("/models/blobs/" + hash + "-00001-of-00003.gguf"), hash);
    EXPECT_EQ(model_key("/models/blobs/" + hash + "-00002-of-00003.gguf"), hash);
    EXPECT_NE(model_key("/models/one-00001-of-00003.gguf"), model_key("/models/two-00001-of-00003.gguf"));
}

TEST(SettingsWords, NameWhatDecidesMemory) {
    const ServeSettings settings{.server = {},
                                 .model = {},
                                 .alias = {},
                                 .socket = {},
                                 .pool = Tokens{4096},
                                 .slots = 2,
                                 .batch = 128,
                                 .cache = capacity::CacheType::kQ8_0,
                                 .edit_speculation = true};
    EXPECT_EQ(settings_words(settings, "llama.cpp 0.5.0 (zen4)"),
              "4096 cells, 2 slots, batch 128, KV q8_0, speculation, llama.cpp 0.5.0 (zen4)");
}

}  // namespace
}  // namespace hearth::engine
