#include "eval/detail/constant_draw.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>
#include <string>

namespace hearth::eval::detail {
namespace {

using testing::IsEmpty;
using testing::Not;

int drawn(const Draw& draw, const std::string& key) { return std::stoi(draw.at(key)); }

TEST(ConstantDraw, TheSameSeedDrawsTheSame) {
    const std::set<std::string> keys = {"400", "350", "tea", "cake"};
    EXPECT_EQ(draw_constants(keys, {}, 3), draw_constants(keys, {}, 3));
    EXPECT_NE(draw_constants(keys, {}, 3), draw_constants(keys, {}, 4));
}

TEST(ConstantDraw, NumbersKeepOrderLengthAndNeighbours) {
    for (std::uint64_t seed = 1; seed <= 50; ++seed) {
        const auto draw = draw_constants({"350", "399", "400", "401", "460", "5000"}, {}, seed);
        EXPECT_LT(drawn(draw, "350"), drawn(draw, "399"));
        EXPECT_EQ(drawn(draw, "400"), drawn(draw, "399") + 1);
        EXPECT_EQ(drawn(draw, "401"), drawn(draw, "399") + 2);
        EXPECT_LT(drawn(draw, "401"), drawn(draw, "460"));
        EXPECT_GE(drawn(draw, "350"), 100);
        EXPECT_LT(drawn(draw, "460"), 1000);
        EXPECT_LT(drawn(draw, "5000"), 10'000);
        for (const auto& [before, after] : draw)
            EXPECT_NE(before, after);
    }
}

TEST(ConstantDraw, NeighboursOfFixedNumbersStay) {
    const auto draw = draw_constants({"9", "11", "40"}, {"10"}, 1);
    EXPECT_FALSE(draw.contains("9"));
    EXPECT_FALSE(draw.contains("11"));
    EXPECT_TRUE(draw.contains("40"));
}

TEST(ConstantDraw, TheSmallestNumbersStay) { EXPECT_THAT(draw_constants({"0", "1", "2"}, {}, 1), IsEmpty()); }

TEST(ConstantDraw, WithoutRoomNumbersGoToFreePlaces) {
    const auto draw = draw_constants({"10", "12", "14", "16"}, {}, 1);
    EXPECT_THAT(draw, Not(IsEmpty()));
    std::set<std::string> values = {"10", "12", "14", "16"};
    for (const auto& [before, after] : draw)
        EXPECT_TRUE(values.insert(after).second) << after;
}

TEST(ConstantDraw, DecimalsAreKept) {
    const auto draw = draw_constants({"12.50", "0.07"}, {}, 2);
    EXPECT_EQ(draw.at("12.50").size(), 5U);
    EXPECT_EQ(draw.at("12.50")[2], '.');
    EXPECT_TRUE(draw.at("0.07").starts_with("0.0"));
}

TEST(ConstantDraw, WordsKeepLengthFirstLetterAndVowels) {
    const auto draw = draw_constants({"raised", "tea"}, {}, 5);
    const auto& word = draw.at("raised");
    EXPECT_EQ(word.size(), 6U);
    EXPECT_EQ(word[0], 'r');
    EXPECT_NE(word, "raised");
    const auto vowel = [](char c) { return std::string("aeiou").contains(c); };
    for (std::size_t i = 0; i < word.size(); ++i)
        EXPECT_EQ(vowel(word[i]), vowel(std::string("raised")[i]));
}

TEST(ConstantDraw, NoWordIsOneThatIsThere) {
    // All words that this one could become but three.
    std::set<std::string> fixed;
    const std::string vowels = "aeiou";
    for (const char second : vowels)
        for (const char third : vowels)
            if (std::string word = {'t', second, third}; word != "tio" && word != "tuu") fixed.insert(word);
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        const auto draw = draw_constants({"tea"}, fixed, seed);
        if (draw.contains("tea")) EXPECT_FALSE(fixed.contains(draw.at("tea")));
    }
}

TEST(ConstantDraw, KeysForgetZerosInFrontAndCapitals) {
    EXPECT_EQ(key_of({0, "09", true}), "9");
    EXPECT_EQ(key_of({0, "00", true}), "0");
    EXPECT_EQ(key_of({0, "0.07", true}), "0.07");
    EXPECT_EQ(key_of({0, "Tue", false}), "tue");
}

TEST(ConstantDraw, AValueTakesTheFormOfTheOld) {
    EXPECT_EQ(in_form_of("09", "8"), "08");
    EXPECT_EQ(in_form_of("9", "8"), "8");
    EXPECT_EQ(in_form_of("Tue", "tio"), "Tio");
    EXPECT_EQ(in_form_of("TUE", "tio"), "TIO");
}

TEST(ConstantDraw, InATextOnlyWhatIsDrawnChanges) {
    const Draw draw = {{"20", "31"}, {"tue", "tio"}};
    EXPECT_EQ(drawn_text("Wait 20 s, Tue 020, x20", draw), "Wait 31 s, Tio 031, x20");
}

TEST(ConstantDraw, WhatTheWorldSaysIsAFact) {
    for (const auto* fact : {"10", "100", "1000", "16", "1024", "60", "3600", "86400", "24", "7", "365"})
        EXPECT_TRUE(is_fact(fact)) << fact;
    for (const auto* wish : {"30", "45", "99", "150", "400", "6"})
        EXPECT_FALSE(is_fact(wish)) << wish;
}

}  // namespace
}  // namespace hearth::eval::detail
