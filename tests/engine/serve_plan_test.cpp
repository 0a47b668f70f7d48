#include "engine/serve_plan.h"

#include <gtest/gtest.h>

#include "capacity/memory_estimate.h"
#include "engine/flags.h"

namespace hearth::engine {
namespace {

model::ModelFacts small_qwen() {
    model::ModelFacts facts;
    facts.layers = 28;
    facts.embedding = 1536;
    facts.kv_heads = 2;
    facts.key_length = 128;
    facts.value_length = 128;
    facts.context_length = Tokens{32768};
    facts.file_size = Bytes{1'117'320'768};
    return facts;
}

TEST(ServePlan, GivesWhatWasAskedForWhereThereIsRoom) {
    const Result<ServePlan> plan =
        plan_serving(small_qwen(), {.context = Tokens{8192}, .slots = 4}, Bytes{16 * kGiB});
    ASSERT_TRUE(plan) << plan.error().message();
    EXPECT_EQ(plan->slot_context, Tokens{8192});
    EXPECT_EQ(plan->pool, pool_for(Tokens{8192}, 4, true));
    EXPECT_EQ(plan->slots, 4);
    EXPECT_EQ(plan->prompt_cache_mib, 1024);
    EXPECT_LE(plan->memory, Bytes{16 * kGiB});
}

TEST(ServePlan, TheWindowIsNeverLongerThanTheTrainedOne) {
    const Result<ServePlan> plan = plan_serving(small_qwen(), {.context = Tokens{100'000}}, Bytes{64 * kGiB});
    ASSERT_TRUE(plan);
    EXPECT_EQ(plan->slot_context, Tokens{32768});
}

TEST(ServePlan, ShortMemoryTakesThePromptCacheFirstThenTheSharedCells) {
    const ServeOptions options{.context = Tokens{8192}, .slots = 8};
    const Bytes tight{Bytes{1'117'320'768}.value + 500 * kMiB};
    const Result<ServePlan> plan = plan_serving(small_qwen(), options, tight);
    ASSERT_TRUE(plan) << plan.error().message();
    EXPECT_EQ(plan->prompt_cache_mib, 0);
    EXPECT_EQ(plan->slot_context, Tokens{8192});
    EXPECT_LT(plan->pool, pool_for(Tokens{8192}, 8, true));
    EXPECT_GE(plan->pool, Tokens{8192 + 7 * 512});
    EXPECT_LE(plan->memory, tight);
}

TEST(ServePlan, WhatDoesNotFitSaysTheNumbersAndWhatWould) {
    const Bytes budget{Bytes{1'117'320'768}.value + 300 * kMiB};
    const Result<ServePlan> plan = plan_serving(small_qwen(), {.context = Tokens{32768}}, budget);
    ASSERT_FALSE(plan);
    EXPECT_EQ(plan.error().code(), Code::kExhausted);
    EXPECT_NE(plan.error().message().find("896 MiB KV cache for 32768 tokens"), std::string::npos)
        << plan.error().message();
    const std::size_t at = plan.error().message().find("A context of ");
    ASSERT_NE(at, std::string::npos) << plan.error().message();
    const std::int64_t fitting = std::stoll(plan.error().message().substr(at + 13));
    EXPECT_TRUE(plan_serving(small_qwen(), {.context = Tokens{fitting}}, budget));
}

TEST(ServePlan, NoContextFitsBesideWeightsThatDoNot) {
    const Result<ServePlan> plan = plan_serving(small_qwen(), {}, Bytes{kGiB});
    ASSERT_FALSE(plan);
    EXPECT_NE(plan.error().message().find("choose a smaller model"), std::string::npos)
        << plan.error().message();
}

TEST(BatchFor, HoldsTheDraftsOfAllSlots) {
    for (const int slots : {1, 4, 8, 16}) {
        EXPECT_GE(batch_for(slots, true), slots * (longest_draft() + 1)) << slots;
        EXPECT_GE(batch_for(slots, false), 128);
    }
}

}  // namespace
}  // namespace hearth::engine
