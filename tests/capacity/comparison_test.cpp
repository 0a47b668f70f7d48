#include "capacity/comparison.h"

#include <cmath>
#include <gtest/gtest.h>

#include "support/architectures.h"

namespace hearth::capacity {
namespace {

Bytes mib(double value) { return Bytes{std::llround(value * static_cast<double>(kMiB))}; }

const Figure* find(const std::vector<Figure>& figures, std::string_view part) {
    for (const Figure& each : figures)
        if (each.part == part) return &each;
    return nullptr;
}

MemoryParts planned() {
    MemoryParts parts;
    parts.host.weights = mib(100);
    parts.host.kv_cache = mib(90);
    parts.host.compute = mib(17.5);
    parts.host.runtime = mib(22);
    parts.output = mib(0.19);
    parts.repacked = mib(60);
    parts.prompt_cache = mib(500);
    return parts;
}

TEST(Figure, MissesByMoreThanIsAllowed) {
    Figure figure{.part = "KV cache", .predicted = mib(100), .measured = mib(100.9), .allowed = 0.01};
    EXPECT_FALSE(figure.missed());
    EXPECT_NEAR(figure.error(), 0.009, 1e-6);
    figure.measured = mib(101.1);
    EXPECT_TRUE(figure.missed());
    figure.measured = mib(98.9);
    EXPECT_TRUE(figure.missed()) << "too little is a miss too";
}

TEST(Figure, RoundingOfWhatIsPrintedIsNoMiss) {
    EXPECT_FALSE(
        (Figure{.part = "output", .predicted = mib(0.19), .measured = mib(0.2), .allowed = 0.01}.missed()));
}

TEST(Figure, WhatWasNotExpectedAtAllIsAMiss) {
    const Figure figure{.part = "state", .predicted = Bytes{0}, .measured = mib(3), .allowed = 0.01};
    EXPECT_TRUE(figure.missed());
    EXPECT_TRUE(std::isinf(figure.error()));
    EXPECT_EQ((Figure{.part = "state", .predicted = Bytes{0}, .measured = Bytes{0}}.error()), 0);
}

TEST(CompareBuffers, PutsEachPartBesideItsOwn) {
    const EngineMemory said{.mapped = mib(95),
                            .weights = mib(60),
                            .kv_cache = mib(90),
                            .state = Bytes{0},
                            .compute = mib(20),
                            .output = mib(0.19)};
    const auto figures = compare_buffers(planned(), mib(95), said);
    ASSERT_EQ(figures.size(), 5U) << "no state, neither planned nor there";
    EXPECT_FALSE(find(figures, "mapped weights")->missed());
    EXPECT_FALSE(find(figures, "repacked weights")->missed());
    EXPECT_FALSE(find(figures, "KV cache")->missed());
    EXPECT_TRUE(find(figures, "work buffers")->missed());
    EXPECT_FALSE(find(figures, "output")->missed());
}

TEST(CompareBuffers, WithoutAMappingAllWeightsAreMemoryOfTheirOwn) {
    const EngineMemory said{
        .weights = mib(100), .kv_cache = mib(90), .compute = mib(17.5), .output = mib(0.19)};
    const auto figures = compare_buffers(planned(), mib(95), said);
    EXPECT_EQ(find(figures, "mapped weights"), nullptr);
    EXPECT_EQ(find(figures, "weights")->predicted, mib(100));
    EXPECT_FALSE(find(figures, "weights")->missed());
}

TEST(CompareResident, CountsMappedWeightsOnceAndNoPromptCache) {
    const Figure figure = compare_resident(planned(), {.mapped = mib(95)}, mib(190));
    EXPECT_EQ(figure.predicted, mib(100) + mib(90) + mib(17.5) + mib(22) + mib(0.19));
    EXPECT_EQ(figure.measured, mib(190) + mib(40));
    EXPECT_FALSE(figure.missed());
}

model::GgufTensor tensor(std::uint64_t offset, std::uint64_t bytes) {
    return {.name = "t", .shape = {1}, .type = 0, .offset = offset, .bytes = bytes};
}

TEST(MappedSpan, ReachesFromTheFirstToTheLastTensorThatStaysAsItIs) {
    model::Architecture model = test::small_qwen();
    ASSERT_EQ(model.weights.size(), 2U);  // the embedding, and one that is repacked
    model::GgufHeader header;
    header.tensors = {tensor(0, 100), tensor(100, 900)};
    EXPECT_EQ(mapped_span(header, model, WeightLayout::kAvx2), Bytes{100});
    EXPECT_EQ(mapped_span(header, model, WeightLayout::kAsStored), Bytes{1000});
    model.weights.push_back(model.weights.front());
    header.tensors.push_back(tensor(1000, 50));
    EXPECT_EQ(mapped_span(header, model, WeightLayout::kAvx2), Bytes{1050}) << "with what lies between";
    EXPECT_EQ(mapped_span({}, {}, WeightLayout::kAvx2), Bytes{0});
}

TEST(MappedSpan, AddsUpWhatIsMappedOfEachFile) {
    model::Architecture model = test::small_qwen();
    ASSERT_EQ(model.weights.size(), 2U);  // the embedding, and one that is repacked
    model.weights.push_back(model.weights.front());
    model::GgufHeader header;
    header.tensors = {tensor(0, 100), tensor(100, 900), tensor(50, 70)};
    header.tensors.back().part = 1;
    EXPECT_EQ(mapped_span(header, model, WeightLayout::kAvx2), Bytes{170});
    EXPECT_EQ(mapped_span(header, model, WeightLayout::kAsStored), Bytes{1070});
}

}  // namespace
}  // namespace hearth::capacity
