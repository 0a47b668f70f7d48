#include "eval/variant_id.h"

#include <gtest/gtest.h>

namespace hearth::eval {
namespace {

TEST(VariantId, WhatIsWrittenIsRead) {
    const VariantId id{.original = "python-night-pay", .variation = "renamed", .seed = 12};
    EXPECT_EQ(variant_name(id), "python-night-pay~renamed-12");
    EXPECT_EQ(parse_variant_name(variant_name(id)), id);
}

TEST(VariantId, QuestionsOfATemplateBelongToItsFile) {
    EXPECT_EQ(parse_variant_name("fence-posts-redrawn-3"),
              (VariantId{.original = "fence-posts", .variation = "redrawn", .seed = 3}));
    EXPECT_EQ(parse_variant_name("fence-posts-swapped-1").variation, "swapped");
    EXPECT_EQ(parse_variant_name("fence-posts-distracted-1").variation, "distracted");
    EXPECT_EQ(parse_variant_name("fence-posts-original-1"),
              (VariantId{.original = "fence-posts", .variation = "", .seed = 1}));
}

TEST(VariantId, EveryOtherNameIsAnOriginal) {
    for (const auto* name : {"python-night-pay", "berths-24000-1", "a~b", "a~renamed-", "a~renamed-x",
                             "~renamed-1", "-redrawn-1", "redrawn-1", "", "-", "x-3"}) {
        const auto id = parse_variant_name(name);
        EXPECT_EQ(id.original, name);
        EXPECT_EQ(id.variation, "") << name;
    }
}

}  // namespace
}  // namespace hearth::eval
