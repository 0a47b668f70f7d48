#include "eval/detail/rewritten_instructions.h"

#include <gtest/gtest.h>
#include <string>

namespace hearth::eval::detail {
namespace {

const ProvenExample kBill{.function = "bill",
                          .changes = {{true, "300", "317"},
                                      {true, "250", "268"},
                                      {true, "9", "9"},
                                      {true, "300", "317"},
                                      {true, "0", "0"}}};

TEST(RewrittenInstructions, AnExampleThatAComparisonProvesIsChanged) {
    const auto text = rewritten_instructions("Example: `bill([300, 250], 9)` is `(300, 0)`.",
                                             {.old = {"300", "250"}, .examples = {kBill}});
    EXPECT_EQ(text, "Example: `bill([317, 268], 9)` is `(317, 0)`.");
}

TEST(RewrittenInstructions, AnExampleBesideWhichAnOldValueWouldStandStays) {
    const std::string both = "Example: `bill([300, 250], 9)` is `(300, 0)`, and with 300 alone it is less.";
    EXPECT_EQ(rewritten_instructions(both, {.old = {"300", "250"}, .examples = {kBill}}), both);
}

TEST(RewrittenInstructions, AnotherExampleOfTheSameFunctionStays) {
    const std::string other = "Example: `bill([300], 9)` is `(300, 10)`.";
    EXPECT_EQ(rewritten_instructions(other, {.old = {"300", "250"}, .examples = {kBill}}), other);
}

TEST(RewrittenInstructions, TheSpecificationChangesWhereverItStands) {
    const InstructionChanges changes{.specification = {{"45", "52"}, {"raised", "roifuk"}}};
    EXPECT_EQ(
        rewritten_instructions("From 45 minutes on it is `\"raised\"`; a raised flag is another.", changes),
        "From 52 minutes on it is `\"roifuk\"`; a raised flag is another.");
}

TEST(RewrittenInstructions, WhatOnlyExamplesGiveChangesInThemAndInCode) {
    const InstructionChanges changes{.in_examples = {{"400", "417"}, {"tea", "tio"}}};
    EXPECT_EQ(rewritten_instructions(
                  "At most 400 cups of tea.\n\nA `tea` is a drink.\n\nExample: 400 of tea.", changes),
              "At most 400 cups of tea.\n\nA `tio` is a drink.\n\nExample: 417 of tio.");
}

TEST(RewrittenInstructions, AResultThatNoTestProvesForbidsAnotherSpecification) {
    const InstructionChanges changes{.specification = {{"45", "52"}},
                                     .old = {"90"},
                                     .examples = {},
                                     .computed_anew = true,
                                     .numbers = {"45"}};
    EXPECT_EQ(rewritten_instructions("A slot has 45 minutes.\n\nExample: two slots are 90.", changes),
              std::nullopt);
    EXPECT_EQ(rewritten_instructions("A slot has 45 minutes, two have 90.", changes), std::nullopt);
    EXPECT_EQ(rewritten_instructions("A slot has 45 minutes.", changes), "A slot has 52 minutes.");
}

TEST(RewrittenInstructions, WordsAreToldApartByCode) {
    const auto words = words_of_instructions("Returns `\"wet\"` below 25.\n```\ncold rain\n```\nIn rain.");
    EXPECT_EQ(words.code, (std::set<std::string>{"wet", "cold", "rain"}));
    EXPECT_EQ(words.prose, (std::set<std::string>{"returns", "below", "rain"}));
    EXPECT_EQ(words.numbers, (std::set<std::string>{"25"}));
}

}  // namespace
}  // namespace hearth::eval::detail
