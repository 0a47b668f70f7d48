#include "engine/serve_plan.h"

#include <gtest/gtest.h>

#include "engine/flags.h"
#include "support/architectures.h"

namespace hearth::engine {
namespace {

using capacity::WeightLayout;
using test::small_qwen;

const Bytes kWeights{small_qwen().file_bytes};

Result<ServePlan> plan(const ServeOptions& options, Bytes budget) {
    return plan_serving(small_qwen(), options, WeightLayout::kAvx2, budget);
}

TEST(ServePlan, GivesWhatWasAskedForWhereThereIsRoom) {
    const Result<ServePlan> made = plan({.context = Tokens{8192}, .slots = 4}, Bytes{16 * kGiB});
    ASSERT_TRUE(made) << made.error().message();
    EXPECT_EQ(made->slot_context, Tokens{8192});
    EXPECT_EQ(made->pool, pool_for(Tokens{8192}, 4, true));
    EXPECT_EQ(made->slots, 4);
    EXPECT_EQ(made->prompt_cache_mib, 1024);
    EXPECT_LE(made->memory, Bytes{16 * kGiB});
}

TEST(ServePlan, TheWindowIsNeverLongerThanTheTrainedOne) {
    const Result<ServePlan> made = plan({.context = Tokens{100'000}}, Bytes{64 * kGiB});
    ASSERT_TRUE(made);
    EXPECT_EQ(made->slot_context, Tokens{32768});
}

TEST(ServePlan, ALongerStepAndASmallerCacheTypeChangeTheMemory) {
    const Bytes budget{16 * kGiB};
    const Result<ServePlan> usual = plan({.context = Tokens{8192}}, budget);
    const Result<ServePlan> longer = plan({.context = Tokens{8192}, .batch = 2048}, budget);
    const Result<ServePlan> smaller =
        plan({.context = Tokens{8192}, .cache = capacity::CacheType::kQ8_0}, budget);
    ASSERT_TRUE(usual && longer && smaller);
    EXPECT_EQ(usual->batch, 128);
    EXPECT_EQ(longer->batch, 2048);
    EXPECT_GT(longer->memory, usual->memory);
    EXPECT_LT(smaller->memory, usual->memory);
}

TEST(ServePlan, WhatWasTunedFillsWhatIsLeftOpenAndNoMore) {
    const Bytes budget{16 * kGiB};
    const TunedSettings tuning{.batch = 512,
                               .flash_attention = false,
                               .cache = capacity::CacheType::kQ8_0,
                               .speculation = Speculation{.kind = Speculation::Kind::kSimple, .longest = 48}};
    const Result<ServePlan> open = plan({.context = Tokens{8192}, .tuning = tuning}, budget);
    ASSERT_TRUE(open);
    EXPECT_EQ(open->batch, 512);
    EXPECT_EQ(open->cache, capacity::CacheType::kQ8_0);
    EXPECT_TRUE(open->shape.flash_attention) << "a small cache type needs it";
    EXPECT_TRUE(open->edit_speculation);
    EXPECT_EQ(open->shape.longest_draft, 48);
    EXPECT_FALSE(open->shape.draft_table);
    const Result<ServePlan> asked = plan({.context = Tokens{8192},
                                          .edit_speculation = false,
                                          .batch = 256,
                                          .cache = capacity::CacheType::kF16,
                                          .tuning = tuning},
                                         budget);
    ASSERT_TRUE(asked);
    EXPECT_EQ(asked->batch, 256);
    EXPECT_EQ(asked->cache, capacity::CacheType::kF16);
    EXPECT_FALSE(asked->edit_speculation);
    EXPECT_FALSE(asked->shape.flash_attention);
    EXPECT_EQ(plan({.slots = 4, .tuning = tuning}, budget)->batch, 512);
    EXPECT_EQ(plan({.slots = 4, .tuning = {.speculation = tuning.speculation}}, budget)->batch,
              batch_for(4, true, 48));
}

TEST(ServePlan, TuningMayTurnSpeculationOff) {
    const Result<ServePlan> made =
        plan({.tuning = {.speculation = Speculation{.kind = Speculation::Kind::kNone}}}, Bytes{16 * kGiB});
    ASSERT_TRUE(made);
    EXPECT_FALSE(made->edit_speculation);
}

TEST(ServePlan, TheStepOfAnEngineForVectorsIsPartedEvenlyAmongItsSlots) {
    const Result<ServePlan> made =
        plan({.purpose = ServePurpose::kEmbeddings, .context = Tokens{2048}, .slots = 3}, Bytes{16 * kGiB});
    ASSERT_TRUE(made);
    EXPECT_EQ(made->slots, 2);
}

TEST(ServePlan, AStepTooShortForTheDraftsOfAllSlotsIsMadeLonger) {
    const Result<ServePlan> made = plan({.slots = 4, .batch = 8}, Bytes{16 * kGiB});
    ASSERT_TRUE(made);
    EXPECT_EQ(made->batch, batch_for(4, true));
}

TEST(ServePlan, ShortMemoryTakesThePromptCacheFirstThenTheSharedCells) {
    const ServeOptions options{.context = Tokens{8192}, .slots = 8};
    const Bytes tight{kWeights.value + 600 * kMiB};
    const Result<ServePlan> made = plan(options, tight);
    ASSERT_TRUE(made) << made.error().message();
    EXPECT_EQ(made->prompt_cache_mib, 0);
    EXPECT_EQ(made->slot_context, Tokens{8192});
    EXPECT_LT(made->pool, pool_for(Tokens{8192}, 8, true));
    EXPECT_GE(made->pool, Tokens{8192 + 7 * 512});
    EXPECT_LE(made->memory, tight);
}

TEST(ServePlan, VectorsTakeAWholeTextInOneStepAndMemoryForItsLogits) {
    const ServeOptions options{.purpose = ServePurpose::kEmbeddings, .context = Tokens{8192}, .slots = 1};
    const Result<ServePlan> made = plan(options, Bytes{16 * kGiB});
    ASSERT_TRUE(made) << made.error().message();
    EXPECT_EQ(made->slot_context, Tokens{2048});
    EXPECT_EQ(made->batch, 2048);
    EXPECT_EQ(made->pooling, "mean") << "the model has none of its own";
    EXPECT_EQ(made->prompt_cache_mib, 0);
    EXPECT_FALSE(made->edit_speculation);
    const Bytes logits{std::int64_t{2} * 2048 * small_qwen().vocabulary * 4};
    EXPECT_GT(made->memory, kWeights + logits);
    EXPECT_EQ(plan(options, logits).error().code(), Code::kExhausted);

    model::Architecture encoder = small_qwen();
    encoder.causal = false;
    encoder.pooling = model::Pooling::kFirst;
    const Result<ServePlan> other = plan_serving(encoder, options, WeightLayout::kAvx2, Bytes{16 * kGiB});
    ASSERT_TRUE(other);
    EXPECT_EQ(other->slot_context, Tokens{8192}) << "without logits a window may be long";
    EXPECT_EQ(other->pooling, "");
}

TEST(ServePlan, WhatDoesNotFitSaysTheNumbersAndWhatWould) {
    const Bytes budget{kWeights.value + 300 * kMiB};
    const Result<ServePlan> made = plan({.context = Tokens{32768}}, budget);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code(), Code::kExhausted);
    EXPECT_NE(made.error().message().find("896 MiB KV cache for 32768 tokens"), std::string::npos)
        << made.error().message();
    const std::size_t at = made.error().message().find("A context of ");
    ASSERT_NE(at, std::string::npos) << made.error().message();
    const std::int64_t fitting = std::stoll(made.error().message().substr(at + 13));
    EXPECT_TRUE(plan({.context = Tokens{fitting}}, budget));
}

TEST(ServePlan, NoContextFitsBesideWeightsThatDoNot) {
    const Result<ServePlan> made = plan({}, Bytes{kGiB});
    ASSERT_FALSE(made);
    EXPECT_NE(made.error().message().find("choose a smaller model"), std::string::npos)
        << made.error().message();
}

TEST(BatchFor, HoldsTheDraftsOfAllSlots) {
    for (const int slots : {1, 4, 8, 16}) {
        EXPECT_GE(batch_for(slots, true), slots * (longest_draft() + 1)) << slots;
        EXPECT_GE(batch_for(slots, false), 128);
    }
}

}  // namespace
}  // namespace hearth::engine
