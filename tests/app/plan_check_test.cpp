#include "app/plan_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "app/plan_render.h"
#include "core/json.h"
#include "support/architectures.h"

namespace hearth::app {
namespace {

using testing::HasSubstr;
using testing::Not;

PlanCheck some_check() {
    capacity::LoadRecord load{.machine = "m1",
                              .model = "abc",
                              .name = "smollm2:135m",
                              .settings = "4096 cells, 1 slot",
                              .figures = {},
                              .time_ms = 0};
    load.figures.push_back(
        {.part = "KV cache", .predicted = Bytes{100 * kMiB}, .measured = Bytes{100 * kMiB}, .allowed = 0.01});
    load.figures.push_back({.part = "work buffers",
                            .predicted = Bytes{10 * kMiB},
                            .measured = Bytes{12 * kMiB},
                            .allowed = 0.01});
    capacity::SpeedRecord speed;
    speed.key = {.machine = "m1", .basis = "18.7 GB/s", .family = "llama", .type = "Q4_1"};
    speed.correction = {.count = 12, .mean = -0.105360515657826, .variance = 0.0004};
    speed.last = {.measured = 90, .predicted = 100, .depth = Tokens{321}, .streams = 1};
    return {.machine = "m1", .loads = {load}, .speeds = {speed}};
}

TEST(PlanCheck, PutsPredictedBesideMeasured) {
    const std::string text = render_plan_check(some_check());
    EXPECT_THAT(text, HasSubstr("smollm2:135m: 4096 cells, 1 slot, 1970-01-01T00:00:00.000Z\n"
                                "part          predicted  measured    error  target\n"
                                "KV cache        100 MiB   100 MiB   +0.0 %     1 %\n"
                                "work buffers   10.0 MiB  12.0 MiB  +20.0 %     1 %  miss\n"));
    EXPECT_THAT(text, HasSubstr("12 times"));
    EXPECT_THAT(text, HasSubstr("-10.0 %"));
    EXPECT_THAT(text, HasSubstr("1 part missed"));
}

TEST(PlanCheck, SaysHowFiguresCome) {
    EXPECT_THAT(render_plan_check({}), HasSubstr("hearth run MODEL"));
    PlanCheck check = some_check();
    check.speeds.clear();
    EXPECT_THAT(render_plan_check(check), HasSubstr("hearth machine --measure"));
}

TEST(PlanCheck, NamesFromOutsideAreHarmless) {
    PlanCheck check = some_check();
    check.loads.front().name = "a\x1b[31m";
    check.speeds.front().key.family = "\x1b]0;x";
    EXPECT_THAT(render_plan_check(check), Not(HasSubstr("\x1b")));
}

TEST(PlanCheck, IsJsonToo) {
    const json::value value = *parse_json(plan_check_json(some_check()));
    EXPECT_EQ(integer_member(value, "misses"), 1);
    const json::value& load = array_member(value, "loads")->at(0);
    const json::value& part = array_member(load, "parts")->at(1);
    EXPECT_EQ(string_member(part, "part"), "work buffers");
    EXPECT_EQ(integer_member(part, "predicted"), 10 * kMiB);
    EXPECT_EQ(integer_member(part, "measured"), 12 * kMiB);
    EXPECT_EQ(bool_member(part, "missed"), true);
    const json::value& speed = array_member(value, "speeds")->at(0);
    EXPECT_EQ(integer_member(speed, "samples"), 12);
    EXPECT_EQ(string_member(speed, "kind"), "decode");
    EXPECT_EQ(integer_member(*member(speed, "last"), "depth"), 321);
}

class CorrectedPlan : public testing::Test {
protected:
    void SetUp() override {
        machine_.memory = {.total = Bytes{16 * kGiB}, .available = Bytes{16 * kGiB}};
        machine_.speeds.host.bandwidth = 20e9;
        machine_.speeds.host.dense_4bit_flops = 1e11;
        machine_.speeds.host.basis = "measured here";
        plan_ = capacity::make_plan(model_, machine_, {});
    }

    void correct(int times) {
        capacity::SpeedCorrection correction;
        const double middle = plan_.speeds.front().decode.middle;
        for (int i = 0; i < times; ++i)
            correction.decode.add(middle / 2, middle);
        capacity::correct_speeds(plan_, correction);
    }

    [[nodiscard]] PlanReport report() const {
        return {.model = "qwen", .architecture = model_, .machine = machine_, .plan = plan_};
    }

    model::Architecture model_ = test::small_qwen();
    capacity::MachineProfile machine_{.name = "test"};
    capacity::Plan plan_;
};

TEST_F(CorrectedPlan, SaysHowOftenItWasMeasuredAndWithWhyWhatItWasBefore) {
    const std::string before = render_plan(report(), false);
    EXPECT_THAT(before, HasSubstr("speed (measured here)\n"));
    correct(12);
    const std::string text = render_plan(report(), false);
    EXPECT_THAT(text, HasSubstr("decode measured here 12 times, prefill predicted"));
    EXPECT_THAT(text, Not(HasSubstr("predicted before")));
    const std::string why = render_plan(report(), true);
    EXPECT_THAT(why, HasSubstr("predicted before"));
    const std::size_t table = before.find("tokens before");
    EXPECT_THAT(why, HasSubstr(before.substr(table, before.find("\n\nsettings") - table)));
}

TEST_F(CorrectedPlan, HasBothInJson) {
    EXPECT_THAT(plan_json(report()), Not(HasSubstr("measured_here")));
    const double middle = plan_.speeds.front().decode.middle;
    correct(3);
    const json::value value = *parse_json(plan_json(report()));
    EXPECT_EQ(integer_member(*member(value, "measured_here"), "decode"), 3);
    const auto decode_of = [](const json::value& speeds) {
        return *number_member(*member(speeds.as_array().at(0), "decode"), "middle");
    };
    EXPECT_NEAR(decode_of(*member(value, "uncorrected_speeds")), middle, 1e-6);
    EXPECT_NEAR(decode_of(*member(value, "speeds")), middle / 2, 1e-6);
}

}  // namespace
}  // namespace hearth::app
