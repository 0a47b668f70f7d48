#include "chat/answer_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/scripted_provider.h"

namespace hearth::chat {
namespace {

TEST(AnswerWatch, IsContentWhileTheAnswerStaysTheSame) {
    test::ScriptedProvider provider;
    AnswerWatch watch("one two three");
    for (int i = 0; i < 3; ++i) {
        provider.then_text("four five");
        ASSERT_TRUE(watch.ask(provider, {}));
    }
    EXPECT_EQ(watch.change(), "");
    for (const auto& request : provider.requests) {
        EXPECT_EQ(request.messages.front().text, "one two three");
        EXPECT_EQ(request.sampling.temperature, 0);
    }
}

TEST(AnswerWatch, SaysHowItChangedAndKeepsToThat) {
    test::ScriptedProvider provider;
    AnswerWatch watch("one two three");
    for (const auto* text : {"four five", "\x1b[1mgarbage", "four five"}) {
        provider.then_text(text);
        ASSERT_TRUE(watch.ask(provider, {}));
    }
    EXPECT_THAT(watch.change(), testing::HasSubstr("\"\\x1b[1mgarbage\" where it said \"four five\""));
}

TEST(AnswerWatch, AnAnswerThatDoesNotComeIsAnErrorAndNoChange) {
    test::ScriptedProvider provider;
    AnswerWatch watch("one two three");
    provider.then_text("four");
    ASSERT_TRUE(watch.ask(provider, {}));
    provider.then_fail(Error(Code::kUnavailable, "gone"));
    EXPECT_FALSE(watch.ask(provider, {}));
    EXPECT_EQ(watch.change(), "");
}

}  // namespace
}  // namespace hearth::chat
