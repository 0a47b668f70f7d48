#include "chat/seeded_provider.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <limits>

#include "support/scripted_provider.h"

namespace hearth::chat {
namespace {

bool go_on(const Event&) { return true; }

// The seeds that a server gets with `count` requests of a run.
std::vector<std::int64_t> seeds_of_run(std::int64_t seed, int count) {
    auto script = std::make_unique<test::ScriptedProvider>();
    auto& asked = *script;
    for (int i = 0; i < count; ++i)
        asked.then_text("x");
    const auto provider = make_seeded_provider(std::move(script), seed);
    std::vector<std::int64_t> seeds;
    for (int i = 0; i < count; ++i) {
        EXPECT_TRUE(provider->stream({}, go_on, {}));
        seeds.push_back(asked.requests.back().sampling.seed.value_or(-1));
    }
    return seeds;
}

TEST(SeededProvider, TheSameSeedGivesTheSameSeedsInOrder) {
    EXPECT_EQ(seeds_of_run(7, 5), seeds_of_run(7, 5));
}

TEST(SeededProvider, NoTwoAnswersOfNeighbouringRunsShareASeed) {
    std::vector<std::int64_t> all;
    for (std::int64_t seed = 1; seed <= 20; ++seed) {
        const auto seeds = seeds_of_run(seed, 50);
        all.insert(all.end(), seeds.begin(), seeds.end());
    }
    std::ranges::sort(all);
    for (std::size_t i = 1; i < all.size(); ++i)
        EXPECT_GE(all[i] - all[i - 1], kCandidateSeeds);
}

TEST(SeededProvider, AnySeedGivesSeedsThatAServerTakes) {
    for (const auto seed : {std::numeric_limits<std::int64_t>::min(), std::int64_t{-1}, std::int64_t{0},
                            std::numeric_limits<std::int64_t>::max()}) {
        for (const auto each : seeds_of_run(seed, 3)) {
            EXPECT_GE(each, 0);
            EXPECT_LT(each, std::int64_t{1} << 31U);
        }
    }
}

TEST(SeededProvider, ARequestKeepsItsOwnSeed) {
    auto script = std::make_unique<test::ScriptedProvider>();
    auto& asked = *script;
    asked.then_text("x");
    const auto provider = make_seeded_provider(std::move(script), 7);
    Request request;
    request.sampling.seed = 3;
    ASSERT_TRUE(provider->stream(request, go_on, {}));
    EXPECT_EQ(asked.requests.back().sampling.seed, 3);
}

}  // namespace
}  // namespace hearth::chat
