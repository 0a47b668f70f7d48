#include "chat/thinking.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hearth::chat {
namespace {

using ::testing::ElementsAre;
using enum ThinkingLevel;

TEST(ThinkingLevels, EachLevelHasItsName) {
    for (const auto level : kThinkingLevels)
        EXPECT_EQ(parse_thinking_level(thinking_level_name(level)), level);
    EXPECT_EQ(parse_thinking_level("hard"), std::nullopt);
    EXPECT_EQ(parse_thinking_level(""), std::nullopt);
    EXPECT_THAT(thinking_level_names(),
                ElementsAre("off", "minimal", "low", "medium", "high", "xhigh", "max"));
}

TEST(ThinkingLevels, AModelThatDoesNotThinkHasOffAlone) {
    EXPECT_THAT(thinking_levels({}), ElementsAre(kOff));
    EXPECT_EQ(clamp_thinking(kHigh, {}), kOff);
}

TEST(ThinkingLevels, TheRareLevelsAreThereWhenTheyAreNamed) {
    ThinkingMap map{.reasoning = true, .words = {}};
    EXPECT_THAT(thinking_levels(map), ElementsAre(kOff, kMinimal, kLow, kMedium, kHigh));
    map.words[kXhigh] = "xhigh";
    map.words[kMinimal] = std::nullopt;
    EXPECT_THAT(thinking_levels(map), ElementsAre(kOff, kLow, kMedium, kHigh, kXhigh));
}

TEST(ThinkingLevels, ALevelThatThereIsNotBecomesTheNextHigherElseTheNextLower) {
    const ThinkingMap map{.reasoning = true,
                          .words = {{kOff, std::nullopt}, {kMinimal, std::nullopt}, {kMedium, std::nullopt}}};
    EXPECT_EQ(clamp_thinking(kOff, map), kLow);
    EXPECT_EQ(clamp_thinking(kMinimal, map), kLow);
    EXPECT_EQ(clamp_thinking(kMedium, map), kHigh);
    EXPECT_EQ(clamp_thinking(kMax, map), kHigh);
}

TEST(ThinkingLevels, ABudgetIsTheMapsNumberOrTheLevels) {
    const ThinkingMap map{.reasoning = true, .words = {{kLow, "3000"}, {kHigh, "much"}}};
    EXPECT_EQ(thinking_budget(kOff, map), Tokens{0});
    EXPECT_EQ(thinking_budget(kMinimal, map), Tokens{1024});
    EXPECT_EQ(thinking_budget(kLow, map), Tokens{3000});
    EXPECT_EQ(thinking_budget(kHigh, map), Tokens{16384});
}

}  // namespace
}  // namespace hearth::chat
