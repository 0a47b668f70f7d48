#include "capacity/planner.h"

#include <gtest/gtest.h>

#include "support/architectures.h"

namespace hearth::capacity {
namespace {

using test::small_qwen;

MachineProfile machine_with(std::int64_t gib) {
    return {.name = "test",
            .memory = {.total = Bytes{gib * kGiB}, .available = Bytes{gib * kGiB}},
            .cores = 4,
            .layout = WeightLayout::kAvx2,
            .gpu = std::nullopt};
}

MachineProfile with_card(std::int64_t mib) {
    MachineProfile machine = machine_with(32);
    machine.gpu = GpuProfile{
        .name = "card", .total = Bytes{mib * kMiB}, .available = Bytes{mib * kMiB}, .unified = false};
    return machine;
}

TEST(Planner, TakesTheWholeUsualWindowWhereThereIsRoom) {
    const Plan plan = make_plan(small_qwen(), machine_with(16), {});
    EXPECT_TRUE(plan.fits);
    EXPECT_EQ(plan.slot_context, Tokens{32768});
    EXPECT_EQ(plan.shape.keys, CacheType::kF16);
    EXPECT_EQ(plan.threads, 4);
    EXPECT_LE(plan.memory.total(), plan.host_limit);
}

TEST(Planner, ShortMemoryShortensTheContextThatWasLeftOpen) {
    const Plan plan = make_plan(small_qwen(), machine_with(2), {});
    EXPECT_TRUE(plan.fits);
    EXPECT_LT(plan.slot_context, Tokens{32768});
    EXPECT_LE(plan.memory.total(), plan.host_limit);
}

TEST(Planner, AContextThatWasAskedForStays) {
    const Plan plan = make_plan(small_qwen(), machine_with(64), {.context = Tokens{5000}});
    EXPECT_EQ(plan.slot_context, Tokens{5000});
    EXPECT_TRUE(plan.fits);
}

TEST(Planner, AnAskedContextTakesASmallerCacheTypeBeforeItFails) {
    MachineProfile machine = machine_with(2);
    machine.memory.available = Bytes{2300 * kMiB};
    const Plan plan = make_plan(small_qwen(), machine, {.context = Tokens{32768}});
    EXPECT_TRUE(plan.fits);
    EXPECT_EQ(plan.shape.keys, CacheType::kQ8_0);
}

TEST(Planner, WhatDoesNotFitIsSaidWithItsSize) {
    const Plan plan = make_plan(small_qwen(), machine_with(1), {.context = Tokens{8192}});
    EXPECT_FALSE(plan.fits);
    EXPECT_EQ(plan.slot_context, Tokens{8192});
    EXPECT_GT(plan.memory.total(), plan.host_limit);
}

TEST(Planner, ACardThatHoldsAllGetsAllLayers) {
    const Plan plan = make_plan(small_qwen(), with_card(8192), {});
    EXPECT_EQ(plan.shape.gpu_layers, 29);
    EXPECT_LE(plan.memory.device.total(), plan.device_limit);
}

TEST(Planner, ASmallCardGetsTheLayersThatFit) {
    const Plan plan = make_plan(test::layered_qwen(), with_card(1600), {.context = Tokens{4096}});
    EXPECT_TRUE(plan.fits);
    EXPECT_GT(plan.shape.gpu_layers, 1);
    EXPECT_LT(plan.shape.gpu_layers, 29);
    EXPECT_LE(plan.memory.device.total(), plan.device_limit);
    RunShape one_more = plan.shape;
    ++one_more.gpu_layers;
    EXPECT_GT(memory_of(test::layered_qwen(), one_more).device.total(), plan.device_limit);
}

TEST(Planner, ExpertsLeaveASmallCardBeforeLayersDo) {
    model::Architecture model = small_qwen();
    model::Weight expert = model.weights[1];
    expert.role = model::WeightRole::kExpert;
    expert.dimensions = 3;
    expert.bytes /= 28;
    model.weights.resize(1);
    for (int i = 0; i < 28; ++i) {
        expert.layer = i;
        model.layers[static_cast<std::size_t>(i)].experts = 8;
        model.layers[static_cast<std::size_t>(i)].experts_used = 2;
        model.weights.push_back(expert);
    }
    const Plan plan = make_plan(model, with_card(1600), {.context = Tokens{4096}});
    EXPECT_TRUE(plan.fits);
    EXPECT_EQ(plan.shape.gpu_layers, 29);
    EXPECT_GT(plan.shape.cpu_expert_layers, 0);
    RunShape one_less = plan.shape;
    --one_less.cpu_expert_layers;
    EXPECT_GT(memory_of(model, one_less).device.total(), plan.device_limit);
}

}  // namespace
}  // namespace hearth::capacity
