#include "capacity/layer_split.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <numeric>

#include "capacity/planner.h"
#include "support/architectures.h"

namespace hearth::capacity {
namespace {

using test::layered_qwen;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr int kAll = 29;

RunShape on_gpus(std::vector<int> split, int layers = kAll) {
    RunShape shape;
    shape.gpu_layers = layers;
    shape.gpu_split = std::move(split);
    shape.layout = WeightLayout::kAsStored;
    return shape;
}

DeviceRoom room(std::int64_t mib, double bandwidth = 0) {
    return {.limit = Bytes{mib * kMiB}, .bandwidth = bandwidth};
}

TEST(LayerShares, AreLayersAsTheEngineCountsThem) {
    // Layer i is at i / layers; a GPU takes those below its share of the sum, added up.
    EXPECT_THAT(layers_by_share({1, 1}, 29), ElementsAre(15, 14));
    EXPECT_THAT(layers_by_share({3, 1}, 29), ElementsAre(22, 7));
    EXPECT_THAT(layers_by_share({24, 12}, 33), ElementsAre(22, 11));
    EXPECT_THAT(layers_by_share({0, 1}, 5), ElementsAre(0, 5));
    EXPECT_THAT(layers_by_share({1, 0}, 5), ElementsAre(5, 0));
}

TEST(LayerShares, CountsAsSharesGiveTheCounts) {
    // What is handed to the engine as --tensor-split comes out as it was meant.
    for (int layers = 1; layers <= 130; ++layers)
        for (int first = 0; first <= layers; ++first)
            ASSERT_THAT(
                layers_by_share({static_cast<double>(first), static_cast<double>(layers - first)}, layers),
                ElementsAre(first, layers - first));
}

TEST(LayerMemory, OfSeveralGpusAddsUpToThatOfOne) {
    const auto model = layered_qwen();
    const auto one = memory_of(model, on_gpus({}));
    const auto parts = memory_of(model, on_gpus({20, 9}));
    ASSERT_EQ(parts.devices.size(), 2U);
    EXPECT_EQ(parts.device.weights, one.device.weights);
    EXPECT_EQ(parts.device.kv_cache, one.device.kv_cache);
    EXPECT_EQ(parts.devices[0].weights + parts.devices[1].weights, one.device.weights);
    EXPECT_EQ(parts.devices[0].kv_cache.value * 8, parts.devices[1].kv_cache.value * 20) << "20 layers and 8";
    EXPECT_EQ(parts.host.weights, one.host.weights);
    EXPECT_EQ(parts.device.total(), parts.devices[0].total() + parts.devices[1].total());
}

TEST(LayerMemory, TheOutputMatrixIsOnTheLast) {
    const auto model = layered_qwen();
    const auto parts = memory_of(model, on_gpus({28, 1}));
    EXPECT_EQ(parts.devices[1].weights.value, model.weights[0].bytes);
    EXPECT_EQ(parts.devices[1].kv_cache, Bytes{0});
}

TEST(LayerMemory, LayersThatStayInRamComeFirst) {
    const auto model = layered_qwen();
    const auto parts = memory_of(model, on_gpus({3, 2}, 5));
    EXPECT_EQ(parts.devices[0].weights.value, 3 * model.weights[1].bytes);
    EXPECT_EQ(parts.devices[1].weights.value, model.weights[1].bytes + model.weights[0].bytes);
    EXPECT_GT(parts.host.kv_cache.value, 0);
}

TEST(LayerMemory, WorkInTurnNeedsWhatIsGivenFourTimes) {
    const auto model = layered_qwen();
    const auto all = memory_of(model, on_gpus({20, 9}));
    const auto some = memory_of(model, on_gpus({20, 8}, 28));
    EXPECT_GT(all.devices[0].compute, some.devices[0].compute);
    EXPECT_EQ(some.devices[0].compute, memory_of(model, on_gpus({}, 28)).device.compute);
}

TEST(LayerMemory, AGpuWithoutLayersTakesNothing) {
    EXPECT_EQ(memory_of(layered_qwen(), on_gpus({29, 0})).devices[1].total(), Bytes{0});
}

TEST(SplitLayers, OneThatHoldsAllGetsAllTheFastestFirst) {
    const auto split = split_layers(layered_qwen(), on_gpus({}), {room(8000, 300e9), room(8000, 900e9)});
    EXPECT_TRUE(split.fits);
    EXPECT_THAT(split.layers, ElementsAre(0, 29));
}

TEST(SplitLayers, ElseInProportionToTheRoom) {
    const auto split = split_layers(layered_qwen(), on_gpus({}), {room(1500), room(1500)});
    EXPECT_TRUE(split.fits);
    EXPECT_THAT(split.layers, ElementsAre(15, 14));
}

TEST(SplitLayers, TheOutputMatrixMayNeedMoreThanItsShare) {
    // In proportion the small one would get the output matrix and more than it holds.
    const auto rooms = std::vector{room(1520), room(920)};
    const auto split = split_layers(layered_qwen(), on_gpus({}), rooms);
    ASSERT_TRUE(split.fits);
    EXPECT_GT(split.layers[0], layers_by_share({1520, 920}, kAll)[0]);
    const auto parts = memory_of(layered_qwen(), on_gpus(split.layers));
    for (std::size_t i = 0; i < rooms.size(); ++i)
        EXPECT_LE(parts.devices[i].total(), rooms[i].limit) << i;
}

TEST(SplitLayers, WhatFitsNowhereIsSaid) {
    const auto split = split_layers(layered_qwen(), on_gpus({}), {room(600), room(600)});
    EXPECT_FALSE(split.fits);
    EXPECT_EQ(std::accumulate(split.layers.begin(), split.layers.end(), 0), kAll);
}

MachineProfile with_cards(std::int64_t first_mib, std::int64_t second_mib) {
    MachineProfile machine{
        .name = "test",
        .memory = {.total = Bytes{32 * kGiB}, .available = Bytes{32 * kGiB}},
        .cores = 4,
        .layout = WeightLayout::kAvx2,
        .gpu = GpuProfile{
            .name = "first", .total = Bytes{first_mib * kMiB}, .available = Bytes{first_mib * kMiB}}};
    machine.speeds.device.bandwidth = 500e9;
    GpuProfile second{
        .name = "second", .total = Bytes{second_mib * kMiB}, .available = Bytes{second_mib * kMiB}};
    second.speed = machine.speeds.device;
    add_cards(machine, {second});
    return machine;
}

TEST(PlanForSeveralGpus, SplitsWhatOneCannotHold) {
    const Plan plan = make_plan(layered_qwen(), with_cards(1700, 1700), {.context = Tokens{4096}});
    ASSERT_TRUE(plan.fits);
    EXPECT_EQ(plan.shape.gpu_layers, kAll);
    ASSERT_EQ(plan.shape.gpu_split.size(), 2U);
    EXPECT_EQ(plan.shape.gpu_split[0] + plan.shape.gpu_split[1], kAll);
    EXPECT_GT(plan.shape.gpu_split[0], 0);
    EXPECT_GT(plan.shape.gpu_split[1], 0);
    ASSERT_EQ(plan.device_limits.size(), 2U);
    for (std::size_t i = 0; i < 2; ++i)
        EXPECT_LE(plan.memory.devices[i].total(), plan.device_limits[i]);
    const auto reason = std::ranges::find(plan.reasons, "layer split", &Reason::setting);
    ASSERT_NE(reason, plan.reasons.end());
    EXPECT_THAT(reason->why, HasSubstr("--tensor-split " + reason->value + " --n-gpu-layers 29"));
}

TEST(PlanForSeveralGpus, OneThatIsEnoughIsNamed) {
    const Plan plan = make_plan(layered_qwen(), with_cards(1000, 8000), {.context = Tokens{4096}});
    EXPECT_THAT(plan.shape.gpu_split, ElementsAre(0, kAll));
    const auto reason = std::ranges::find(plan.reasons, "layer split", &Reason::setting);
    ASSERT_NE(reason, plan.reasons.end());
    EXPECT_THAT(reason->why, HasSubstr("GPU 1 (second) holds all of it"));
    EXPECT_THAT(reason->why, HasSubstr("--split-mode none --main-gpu 1"));
}

TEST(PlanForSeveralGpus, WhatBothCannotHoldGoesToRam) {
    const Plan plan = make_plan(layered_qwen(), with_cards(1150, 1150), {.context = Tokens{4096}});
    ASSERT_TRUE(plan.fits);
    EXPECT_GT(plan.shape.gpu_layers, 0);
    EXPECT_LT(plan.shape.gpu_layers, kAll);
    EXPECT_EQ(std::accumulate(plan.shape.gpu_split.begin(), plan.shape.gpu_split.end(), 0),
              plan.shape.gpu_layers);
    EXPECT_GT(plan.memory.host.weights.value, 0);
}

TEST(SpeedOfSeveralGpus, IsOneAfterTheOther) {
    const auto model = layered_qwen();
    Speeds speeds;
    speeds.device.bandwidth = 400e9;
    SpeedFacts slow = speeds.device;
    slow.bandwidth = 100e9;
    speeds.devices = {speeds.device, slow};
    speeds.hop_seconds = 0;
    const auto seconds = [&](std::vector<int> split) {
        return 1 / decode_speed(model, on_gpus(std::move(split)), speeds, Tokens{1000}).middle;
    };
    const double fast = seconds({29, 0});
    const double both = seconds({14, 15});
    const double slowest = seconds({0, 29});
    EXPECT_LT(fast, both);
    EXPECT_LT(both, slowest);
    // 14 layers on the one, 14 and the output matrix on the other: as much as either has alone.
    const double per_layer_fast = seconds({15, 14}) - seconds({16, 13});
    const double per_layer_slow = seconds({13, 16}) - seconds({14, 15});
    EXPECT_NEAR(per_layer_fast, per_layer_slow, 1e-9) << "each layer that moves costs the same difference";
    speeds.hop_seconds = 1e-3;
    EXPECT_NEAR(1 / decode_speed(model, on_gpus({14, 15}), speeds, Tokens{1000}).middle - both, 1e-3, 1e-9);
    EXPECT_NEAR(1 / decode_speed(model, on_gpus({29, 0}), speeds, Tokens{1000}).middle, fast, 1e-12)
        << "no hop";
}

TEST(SpeedOfSeveralGpus, PrefillMayOverlapUpToTheSlowest) {
    const auto model = layered_qwen();
    Speeds speeds;
    speeds.device.bandwidth = 400e9;
    speeds.device.dense_4bit_flops = 50e12;
    speeds.devices = {speeds.device, speeds.device};
    const auto one = prefill_speed(model, on_gpus({29, 0}), speeds, Tokens{0}, Tokens{512});
    const auto two = prefill_speed(model, on_gpus({14, 15}), speeds, Tokens{0}, Tokens{512});
    EXPECT_NEAR(two.middle, one.middle, one.middle * 1e-9);
    EXPECT_NEAR(two.high / one.high, 2, 0.01);
}

}  // namespace
}  // namespace hearth::capacity
