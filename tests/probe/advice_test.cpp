#include "probe/advice.h"

#include <gtest/gtest.h>

namespace hearth::probe {
namespace {

Card with_batch(std::vector<BatchStep> batch) {
    Card card;
    card.machine = "here";
    card.batch = std::move(batch);
    return card;
}

EditShare edits(EditFormat format, int right, int asked) {
    return {.format = format,
            .usable = {.right = asked, .asked = asked},
            .right = {.right = right, .asked = asked}};
}

TEST(Advice, TakesAsManyAnswersAsThreeTimesTheWaitGives) {
    // Measured on two cores: eight answers take 2.3 times as long as one.
    EXPECT_EQ(advice_of(with_batch({{1, 14.9}, {2, 18.5}, {4, 34.3}, {8, 51.8}}), "here").candidates, 8);
    // Four take 3.2 times as long.
    EXPECT_EQ(advice_of(with_batch({{1, 10}, {2, 11}, {4, 12.5}, {8, 13}}), "here").candidates, 2);
    // Where nothing is gained, one is asked for after the other.
    EXPECT_EQ(advice_of(with_batch({{1, 10}, {2, 6}, {4, 6}}), "here").candidates, 1);
}

TEST(Advice, SaysNothingOfABatchOnAnotherMachineOrWithoutASingleAnswer) {
    EXPECT_FALSE(advice_of(with_batch({{1, 14.9}, {8, 51.8}}), "elsewhere").candidates);
    EXPECT_FALSE(advice_of(with_batch({{4, 34.3}, {8, 51.8}}), "here").candidates);
    EXPECT_FALSE(advice_of(with_batch({{1, 14.9}}), "here").candidates);
}

TEST(Advice, PrefersTheFormWhoseEditsAreRightMoreOften) {
    Card card;
    card.edits = {edits(EditFormat::kWholeFile, 5, 20), edits(EditFormat::kFunction, 12, 20),
                  edits(EditFormat::kReplace, 11, 20)};
    EXPECT_EQ(advice_of(card, "").text_form, true);
    card.edits.back().right.right = 13;
    EXPECT_EQ(advice_of(card, "").text_form, false);
    card.edits.back().right.right = 12;
    EXPECT_FALSE(advice_of(card, "").text_form) << "equally right: the rule for models without a card";
    card.edits.pop_back();
    EXPECT_FALSE(advice_of(card, "").text_form);
}

TEST(Advice, LooksForGapsWhereTheModelFillsThem) {
    Card card;
    EXPECT_TRUE(advice_of(card, "").fill_gaps);
    card.fill = Fill{.supported = false, .right = {}};
    EXPECT_FALSE(advice_of(card, "").fill_gaps);
    card.fill = Fill{.supported = true, .right = {.right = 1, .asked = 5}};
    EXPECT_FALSE(advice_of(card, "").fill_gaps);
    card.fill = Fill{.supported = true, .right = {.right = 2, .asked = 5}};
    EXPECT_TRUE(advice_of(card, "").fill_gaps);
}

TEST(Advice, BoundsTheWindowOnlyWhereALongerTextFailed) {
    Card card;
    card.window = Window{.steps = {{.tokens = {1000}, .found = {.right = 3, .asked = 3}},
                                   {.tokens = {2000}, .found = {.right = 2, .asked = 3}},
                                   {.tokens = {4000}, .found = {.right = 1, .asked = 3}}},
                         .end = WindowEnd::kFailed};
    EXPECT_EQ(advice_of(card, "").window, Tokens{2000});
    card.window->end = WindowEnd::kTime;
    EXPECT_FALSE(advice_of(card, "").window);
    card.window =
        Window{.steps = {{.tokens = {1000}, .found = {.right = 0, .asked = 3}}}, .end = WindowEnd::kFailed};
    EXPECT_FALSE(advice_of(card, "").window) << "a model that finds nothing says nothing about its window";
}

TEST(Advice, TakesTheLowestTemperatureAtWhichAnswersDifferAndAreStillRight) {
    Card card;
    card.spread = {{.temperature = 0.2, .distinct = {1, 4}, .right = {4, 4}},
                   {.temperature = 0.5, .distinct = {2, 4}, .right = {3, 4}},
                   {.temperature = 0.8, .distinct = {4, 4}, .right = {4, 4}}};
    EXPECT_EQ(advice_of(card, "").temperature, 0.5);
    card.spread[1].right.right = 2;
    EXPECT_EQ(advice_of(card, "").temperature, 0.8);
}

}  // namespace
}  // namespace hearth::probe
