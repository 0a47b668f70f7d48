#include "tune/tuner.h"

#include <cmath>
#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hearth::tune {
namespace {

using engine::Speculation;
using engine::TunedSettings;
using testing::HasSubstr;

// A machine whose speed is a function of the settings; every run takes ten seconds by its clock.
class FakeLab final : public Lab {
public:
    using Speed = std::function<Result<double>(const TunedSettings&, Workload)>;

    explicit FakeLab(Speed speed) : speed_(std::move(speed)) {}

    Result<Sample> run(const TunedSettings& settings, Workload workload, std::uint64_t seed,
                       double /*most_seconds*/, const std::stop_token& stop) override {
        if (++runs == stop_at) source.request_stop();
        if (stop.stop_requested()) return Error(Code::kCancelled, "stopped");
        clock_ += 10;
        const double value = TRY(speed_(settings, workload));
        // A scatter of 1 %, the same in every run of the test.
        const double noise = 1 + 0.01 * std::sin(static_cast<double>(runs * 37 + static_cast<int>(seed)));
        return Sample{.value = value * noise, .seconds = 10, .answer = answer};
    }

    double now() override { return clock_; }

    int runs = 0;
    int stop_at = -1;
    std::string answer = "the same";
    std::stop_source source;

private:
    Speed speed_;
    double clock_ = 0;
};

std::vector<Trial> two_trials() {
    return {
        {.setting = "threads", .value = "3", .change = {.threads = 3}, .workloads = {Workload::kChat}},
        {.setting = "batch", .value = "512", .change = {.batch = 512}, .workloads = {Workload::kDocument}}};
}

TuneReport tuned(FakeLab& lab, double seconds = 1e6) {
    Result<TuneReport> report = tune(lab, two_trials(), seconds, {}, lab.source.get_token());
    EXPECT_TRUE(report) << report.error().message();
    return report ? std::move(*report) : TuneReport();
}

Result<double> faster_with_three(const TunedSettings& settings, Workload /*workload*/) {
    return settings.threads == 3 ? 13.0 : 10.0;
}

TEST(Tune, KeepsTheWinAndNotTheRest) {
    FakeLab lab(faster_with_three);
    const TuneReport report = tuned(lab);
    EXPECT_EQ(report.settings, (TunedSettings{.threads = 3}));
    EXPECT_EQ(report.trials[0].outcome, Outcome::kKept);
    EXPECT_NEAR(report.trials[0].overall.ratio, 1.3, 0.05);
    EXPECT_NE(report.trials[1].outcome, Outcome::kKept);
    EXPECT_TRUE(report.trials[0].same_answers);
}

TEST(Tune, WhatComesLaterIsMeasuredOnTopOfWhatWasKept) {
    FakeLab lab([](const TunedSettings& settings, Workload /*workload*/) -> Result<double> {
        double speed = 10;
        if (settings.threads == 3) speed *= 1.3;
        if (settings.batch == 512) speed *= settings.threads == 3 ? 1.2 : 0.5;
        return speed;
    });
    EXPECT_EQ(tuned(lab).settings, (TunedSettings{.threads = 3, .batch = 512}));
}

TEST(Tune, ACrashRulesOneSettingOutAndTheRestGoesOn) {
    FakeLab lab([](const TunedSettings& settings, Workload /*workload*/) -> Result<double> {
        if (settings.threads == 3) return Error(Code::kUnavailable, "killed by signal 11");
        return settings.batch == 512 ? 13.0 : 10.0;
    });
    const TuneReport report = tuned(lab);
    EXPECT_EQ(report.trials[0].outcome, Outcome::kRuledOut);
    EXPECT_EQ(report.trials[0].note, "killed by signal 11");
    EXPECT_EQ(report.settings, (TunedSettings{.batch = 512}));
}

TEST(Tune, ACrashOfWhatWasKeptTakesItBack) {
    int with_three = 0;
    FakeLab lab([&](const TunedSettings& settings, Workload workload) -> Result<double> {
        if (settings.threads == 3 && ++with_three > 3 && workload == Workload::kDocument)
            return Error(Code::kUnavailable, "killed by signal 6");
        return faster_with_three(settings, workload);
    });
    const TuneReport report = tuned(lab);
    EXPECT_TRUE(is_empty(report.settings));
    EXPECT_EQ(report.trials[0].outcome, Outcome::kRuledOut);
    EXPECT_THAT(report.trials[0].note, HasSubstr("signal 6"));
}

TEST(Tune, AModelThatDoesNotRunAsPlannedIsAnError) {
    FakeLab lab([](const TunedSettings&, Workload) -> Result<double> {
        return Error(Code::kExhausted, "does not fit");
    });
    const Result<TuneReport> report = tune(lab, two_trials(), 1e6, {}, {});
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code(), Code::kExhausted);
}

TEST(Tune, AStopLeavesWhatWasKeptUntilThen) {
    FakeLab lab(faster_with_three);
    lab.stop_at = 8;  // three rounds of two runs for the first, then into the second
    const TuneReport report = tuned(lab);
    EXPECT_TRUE(report.stopped);
    EXPECT_EQ(report.settings, (TunedSettings{.threads = 3}));
}

TEST(Tune, NoRoundBeginsThatWouldEndAfterTheTime) {
    FakeLab lab(faster_with_three);
    const TuneReport report = tuned(lab, 45);
    EXPECT_TRUE(report.out_of_time);
    EXPECT_EQ(report.trials[0].outcome, Outcome::kUndecided);
    EXPECT_EQ(report.trials[1].outcome, Outcome::kNotTried);
    EXPECT_TRUE(is_empty(report.settings));
    EXPECT_LE(report.seconds, 45);
}

TEST(Tune, WorkloadsWithNothingToMeasureDecideNothing) {
    FakeLab lab([](const TunedSettings&, Workload) -> Result<double> { return 0.0; });
    EXPECT_TRUE(is_empty(tuned(lab).settings));
}

TEST(TrialsFor, FitTheMachine) {
    const auto has = [](const std::vector<Trial>& trials, std::string_view setting) {
        return std::ranges::count_if(trials, [&](const Trial& each) { return each.setting == setting; });
    };
    const std::vector<Trial> small = trials_for({.cores = 2, .threads = 2});
    EXPECT_EQ(has(small, "threads"), 0);
    EXPECT_EQ(has(small, "experts on the CPU"), 0);
    EXPECT_EQ(has(small, "speculation"), 4);
    const std::vector<Trial> large =
        trials_for({.cores = 8, .threads = 16, .accelerator = true, .expert_layers = 40});
    EXPECT_EQ(has(large, "threads"), 3);
    EXPECT_EQ(has(large, "experts on the CPU"), 2);
    EXPECT_EQ(has(trials_for({.cores = 8, .threads = 8, .accelerator = true}), "experts on the CPU"), 0);
    for (const Trial& each : large) {
        EXPECT_FALSE(is_empty(each.change)) << each.value;
        EXPECT_FALSE(each.workloads.empty()) << each.value;
    }
}

}  // namespace
}  // namespace hearth::tune
