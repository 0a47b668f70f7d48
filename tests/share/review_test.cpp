#include "share/review.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/scripted_provider.h"

namespace hearth::share {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;
using Shareable = Verdict::Shareable;

TEST(Verdict, IsReadFromAnAnswer) {
    const auto no = *parse_verdict(R"({"shareable":"no","flagged":["a name",""],"why":"people"})");
    EXPECT_EQ(no.shareable, Shareable::kNo);
    EXPECT_THAT(no.flagged, ElementsAre("a name"));
    EXPECT_EQ(no.why, "people");
    EXPECT_EQ(parse_verdict(R"({"shareable":"yes"})")->shareable, Shareable::kYes);
    // Who quotes something has found something.
    EXPECT_EQ(parse_verdict(R"({"shareable":"yes","flagged":["x"]})")->shareable, Shareable::kUnsure);
    for (const auto* bad : {"", "yes", "{}", R"({"shareable":"perhaps"})", R"({"shareable":1})"})
        EXPECT_FALSE(parse_verdict(bad)) << bad;
}

TEST(Review, AsksForAnAnswerInAForm) {
    test::ScriptedProvider provider;
    provider.then_text(R"({"shareable":"yes","flagged":[],"why":"fine"})");
    EXPECT_EQ(review(provider, "user: hello\n", {})->shareable, Shareable::kYes);
    const auto& request = provider.requests.front();
    EXPECT_THAT(request.answer_schema, HasSubstr("shareable"));
    EXPECT_THAT(request.messages.front().text, AllOf(HasSubstr("user: hello"), HasSubstr("====")));
}

TEST(Review, ReadsALongTalkInPiecesAndTheHardestWordCounts) {
    test::ScriptedProvider provider;  // its window has 8,192 tokens
    provider.then_text(R"({"shareable":"yes","flagged":[],"why":"fine"})");
    provider.then_text(R"({"shareable":"no","flagged":["b"],"why":"bad"})");
    provider.then_text(R"({"shareable":"unsure","flagged":["c"],"why":"odd"})");
    std::string talk;
    while (talk.size() < 50'000)
        talk += "user: a line of some length\n";
    const auto verdict = *review(provider, talk, {});
    EXPECT_THAT(provider.requests, SizeIs(3));
    EXPECT_EQ(verdict.shareable, Shareable::kNo);
    EXPECT_EQ(verdict.why, "bad");
    EXPECT_THAT(verdict.flagged, ElementsAre("b", "c"));
}

TEST(Review, WhatIsNoAnswerIsUnsure) {
    test::ScriptedProvider provider;
    provider.then_text("I think so");
    EXPECT_EQ(review(provider, "x", {})->shareable, Shareable::kUnsure);
}

TEST(Review, AFailureIsOne) {
    test::ScriptedProvider provider;
    provider.then_fail(Error(Code::kUnavailable, "gone"));
    EXPECT_FALSE(review(provider, "x", {}));
    EXPECT_EQ(review(provider, "", {})->shareable, Shareable::kYes);
}

}  // namespace
}  // namespace hearth::share
