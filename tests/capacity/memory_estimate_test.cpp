#include "capacity/memory_estimate.h"

#include <gtest/gtest.h>

namespace hearth::capacity {
namespace {

// Qwen2.5-Coder-1.5B Q4_K_M.
model::ModelFacts small_qwen() {
    model::ModelFacts facts;
    facts.layers = 28;
    facts.embedding = 1536;
    facts.heads = 12;
    facts.kv_heads = 2;
    facts.key_length = 128;
    facts.value_length = 128;
    facts.context_length = Tokens{32768};
    facts.file_size = Bytes{1'117'320'768};
    return facts;
}

TEST(MemoryEstimate, KvCacheIsWhatTheEngineAllocates) {
    // The engine prints 112 MiB at 4096 and 896 MiB at 32768.
    EXPECT_EQ(estimate_memory(small_qwen(), {.pool = Tokens{4096}}).kv_cache, Bytes{112 * kMiB});
    EXPECT_EQ(estimate_memory(small_qwen(), {.pool = Tokens{32768}}).kv_cache, Bytes{896 * kMiB});
}

TEST(MemoryEstimate, ThePoolIsRoundedUpAsTheEngineDoes) {
    EXPECT_EQ(estimate_memory(small_qwen(), {.pool = Tokens{4097}}).kv_cache,
              estimate_memory(small_qwen(), {.pool = Tokens{4352}}).kv_cache);
}

TEST(MemoryEstimate, WorkBufferCoversWhatTheEngineReserves) {
    // It prints 17.13 MiB for a step of 128 tokens at 4096.
    const Bytes compute = estimate_memory(small_qwen(), {.pool = Tokens{4096}, .batch = 128}).compute;
    EXPECT_GE(compute, Bytes{17 * kMiB});
    EXPECT_LE(compute, Bytes{30 * kMiB});
}

TEST(MemoryEstimate, AbsurdHeadersDoNotOverflow) {
    model::ModelFacts facts = small_qwen();
    facts.layers = facts.kv_heads = facts.key_length = facts.value_length = facts.embedding = INT64_MAX;
    const MemoryEstimate estimate =
        estimate_memory(facts, {.pool = Tokens{INT64_MAX}, .slots = 1 << 30, .batch = 1 << 30});
    EXPECT_GT(estimate.kv_cache, Bytes{0});
    EXPECT_GT(estimate.total(), Bytes{0});
    facts.layers = facts.kv_heads = -5;
    EXPECT_EQ(estimate_memory(facts, {.pool = Tokens{-1}}).kv_cache, Bytes{0});
}

TEST(LargestPool, IsTheLargestThatFits) {
    const ServeShape shape{.pool = Tokens{32768}};
    const Bytes budget{estimate_memory(small_qwen(), {.pool = Tokens{8192}}).total().value};
    const std::optional<Tokens> pool = largest_pool(small_qwen(), shape, budget, Tokens{256});
    ASSERT_TRUE(pool);
    EXPECT_EQ(*pool, Tokens{8192});
}

TEST(LargestPool, NothingWhenNotEvenTheSmallestFits) {
    EXPECT_EQ(largest_pool(small_qwen(), {.pool = Tokens{8192}}, Bytes{kGiB}, Tokens{256}), std::nullopt);
}

TEST(LargestPool, NeverMoreThanAskedFor) {
    EXPECT_EQ(largest_pool(small_qwen(), {.pool = Tokens{4096}}, Bytes{100 * kGiB}, Tokens{256}),
              Tokens{4096});
}

TEST(UsableMemory, LeavesTheMachineItsShare) {
    EXPECT_EQ(usable_memory(Bytes{4 * kGiB}, Bytes{2 * kGiB}), Bytes{2 * kGiB - 512 * kMiB});
    EXPECT_EQ(usable_memory(Bytes{100 * kGiB}, Bytes{50 * kGiB}), Bytes{45 * kGiB});
    EXPECT_EQ(usable_memory(Bytes{kGiB}, Bytes{100 * kMiB}), Bytes{0});
}

}  // namespace
}  // namespace hearth::capacity
