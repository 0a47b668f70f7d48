#include "capacity/memory_model.h"

#include <gtest/gtest.h>

#include "support/architectures.h"

namespace hearth::capacity {
namespace {

using test::small_qwen;

RunShape shape_of(std::int64_t cells) {
    RunShape shape;
    shape.cells = Tokens{cells};
    return shape;
}

TEST(MemoryModel, KvCacheIsWhatTheEngineAllocates) {
    // The engine prints 112 MiB at 4096 and 896 MiB at 32768.
    EXPECT_EQ(memory_of(small_qwen(), shape_of(4096)).host.kv_cache, Bytes{112 * kMiB});
    EXPECT_EQ(memory_of(small_qwen(), shape_of(32768)).host.kv_cache, Bytes{896 * kMiB});
}

TEST(MemoryModel, QuantizedCachesTakeTheirBlocks) {
    RunShape shape = shape_of(32768);
    shape.keys = shape.values = CacheType::kQ8_0;
    EXPECT_EQ(memory_of(small_qwen(), shape).host.kv_cache, Bytes{476 * kMiB});
    shape.keys = shape.values = CacheType::kQ4_0;
    EXPECT_EQ(memory_of(small_qwen(), shape).host.kv_cache, Bytes{252 * kMiB});
}

TEST(MemoryModel, ThePoolIsRoundedUpAsTheEngineDoes) {
    EXPECT_EQ(memory_of(small_qwen(), shape_of(4097)).host.kv_cache,
              memory_of(small_qwen(), shape_of(4352)).host.kv_cache);
}

TEST(MemoryModel, WorkBufferIsWhatTheEngineReserves) {
    // 17.13, 68.51 and 274.05 MiB for steps of 128, 512 and 2048 tokens at 4096.
    for (const auto& [batch, mib] : {std::pair(128, 17.13), {512, 68.51}, {2048, 274.05}}) {
        RunShape shape = shape_of(4096);
        shape.batch = batch;
        const auto compute = static_cast<double>(memory_of(small_qwen(), shape).host.compute.value);
        EXPECT_NEAR(compute / static_cast<double>(kMiB), mib, mib / 1000) << batch;
    }
}

TEST(MemoryModel, SlidingLayersKeepTheirWindowAndOneStep) {
    model::Architecture model = small_qwen();
    model.window = 512;
    model.layers.resize(15);
    for (model::LayerShape& layer : model.layers) {
        layer.kv_heads = 1;
        layer.key_length = layer.value_length = 256;
        layer.sliding = true;
    }
    RunShape shape = shape_of(4096);
    shape.batch = 512;
    EXPECT_EQ(memory_of(model, shape).host.kv_cache, Bytes{15 * kMiB});
    shape.slots = 4;
    shape.cells = Tokens{16384};
    EXPECT_EQ(memory_of(model, shape).host.kv_cache.value, 37.5 * kMiB);  // one pool
    shape.unified = false;
    EXPECT_EQ(memory_of(model, shape).host.kv_cache, Bytes{60 * kMiB});
}

TEST(MemoryModel, LatentAttentionKeepsNoValues) {
    model::Architecture model = small_qwen();
    for (model::LayerShape& layer : model.layers) {
        layer.kv_heads = 1;
        layer.key_length = 576;
        layer.value_length = 0;
    }
    EXPECT_EQ(memory_of(model, shape_of(1024)).host.kv_cache, Bytes{28LL * 1024 * 576 * 2});
}

TEST(MemoryModel, RecurrentLayersKeepAStateForEachSlotWhateverTheContext) {
    model::Architecture model = small_qwen();
    model.recurrent = {.convolution = 100, .state = 1000};
    for (std::size_t i = 0; i < 21; ++i) {
        model.layers[i].attention = false;
        model.layers[i].recurrent = true;
    }
    RunShape shape = shape_of(4096);
    shape.slots = 3;
    const MemoryParts parts = memory_of(model, shape);
    EXPECT_EQ(parts.host.state, Bytes{21LL * 3 * 1100 * 4});
    EXPECT_EQ(parts.host.kv_cache, Bytes{28 * kMiB});
    shape.rollback = 2;
    EXPECT_EQ(memory_of(model, shape).host.state, Bytes{3 * parts.host.state.value});
}

TEST(MemoryModel, ATiedEmbeddingIsHeldTwiceOnAGpuOrWhenTheCpuRepacksIt) {
    model::Architecture model = small_qwen();
    RunShape shape = shape_of(4096);
    EXPECT_EQ(memory_of(model, shape).duplicated, Bytes{0});  // Q6_K is not repacked here
    shape.layout = WeightLayout::kAmx;
    EXPECT_EQ(memory_of(model, shape).duplicated, Bytes{model.weights[0].bytes});
    shape.gpu_layers = 29;
    const MemoryParts parts = memory_of(model, shape);
    EXPECT_EQ(parts.device.weights, Bytes{model.file_bytes});
    EXPECT_EQ(parts.host.weights, Bytes{model.weights[0].bytes});
}

TEST(MemoryModel, AmxTilesCarrySumsBesideTheirBlocks) {
    const auto weight = [](const char* name) {
        model::Weight one;
        for (std::uint32_t number = 0; number < 64; ++number) {
            const auto type = model::ggml_type(number);
            if (type && type->name == name) one.type = number;
        }
        const auto type = *model::ggml_type(one.type);
        one.role = model::WeightRole::kLayer;
        one.dimensions = 2;
        one.rows = 64;
        one.row_length = 256;
        one.multiplied = true;
        one.bytes = one.rows * one.row_length / type.block * type.bytes;
        return one;
    };
    // 64 rows of 8 blocks of 32 values, or of one block of 256.
    EXPECT_EQ(repacked_bytes(weight("Q8_0"), WeightLayout::kAmx), Bytes{64 * 8 * (34 + 4)});
    EXPECT_EQ(repacked_bytes(weight("Q4_K"), WeightLayout::kAmx), Bytes{64 * (144 + 4)});
    EXPECT_EQ(repacked_bytes(weight("Q4_0"), WeightLayout::kAmx), Bytes{64 * 8 * 18});
    EXPECT_EQ(repacked_bytes(weight("Q4_K"), WeightLayout::kAvx2), Bytes{64 * 144});
    auto odd = weight("Q4_K");
    odd.rows = 40;  // no tiles: the layout of AVX-512 instead
    odd.bytes = 40 * 144;
    EXPECT_EQ(repacked_bytes(odd, WeightLayout::kAmx), Bytes{40 * 144});
}

TEST(MemoryModel, TheFirstLayerOnAGpuIsTheOutput) {
    RunShape shape = shape_of(4096);
    shape.gpu_layers = 1;
    const MemoryParts parts = memory_of(small_qwen(), shape);
    EXPECT_EQ(parts.device.weights, Bytes{small_qwen().weights[0].bytes});
    EXPECT_EQ(parts.device.kv_cache, Bytes{0});
}

TEST(MemoryModel, ExpertsMayStayInRam) {
    model::Architecture model = small_qwen();
    model.weights[1].role = model::WeightRole::kExpert;
    RunShape shape = shape_of(4096);
    shape.gpu_layers = 29;
    shape.cpu_expert_layers = 1;
    const MemoryParts parts = memory_of(model, shape);
    EXPECT_EQ(parts.host.weights, Bytes{model.file_bytes});
    EXPECT_EQ(parts.device.weights, Bytes{model.weights[0].bytes});
    EXPECT_EQ(parts.device.kv_cache, Bytes{112 * kMiB});
}

TEST(MemoryModel, ThePromptCacheMayHoldOneStateMore) {
    RunShape shape = shape_of(4096);
    shape.prompt_cache = Bytes{kGiB};
    EXPECT_EQ(memory_of(small_qwen(), shape).prompt_cache, Bytes{kGiB + 112 * kMiB});
}

TEST(MemoryModel, AbsurdSettingsDoNotOverflow) {
    RunShape shape = shape_of(INT64_MAX);
    shape.slots = shape.batch = shape.rollback = shape.checkpoints = 1 << 30;
    const MemoryParts parts = memory_of(small_qwen(), shape);
    EXPECT_GT(parts.host.kv_cache, Bytes{0});
    EXPECT_GT(parts.total(), Bytes{0});
    shape.cells = Tokens{-1};
    EXPECT_EQ(memory_of(small_qwen(), shape).host.kv_cache, Bytes{0});
}

// Qwen2.5-Coder 1.5B in llama-server 0.5.0 with n-gram speculation of up to 24 tokens, MiB as it prints them.
TEST(MemoryModel, DraftsTakeTheLogitsOfAllTheirTokens) {
    struct Said {
        int slots;
        std::int64_t cells;
        int batch;
        CacheType type;
        double mib;
    };

    for (const Said& said :
         {Said{3, 6144, 128, CacheType::kF16, 44.67}, Said{4, 32768, 128, CacheType::kF16, 59.30},
          Said{8, 16384, 224, CacheType::kF16, 118.40}, Said{2, 4096, 128, CacheType::kQ8_0, 30.32},
          Said{5, 10240, 128, CacheType::kQ8_0, 74.68}, Said{1, 2048, 128, CacheType::kF16, 16.63}}) {
        RunShape shape = shape_of(said.cells);
        shape.slots = said.slots;
        shape.batch = said.batch;
        shape.keys = shape.values = said.type;
        shape.edit_speculation = true;
        const double mib = static_cast<double>(memory_of(small_qwen(), shape).host.compute.value) / kMiB;
        EXPECT_NEAR(mib, said.mib, 0.005 * said.mib) << said.slots << " slots, batch " << said.batch;
    }
}

TEST(MemoryModel, EachCellHasItsEntryInTheBook) {
    const Bytes less = memory_of(small_qwen(), shape_of(65'536)).host.runtime;
    const Bytes more = memory_of(small_qwen(), shape_of(262'144)).host.runtime;
    EXPECT_EQ(more - less, Bytes{9 * kMiB});  // 196,608 cells of 48 bytes; measured 9.8 MiB
}

TEST(LargestPool, IsTheLargestThatFits) {
    const Bytes budget = memory_of(small_qwen(), shape_of(8192)).total();
    EXPECT_EQ(largest_pool(small_qwen(), shape_of(32768), budget, Tokens{256}), Tokens{8192});
}

TEST(LargestPool, NothingWhenNotEvenTheSmallestFits) {
    EXPECT_EQ(largest_pool(small_qwen(), shape_of(8192), Bytes{kGiB}, Tokens{256}), std::nullopt);
}

TEST(LargestPool, NeverMoreThanAskedFor) {
    EXPECT_EQ(largest_pool(small_qwen(), shape_of(4096), Bytes{100 * kGiB}, Tokens{256}), Tokens{4096});
}

TEST(UsableMemory, LeavesTheMachineItsShare) {
    EXPECT_EQ(usable_memory(Bytes{4 * kGiB}, Bytes{2 * kGiB}), Bytes{2 * kGiB - 512 * kMiB});
    EXPECT_EQ(usable_memory(Bytes{100 * kGiB}, Bytes{50 * kGiB}), Bytes{45 * kGiB});
    EXPECT_EQ(usable_memory(Bytes{kGiB}, Bytes{100 * kMiB}), Bytes{0});
}

}  // namespace
}  // namespace hearth::capacity
