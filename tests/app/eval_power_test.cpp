#include "app/eval_power.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"

namespace hearth::app {
namespace {

using testing::HasSubstr;

PowerQuestion question(std::size_t tasks, std::size_t seeds) {
    return {.design = {tasks, seeds},
            .effect = 0.1,
            .expectation = {.flip_rate = 0.21, .effect_spread = 0.1},
            .flips_from = "run 3",
            .spread_from = "assumed"};
}

TEST(PowerReport, SaysWhatIsTakenAsKnown) {
    EXPECT_THAT(render_power(question(40, 1)),
                HasSubstr("Flips: two runs of the same thing end differently on 21 % of tasks (run 3)\n"
                          "Spread: the true difference varies by 10 points from task to task (assumed)\n"));
}

TEST(PowerReport, AnswersForADesign) {
    const auto text = render_power(question(40, 1));
    EXPECT_THAT(text,
                HasSubstr("40 tasks x 1 seed find a difference of 21 points four times in five, and one of "
                          "10 points with a chance of 27 %.\n"));
    EXPECT_THAT(text, HasSubstr("With 40 tasks, 10 points are found four times in five from 6 seeds on.\n"));
    EXPECT_THAT(render_power(question(5, 9)),
                HasSubstr("find no difference, however large: it takes 6 tasks"));
}

TEST(PowerReport, AnswersForAnEffectAlone) {
    const auto text = render_power(question(0, 3));
    EXPECT_THAT(text, HasSubstr("A difference of 10 points is found four times in five with\n"
                                "SEEDS  TASKS  RUNS OF EACH ARM\n"
                                "    1    173               173\n"));
    EXPECT_FALSE(text.contains("0 tasks"));
}

TEST(PowerReport, JsonSaysTheSame) {
    const auto value = parse_json(trim(power_json(question(40, 1))));
    ASSERT_TRUE(value);
    EXPECT_NEAR(value->at("design").at("detectable").to_number<double>(), 0.208, 0.001);
    EXPECT_EQ(value->at("design").at("seeds_needed").to_number<int>(), 6);
    EXPECT_EQ(value->at("tasks_needed").at(0).at("tasks").to_number<int>(), 173);
    EXPECT_EQ(value->at("flip_rate_from").as_string(), "run 3");
    EXPECT_FALSE(parse_json(trim(power_json(question(0, 3))))->as_object().contains("design"));
}

}  // namespace
}  // namespace hearth::app
