#include "app/tune_render.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "core/json.h"

namespace hearth::app {
namespace {

using testing::HasSubstr;
using testing::Not;
using tune::Outcome;
using tune::Workload;

TuneOutcome outcome() {
    TuneOutcome outcome{
        .model = "qwen:1b", .model_key = "abc", .machine = "m", .engine = "llama.cpp", .report = {}};
    const engine::Speculation simple{.kind = engine::Speculation::Kind::kSimple, .longest = 48};
    outcome.report.settings.speculation = simple;
    outcome.report.seconds = 120;
    outcome.report.trials = {
        {.trial = {.setting = "speculation",
                   .value = "ngram-simple, up to 48 tokens",
                   .change = {.speculation = simple},
                   .workloads = {Workload::kEdit, Workload::kChat}},
         .outcome = Outcome::kKept,
         .rounds = 3,
         .overall = {.ratio = 1.31, .interval = eval::Interval{.low = 1.22, .high = 1.4}},
         .gains = {{.ratio = 1.7, .interval = {}}, {.ratio = 1.01, .interval = {}}},
         .same_answers = true,
         .note = {}},
        {.trial = {.setting = "batch",
                   .value = "512",
                   .change = {.batch = 512},
                   .workloads = {Workload::kDocument}},
         .outcome = Outcome::kRuledOut,
         .rounds = 0,
         .overall = {},
         .gains = {},
         .same_answers = true,
         .note = "killed by signal 11\nlog"}};
    return outcome;
}

TEST(TuneRender, ATableSaysWhatEachSettingGainedAndWhatHolds) {
    const std::string text = render_tuning(outcome());
    EXPECT_THAT(text, HasSubstr("1.31 x (1.22 to 1.40)"));
    EXPECT_THAT(text, HasSubstr("1.70 x"));
    EXPECT_THAT(text, HasSubstr("batch 512: killed by signal 11\n"));
    EXPECT_THAT(
        text,
        HasSubstr("In use from the next start of this model on: speculation ngram-simple, up to 48 tokens."));
    EXPECT_THAT(text, HasSubstr("hearth tune qwen:1b --reset"));
    EXPECT_EQ(gain_words(outcome().report),
              "speculation ngram-simple, up to 48 tokens: 1.31 x (1.22 to 1.40)");
}

TEST(TuneRender, NothingFoundIsSaid) {
    TuneOutcome none = outcome();
    none.report.settings = {};
    none.report.out_of_time = true;
    EXPECT_THAT(render_tuning(none), HasSubstr("Nothing is better than the plan for certain."));
    EXPECT_THAT(render_tuning(none), HasSubstr("--seconds"));
}

TEST(TuneRender, JsonHasTheIntervals) {
    const auto json = parse_json(tuning_json(outcome()));
    ASSERT_TRUE(json);
    const json::value& trial = json->at("trials").at(0);
    EXPECT_EQ(trial.at("outcome").as_string(), "kept");
    EXPECT_DOUBLE_EQ(trial.at("gain").at("low").as_double(), 1.22);
    EXPECT_DOUBLE_EQ(trial.at("workloads").at("code edit").at("ratio").as_double(), 1.7);
    EXPECT_FALSE(json->at("trials").at(1).as_object().contains("gain"));
}

TEST(TuneRender, ARecordSaysWhetherItIsUsed) {
    engine::TuningRecord record{.machine = {},
                                .model = {},
                                .name = {},
                                .engine = "llama.cpp 0.5.0 (zen4)",
                                .settings = {.batch = 512},
                                .gain = "batch 512: 1.20 x (1.10 to 1.31)",
                                .set_aside = {}};
    EXPECT_EQ(
        tuning_words(record),
        "batch 512 (found by hearth tune with llama.cpp 0.5.0 (zen4): batch 512: 1.20 x (1.10 to 1.31))");
    record.set_aside = "killed by signal 11";
    EXPECT_THAT(tuning_words(record), HasSubstr("set aside after a crash"));
}

}  // namespace
}  // namespace hearth::app
