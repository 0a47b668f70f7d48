#include "eval/gate.h"

#include <gtest/gtest.h>

#include "eval/simulated_agents.h"
#include "eval/variant_id.h"

namespace hearth::eval {
namespace {

double failures(std::size_t tasks, std::size_t seeds, double likeness, double drop) {
    SimulatedAgents agents(5);
    constexpr int kRuns = 2000;
    int failed = 0;
    for (int i = 0; i < kRuns; ++i) {
        const auto before = agents.chances(tasks, agents.rate_between(0.3, 0.7), likeness);
        auto after = before;
        for (auto& chance : after)
            chance = std::max(0.0, chance - drop);
        failed += p_of_drop(agents.run(before, seeds), agents.run(after, seeds)) <= GateRule{}.alpha ? 1 : 0;
    }
    return 100.0 * failed / kRuns;
}

TEST(Gate, RaisesNoMoreFalseAlarmsThanItSays) {
    EXPECT_LE(failures(20, 1, 0.5, 0), 6);
    EXPECT_LE(failures(40, 3, 0.0, 0), 6);
    EXPECT_LE(failures(60, 5, 0.5, 0), 6);
}

TEST(Gate, CatchesARealDrop) { EXPECT_GE(failures(60, 5, 0.3, 0.15), 80); }

TEST(Gate, FailsOnAPlainDropAndPassesOnARise) {
    const auto good = outcomes_of({{3, 3}, {3, 3}, {3, 3}, {3, 3}, {3, 3}, {3, 3}, {3, 3}, {3, 3}});
    const auto bad = outcomes_of({{0, 3}, {0, 3}, {1, 3}, {0, 3}, {3, 3}, {0, 3}, {1, 3}, {0, 3}});
    EXPECT_TRUE(regression_gate(good, bad).dropped);
    EXPECT_FALSE(regression_gate(bad, good).dropped);
    EXPECT_LT(regression_gate(good, bad).comparison.interval.high, 0);
}

TEST(Gate, SaysHowLittleAPassOfAFewTasksMeans) {
    const auto same = outcomes_of({{1, 1}, {0, 1}, {1, 1}, {1, 1}});
    const auto decision = regression_gate(same, same);
    EXPECT_FALSE(decision.dropped);
    EXPECT_LT(decision.power, 0.3);
    EXPECT_GT(decision.detectable_drop, 0.3);
}

TEST(Gate, TakesVariantsOfOneTaskForOneTask) {
    // One task was lost, with its seven variants: that is one task's worth of proof.
    Outcomes before;
    Outcomes after;
    for (int seed = 0; seed < 8; ++seed) {
        const auto name =
            seed == 0 ? std::string("queue") : variant_name({"queue", "renamed", std::uint64_t(seed)});
        before.push_back({name, {true, true}});
        after.push_back({name, {false, false}});
    }
    EXPECT_FALSE(regression_gate(before, after).dropped);
    EXPECT_EQ(regression_gate(before, after).comparison.tasks, 1U);
    // A variant that only one side has run is left out.
    before.push_back({variant_name({"queue", "renamed", 9}), {false}});
    EXPECT_EQ(regression_gate(before, after).comparison.base_rate, 1);
}

TEST(Gate, StatesThePowerThatItHas) {
    SimulatedAgents agents(6);
    constexpr int kRuns = 500;
    double caught = 0;
    double stated = 0;
    for (int i = 0; i < kRuns; ++i) {
        const auto decision =
            regression_gate(agents.run(std::vector<double>(30, 0.6), 2),
                            agents.run(std::vector<double>(30, 0.42), 2), {.drop_to_catch = 0.18});
        caught += decision.dropped ? 1.0 / kRuns : 0;
        stated += decision.power / kRuns;
    }
    EXPECT_NEAR(stated, caught, 0.06);
}

TEST(Gate, DetectableDropsShrinkWithMoreRuns) {
    SimulatedAgents agents(8);
    const auto chances = agents.chances(40, 0.5, 0.3);
    const auto once = regression_gate(agents.run(chances, 1), agents.run(chances, 1));
    const auto often = regression_gate(agents.run(chances, 8), agents.run(chances, 8));
    EXPECT_LT(often.detectable_drop, 0.6 * once.detectable_drop);
    EXPECT_GT(often.power, once.power);
}

TEST(Gate, PassesWithoutCommonTasksAndHasNoPower) {
    const auto decision = regression_gate({}, outcomes_of({{1, 1}}));
    EXPECT_FALSE(decision.dropped);
    EXPECT_EQ(decision.power, 0);
}

}  // namespace
}  // namespace hearth::eval
