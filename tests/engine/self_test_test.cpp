#include "engine/self_test.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hearth::engine {
namespace {

using testing::HasSubstr;

TestRun answered(std::string text) { return {.end = TestRun::End::kAnswered, .answer = std::move(text)}; }

TEST(ExpectedAnswer, IsAStartOfTheOneContinuationHoweverItIsCutIntoTokens) {
    EXPECT_TRUE(is_expected_answer(" four five six"));
    EXPECT_TRUE(is_expected_answer(" four five six seven eight nine"));
    EXPECT_TRUE(is_expected_answer(" four fi"));
    EXPECT_FALSE(is_expected_answer(" four"));
    EXPECT_FALSE(is_expected_answer(" four five five"));
    EXPECT_FALSE(is_expected_answer(""));
    EXPECT_FALSE(is_expected_answer("!!!!!!!!!!!!"));
}

TEST(Judge, TheExpectedAnswerPassesWithoutAReference) {
    EXPECT_FALSE(needs_reference(answered(" four five six seven")));
    EXPECT_EQ(judge(answered(" four five six seven"), std::nullopt).outcome, Verdict::Outcome::kPassed);
}

TEST(Judge, AnotherAnswerPassesWhenTheBaselineSaysTheSame) {
    const TestRun odd = answered(" IV V VI VII");
    EXPECT_TRUE(needs_reference(odd));
    EXPECT_EQ(judge(odd, answered(" IV V VI VII")).outcome, Verdict::Outcome::kPassed);
}

TEST(Judge, WrongTokensFailAndAreQuoted) {
    const Judgement alone = judge(answered("GGGGGGGG\x1b"), std::nullopt);
    EXPECT_EQ(alone.outcome, Verdict::Outcome::kFailed);
    EXPECT_THAT(alone.reason, HasSubstr("GGGGGGGG\\x1b"));
    const Judgement compared = judge(answered("GGGGGGGG"), answered(" four five six"));
    EXPECT_EQ(compared.outcome, Verdict::Outcome::kFailed);
    EXPECT_THAT(compared.reason, HasSubstr("the baseline says \" four five six\""));
    EXPECT_EQ(judge(answered(""), answered("")).outcome, Verdict::Outcome::kFailed);
}

TEST(Judge, AReferenceThatDiedProvesNothing) {
    const TestRun dead{.end = TestRun::End::kDied, .answer = "x"};
    EXPECT_EQ(judge(answered("x"), dead).outcome, Verdict::Outcome::kFailed);
}

TEST(Judge, ASignalFailsAHangIsUnclearAndALackingInstructionIsNoFault) {
    const Judgement died = judge({.end = TestRun::End::kDied, .details = "killed by signal 4"}, std::nullopt);
    EXPECT_EQ(died.outcome, Verdict::Outcome::kFailed);
    EXPECT_THAT(died.reason, HasSubstr("signal 4"));
    const Judgement hung = judge({.end = TestRun::End::kHung, .seconds = 20}, std::nullopt);
    EXPECT_EQ(hung.outcome, Verdict::Outcome::kUnclear);
    EXPECT_THAT(hung.reason, HasSubstr("hung"));
    const Judgement killed =
        judge({.end = TestRun::End::kKilled, .details = "killed by signal 9"}, std::nullopt);
    EXPECT_EQ(killed.outcome, Verdict::Outcome::kUnclear);
    EXPECT_THAT(killed.reason, HasSubstr("memory"));
    EXPECT_EQ(judge({.end = TestRun::End::kNoBackend}, std::nullopt).outcome,
              Verdict::Outcome::kNotForThisCpu);
}

}  // namespace
}  // namespace hearth::engine
