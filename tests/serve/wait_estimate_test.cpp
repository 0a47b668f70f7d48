#include "serve/wait_estimate.h"

#include <gtest/gtest.h>

namespace hearth::serve {
namespace {

TEST(Pace, KnowsNothingBeforeARequestHasEnded) { EXPECT_FALSE(Pace().seconds_for(100)); }

TEST(Pace, IsSecondsForAPredictedToken) {
    Pace pace;
    pace.add(100, 2);
    pace.add(300, 6);
    EXPECT_DOUBLE_EQ(*pace.seconds_for(50), 1);
}

TEST(Pace, RecentRequestsCountMore) {
    Pace pace;
    pace.add(100, 10);
    for (int i = 0; i < 30; ++i)
        pace.add(100, 1);
    EXPECT_NEAR(*pace.seconds_for(100), 1, 0.1);
}

TEST(SecondsUntilSeat, IsWhenTheFirstRunningOneEnds) {
    EXPECT_DOUBLE_EQ(seconds_until_seat({7, 4}, 2, {}), 4);
}

TEST(SecondsUntilSeat, ThoseAheadTakeTheSeatThatIsFreeFirst) {
    // 4 + 5 = 9 on the second seat, so the first one is next at 7; then 7 + 1.
    EXPECT_DOUBLE_EQ(seconds_until_seat({7, 4}, 2, {5}), 7);
    EXPECT_DOUBLE_EQ(seconds_until_seat({7, 4}, 2, {5, 1}), 8);
}

TEST(SecondsUntilSeat, ASeatThatNobodyTookIsFreeNow) { EXPECT_DOUBLE_EQ(seconds_until_seat({9}, 2, {}), 0); }

TEST(PlaceWords, SayPlaceAndEstimate) {
    EXPECT_EQ(place_words({.position = 3, .seconds = 12}), "waiting, 3rd in line, about 15 s");
    EXPECT_EQ(place_words({.position = 1, .seconds = {}}), "waiting, 1st in line");
    EXPECT_EQ(place_words({.position = 12, .seconds = 0.2}), "waiting, 12th in line, about 1 s");
    EXPECT_EQ(place_words({.position = 22, .seconds = 170}), "waiting, 22nd in line, about 3 min");
    EXPECT_EQ(place_words({.position = 0, .seconds = {}}), "the model is loading");
}

TEST(PlaceHeader, IsADictionary) {
    EXPECT_EQ(place_header({.position = 3, .seconds = 7.2}), "position=3, seconds=8");
    EXPECT_EQ(place_header({.position = 0, .seconds = {}}), "position=0");
}

}  // namespace
}  // namespace hearth::serve
