#include "app/eval_probe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "app/eval_report.h"
#include "core/json.h"
#include "eval/variant_id.h"

namespace hearth::app {
namespace {

using eval::Probe;
using eval::ProbeVerdict;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

Probe probe(ProbeVerdict verdict, double effect, eval::Interval interval) {
    Probe result{.arm = "tiny with oneshot", .variation = "renamed", .variants = 120};
    result.comparison.tasks = 60;
    result.comparison.base_rate = 0.5;
    result.comparison.other_rate = 0.5 + effect;
    result.comparison.effect = effect;
    result.comparison.interval = interval;
    result.corrected_p = 0.012;
    result.verdict = verdict;
    return result;
}

TEST(RenderProbes, ADropIsToldWithItsIntervalAndWhatElseItMayBe) {
    const auto text = render_probes({probe(ProbeVerdict::kDrop, -0.2, {-0.31, -0.08})});
    EXPECT_THAT(
        text, HasSubstr("tiny with oneshot, renamed: 50 % of 60 originals, 30 % of 120 variants: -20 points "
                        "(95 % -31 to -8), p 0.012: it solves fewer variants\n"));
    EXPECT_THAT(text, HasSubstr("a variant may also be harder"));
}

TEST(RenderProbes, WhatIsNotShownIsNotDenied) {
    const auto text = render_probes({probe(ProbeVerdict::kNotShown, -0.05, {-0.16, 0.06})});
    EXPECT_THAT(text, AllOf(HasSubstr("no drop is shown, and one of up to 16 points is not excluded"),
                            Not(HasSubstr("may also be harder"))));
}

TEST(RenderProbes, WithoutProbesThereIsNoHeading) { EXPECT_EQ(render_probes({}), ""); }

TEST(RenderProbes, JsonHoldsTheSame) {
    const auto list = probes_json({probe(ProbeVerdict::kNoBase, 0, {-0.1, 0.1})});
    ASSERT_EQ(list.size(), 1U);
    EXPECT_EQ(string_member(list[0], "verdict"), "no base");
    EXPECT_EQ(string_member(list[0], "variation"), "renamed");
    EXPECT_EQ(list[0].at("originals").to_number<int>(), 60);
    EXPECT_EQ(list[0].at("low").as_double(), -0.1);
}

// Eight originals that pass, each with a variant that fails.
std::vector<eval::AttemptRecord> recalled() {
    std::vector<eval::AttemptRecord> attempts;
    for (const auto* task : {"a", "b", "c", "d", "e", "f", "g", "h"}) {
        for (const auto& name : {std::string(task), eval::variant_name({task, "renamed", 1})}) {
            eval::AttemptRecord attempt;
            attempt.id = static_cast<std::int64_t>(attempts.size()) + 1;
            attempt.cell = {.task = name, .model = "tiny", .agent = "oneshot", .seed = 1};
            attempt.finished = true;
            attempt.outcome.passed = name == task;
            attempts.push_back(std::move(attempt));
        }
    }
    return attempts;
}

TEST(RenderProbes, TheReportGivesRatesOfOriginalsAndTheDropBeside) {
    const auto text = render_report({}, recalled());
    EXPECT_THAT(text, HasSubstr("8 of 8"));
    EXPECT_THAT(text, HasSubstr("100 % of 8 originals, 0 % of 8 variants"));
    EXPECT_THAT(text, HasSubstr("a~renamed-1"));
    const auto report = parse_json(report_json({}, recalled()));
    ASSERT_TRUE(report) << report.error().message();
    EXPECT_EQ(array_member(*report, "attempts")->size(), 16U);
    EXPECT_EQ(array_member(*report, "probes")->at(0).at("verdict").as_string(), "drop");
    EXPECT_EQ(array_member(*report, "contenders")->at(0).at("attempts").to_number<int>(), 8);
}

}  // namespace
}  // namespace hearth::app
