#include "scaffold/agreement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hearth::scaffold {
namespace {

using testing::HasSubstr;

Behaviour doing(std::vector<std::pair<std::string, bool>> values, bool loads = true) {
    Behaviour behaviour{.loads = loads, .error = loads ? "" : "SyntaxError: line 3", .checks = {}};
    for (std::size_t i = 0; i < values.size(); ++i)
        behaviour.checks.push_back({i, std::to_string(i) + ".1.1", values[i].first, values[i].second});
    return behaviour;
}

TEST(Agreement, WhatLoadsStandsBeforeWhatDoesNot) {
    const auto ranking = rank_by_agreement({doing({}, false), doing({{"1", false}})}, {"assert f() == 2"}, 1);
    EXPECT_EQ(ranking[0].index, 1U);
    EXPECT_THAT(ranking[0].first_miss, HasSubstr("assert f() == 2"));
    EXPECT_EQ(ranking[1].first_miss, "SyntaxError: line 3");
}

TEST(Agreement, TheTasksExamplesWeighMoreThanAnyNumberOfOwnTests) {
    const auto ranking = rank_by_agreement(
        {doing({{"1", false}, {"5", true}, {"6", true}}), doing({{"1", false}, {"5", true}, {"6", true}}),
         doing({{"2", true}, {"8", false}, {"9", false}})},
        {"a", "b", "c"}, 1);
    EXPECT_EQ(ranking[0].index, 2U);
    EXPECT_EQ(ranking[0].first_miss, "");
}

TEST(Agreement, AmongEqualsTheManyWin) {
    const auto ranking =
        rank_by_agreement({doing({{"3", false}, {"7", true}}), doing({{"4", true}, {"8", false}}),
                           doing({{"4", true}, {"8", false}})},
                          {"a", "b"}, 0);
    EXPECT_EQ(ranking[0].index, 1U);
    EXPECT_EQ(ranking[0].alike, 2U);
    EXPECT_EQ(ranking[0].own, 1U);
}

TEST(Agreement, TheEarlierOneWhereNothingTellsThemApart) {
    const auto ranking = rank_by_agreement({doing({}), doing({}), doing({})}, {}, 0);
    EXPECT_EQ(ranking[0].index, 0U);
    EXPECT_EQ(ranking[2].index, 2U);
}

}  // namespace
}  // namespace hearth::scaffold
