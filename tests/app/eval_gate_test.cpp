#include "app/eval_gate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"

namespace hearth::app {
namespace {

using testing::HasSubstr;

GateVerdict verdict() {
    GateVerdict result{"m with oneshot", {}};
    result.decision.comparison.tasks = 20;
    result.decision.comparison.effect = -0.03;
    result.decision.comparison.interval = {-0.12, 0.06};
    result.decision.p_value = 0.31;
    result.decision.power = 0.48;
    result.decision.detectable_drop = 0.205;
    return result;
}

TEST(GateReport, SaysWhatItCouldHaveFoundAndHowOftenItIsWrong) {
    EXPECT_EQ(render_gate({verdict()}, {}),
              "m with oneshot: no significant drop (-3 points on 20 tasks, 90 % -12 to +6, p 0.310)\n"
              "  a true drop of 10 points would be found with a chance of 48 %, one of 20.5 points four "
              "times in five\n"
              "False alarms: at most 5 % of gates where nothing has changed\n");
}

TEST(GateReport, SaysThatItCanFindNothing) {
    auto blind = verdict();
    blind.decision.detectable_drop = 1;
    EXPECT_THAT(render_gate({blind}, {}), HasSubstr("no drop is found four times in five"));
    blind.decision.comparison.tasks = 0;
    EXPECT_THAT(render_gate({blind}, {}), HasSubstr("no task in common with the baseline"));
}

TEST(GateReport, SeveralVerdictsShareTheFalseAlarms) {
    EXPECT_NEAR(judged_rule({.alpha = 0.06}, 3).alpha, 0.02, 1e-12);
    EXPECT_THAT(render_gate({verdict(), verdict()}, {}),
                HasSubstr("at most 5 % of gates where nothing has changed (2.5 % for "
                          "each of the 2)\n"));
}

TEST(GateReport, JsonHasPowerAndFalseAlarms) {
    const auto value = parse_json(trim(gate_json({verdict(), verdict()}, {.drop_to_catch = 0.15})));
    ASSERT_TRUE(value);
    const auto& first = value->at(0);
    EXPECT_DOUBLE_EQ(first.at("power").to_number<double>(), 0.48);
    EXPECT_DOUBLE_EQ(first.at("drop").to_number<double>(), 0.15);
    EXPECT_DOUBLE_EQ(first.at("false_alarms").to_number<double>(), 0.05);
    EXPECT_DOUBLE_EQ(first.at("alpha").to_number<double>(), 0.025);
    EXPECT_DOUBLE_EQ(first.at("low").to_number<double>(), -0.12);
}

}  // namespace
}  // namespace hearth::app
