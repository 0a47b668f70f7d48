#include "eval/contamination.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "eval/run_outcomes.h"
#include "eval/simulated_agents.h"
#include "eval/variant_id.h"

namespace hearth::eval {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<bool> runs(std::size_t passed, std::size_t all) {
    std::vector<bool> result(all, false);
    std::fill_n(result.begin(), passed, true);
    return result;
}

// Originals at one rate and variants of them at another, the chance of each task drawn around its rate.
Arm simulated(SimulatedAgents& agents, double original_rate, double variant_rate) {
    constexpr std::size_t kTasks = 40;
    constexpr std::size_t kSeeds = 2;
    Arm arm{.name = "agent", .outcomes = agents.run(agents.chances(kTasks, original_rate, 0.3), kSeeds)};
    for (std::uint64_t seed = 1; seed <= 2; ++seed) {
        auto variants = agents.run(agents.chances(kTasks, variant_rate, 0.3), kSeeds);
        for (auto& each : variants) {
            each.task = variant_name({each.task, "renamed", seed});
            arm.outcomes.push_back(std::move(each));
        }
    }
    return arm;
}

double share_of(ProbeVerdict verdict, double original_rate, double variant_rate) {
    SimulatedAgents agents(5);
    constexpr int kSuites = 300;
    int found = 0;
    for (int i = 0; i < kSuites; ++i) {
        const auto probes = contamination_probes({simulated(agents, original_rate, variant_rate)});
        found += probes.front().verdict == verdict ? 1 : 0;
    }
    return static_cast<double>(found) / kSuites;
}

TEST(Contamination, VariantsOfATaskAreItsRuns) {
    const Arm arm{.name = "m",
                  .outcomes = {{"a", runs(2, 2)},
                               {"a~renamed-1", runs(1, 2)},
                               {"a~renamed-2", runs(0, 2)},
                               {"b", runs(1, 2)},
                               {"b~renamed-1", runs(1, 2)},
                               {"alone", runs(2, 2)},
                               {"gone~renamed-1", runs(0, 2)}}};
    const auto probes = contamination_probes({arm});
    ASSERT_EQ(probes.size(), 1U);
    EXPECT_EQ(probes[0].variation, "renamed");
    EXPECT_EQ(probes[0].variants, 3U);
    EXPECT_EQ(probes[0].comparison.tasks, 2U);
    EXPECT_NEAR(probes[0].comparison.base_rate, 0.75, 1e-12);
    EXPECT_NEAR(probes[0].comparison.other_rate, (0.25 + 0.5) / 2, 1e-12);
    EXPECT_EQ(probes[0].verdict, ProbeVerdict::kNotShown);
}

TEST(Contamination, EachArmAndVariationIsAProbe) {
    const Outcomes outcomes = {{"q-original-1", runs(1, 1)},
                               {"q-redrawn-1", runs(1, 1)},
                               {"q-redrawn-2", runs(0, 1)},
                               {"q-swapped-1", runs(1, 1)}};
    const auto probes = contamination_probes({{"x", outcomes}, {"y", outcomes}, {"z", {{"q", runs(1, 1)}}}});
    std::vector<std::string> names;
    for (const auto& probe : probes)
        names.push_back(probe.arm + " " + probe.variation);
    EXPECT_THAT(names, ElementsAre("x redrawn", "x swapped", "y redrawn", "y swapped"));
}

TEST(Contamination, ARunWithoutPairsHasNoProbes) {
    EXPECT_THAT(contamination_probes({}), IsEmpty());
    EXPECT_THAT(contamination_probes({{"x", {{"a", runs(1, 1)}, {"b~renamed-1", runs(1, 1)}}}}), IsEmpty());
}

TEST(Contamination, WhereNoOriginalIsSolvedNothingCanDrop) {
    Arm arm{.name = "m", .outcomes = {}};
    for (const auto* task : {"a", "b", "c", "d", "e", "f", "g", "h"}) {
        arm.outcomes.push_back({task, runs(0, 2)});
        arm.outcomes.push_back({variant_name({task, "renamed", 1}), runs(2, 2)});
    }
    EXPECT_EQ(contamination_probes({arm}).front().verdict, ProbeVerdict::kNoBase);
}

TEST(Contamination, SeveralProbesAreCorrectedTogether) {
    SimulatedAgents agents(2);
    const auto one = simulated(agents, 0.7, 0.5);
    const auto alone = contamination_probes({one}).front();
    const auto together = contamination_probes({one, simulated(agents, 0.5, 0.5)}).front();
    EXPECT_DOUBLE_EQ(alone.corrected_p, alone.comparison.p_value);
    EXPECT_GT(together.corrected_p, alone.corrected_p);
}

TEST(Contamination, AnAgentThatRecallsOriginalsDrops) {
    EXPECT_GT(share_of(ProbeVerdict::kDrop, 0.9, 0.5), 0.95);
}

TEST(Contamination, AnHonestAgentIsRarelyBlamed) {
    EXPECT_LT(share_of(ProbeVerdict::kDrop, 0.6, 0.6), 0.04);
    EXPECT_LT(share_of(ProbeVerdict::kGain, 0.6, 0.6), 0.04);
}

AttemptRecord attempt(const std::string& task) {
    AttemptRecord record;
    record.cell = {.task = task, .model = "m", .agent = "oneshot", .seed = 1};
    record.finished = true;
    return record;
}

TEST(Contamination, AVariantBesideItsOriginalIsNoNewTask) {
    std::vector<std::string> kept;
    for (const auto& each : without_variants({attempt("a~renamed-1"), attempt("a"), attempt("b~renamed-1"),
                                              attempt("q-original-1"), attempt("q-redrawn-1")}))
        kept.push_back(each.cell.task);
    EXPECT_THAT(kept, ElementsAre("a", "b~renamed-1", "q-original-1"));
}

}  // namespace
}  // namespace hearth::eval
