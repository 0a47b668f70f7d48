#include "engine/tuning_book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "os/files.h"

namespace hearth::engine {
namespace {

using testing::HasSubstr;

class Tunings : public testing::Test {
protected:
    static TuningRecord record(const std::string& model) {
        return {.machine = "machine-a",
                .model = model,
                .name = "qwen:1b",
                .engine = "llama.cpp 0.5.0 (zen4)",
                .settings = {.threads = 3,
                             .batch = 512,
                             .flash_attention = false,
                             .cache = capacity::CacheType::kQ8_0,
                             .speculation = Speculation{.kind = Speculation::Kind::kSimple, .longest = 48},
                             .cpu_expert_layers = 7},
                .gain = "1.31 x",
                .set_aside = {},
                .unix_time = 1'790'000'000};
    }

    [[nodiscard]] TuningBook book() const { return TuningBook::load(folder_.path()); }

    os::TempDir folder_ = *os::TempDir::create("tuning-test-");
};

TEST_F(Tunings, WhatIsKeptIsThereForTheSameModelAndMachineAlone) {
    TuningBook writer = book();
    ASSERT_TRUE(writer.keep(record("model-a")));
    const TuningBook reader = book();
    const TuningRecord* found = reader.find("machine-a", "model-a");
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(found->settings, record("").settings);
    EXPECT_EQ(found->gain, "1.31 x");
    EXPECT_EQ(reader.find("machine-b", "model-a"), nullptr);
    EXPECT_EQ(reader.find("machine-a", "model-b"), nullptr);
}

TEST_F(Tunings, ANewResultReplacesTheOldAndForgettingTakesOneAlone) {
    TuningBook writer = book();
    ASSERT_TRUE(writer.keep(record("model-a")));
    ASSERT_TRUE(writer.keep(record("model-b")));
    TuningRecord other = record("model-a");
    other.settings = {.threads = 2};
    ASSERT_TRUE(writer.keep(other));
    EXPECT_EQ(book().all().size(), 2U);
    EXPECT_EQ(book().find("machine-a", "model-a")->settings, (TunedSettings{.threads = 2}));
    ASSERT_TRUE(*writer.forget("machine-a", "model-a"));
    EXPECT_FALSE(*writer.forget("machine-a", "model-a"));
    EXPECT_EQ(book().all().size(), 1U);
}

TEST_F(Tunings, WhatAnotherProcessKeptMeanwhileStays) {
    TuningBook first = book();
    TuningBook second = book();
    ASSERT_TRUE(first.keep(record("model-a")));
    ASSERT_TRUE(second.keep(record("model-b")));
    EXPECT_EQ(book().all().size(), 2U);
}

TEST_F(Tunings, WhatIsSetAsideIsNotUsedAndTheLogSaysWhy) {
    TuningBook writer = book();
    ASSERT_TRUE(writer.keep(record("model-a")));
    ASSERT_TRUE(writer.set_aside("machine-a", "model-a", "killed by signal 11\nand a log"));
    const TuningBook reader = book();
    const TuningRecord* found = reader.find("machine-a", "model-a");
    ASSERT_NE(found, nullptr);
    EXPECT_EQ(found->set_aside, "killed by signal 11");
    EXPECT_TRUE(is_empty(usable_settings(found, "llama.cpp 0.5.0 (zen4)")));
    const Result<std::string> log = os::read_file(folder_.path() / "logs" / "tuning.log");
    ASSERT_TRUE(log);
    EXPECT_THAT(*log, HasSubstr("the tuned settings of qwen:1b (threads 3; batch 512; flash attention off; "
                                "KV cache q8_0; speculation ngram-simple, up to 48 tokens; experts of 7 "
                                "layers on the CPU) are set aside"));
}

TEST_F(Tunings, AnotherEngineWasNotMeasured) {
    const TuningRecord kept = record("model-a");
    EXPECT_EQ(usable_settings(&kept, kept.engine), kept.settings);
    EXPECT_TRUE(is_empty(usable_settings(&kept, "llama.cpp 0.6.0 (zen4)")));
    EXPECT_TRUE(is_empty(usable_settings(nullptr, kept.engine)));
}

TEST_F(Tunings, EntriesOutOfRangeAreLeftOut) {
    const auto settings = [](const std::string& json) {
        const auto read = decode_tunings(R"({"version":1,"tunings":[{"machine":"m","model":"n","settings":)" +
                                         json + "}]}");
        return read ? read->size() : 99;
    };
    EXPECT_EQ(settings("{}"), 1U);
    EXPECT_EQ(settings(R"({"threads":4})"), 1U);
    EXPECT_EQ(settings(R"({"threads":0})"), 0U);
    EXPECT_EQ(settings(R"({"threads":-1})"), 0U);
    EXPECT_EQ(settings(R"({"threads":100000})"), 0U);
    EXPECT_EQ(settings(R"({"batch":"512"})"), 0U);
    EXPECT_EQ(settings(R"({"kv_type":"q9"})"), 0U);
    EXPECT_EQ(settings(R"({"speculation":{"kind":"oracle"}})"), 0U);
    EXPECT_EQ(settings(R"({"speculation":{"kind":"ngram-mod","longest":100000}})"), 0U);
    EXPECT_FALSE(decode_tunings(R"({"version":2,"tunings":[]})"));
}

TEST(TunedSettings, AChangeIsLaidOverWhatThereWas) {
    const TunedSettings base{.threads = 2, .batch = 256};
    EXPECT_EQ(overlay(base, {.batch = 512, .flash_attention = false}),
              (TunedSettings{.threads = 2, .batch = 512, .flash_attention = false}));
    EXPECT_TRUE(is_empty({}));
    EXPECT_FALSE(is_empty(base));
    EXPECT_EQ(settings_words(TunedSettings()), "as planned");
}

}  // namespace
}  // namespace hearth::engine
