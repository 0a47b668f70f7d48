#include "probe/small_probes.h"

#include <gtest/gtest.h>

#include "support/scripted_provider.h"

namespace hearth::probe {
namespace {

using Step = test::ScriptedProvider::Step;

chat::Message thinking(std::string reasoning, std::string text) {
    return {.role = chat::Role::kAssistant, .text = std::move(text), .reasoning = std::move(reasoning)};
}

Desk desk_of(test::ScriptedProvider& provider, int slots = 8) {
    return {.provider = provider, .effort = {.slots = slots}, .tick = {}, .stop = {}};
}

TEST(ThinkingProbe, SeesWhatTheEngineTellsApart) {
    test::ScriptedProvider provider;
    for (int i = 0; i < 2; ++i) {
        provider.then({thinking(std::string(350, 'x'), "13")});
        provider.then({thinking("", "13")});  // asked for none
    }
    const auto found = probe_thinking(desk_of(provider));
    ASSERT_TRUE(found) << found.error().message();
    EXPECT_TRUE(found->thinks);
    EXPECT_EQ(found->where, "field");
    EXPECT_TRUE(found->can_be_off);
    EXPECT_EQ(found->tokens.value, 100);
    EXPECT_FALSE(provider.requests[0].thinking_budget.has_value());
    EXPECT_EQ(provider.requests[1].thinking_budget, Tokens{0});
}

TEST(ThinkingProbe, SeesTagsInTheTextAndThatTheyCannotBeTurnedOff) {
    test::ScriptedProvider provider;
    for (int i = 0; i < 4; ++i)
        provider.then_text("<think>\nA farmer has some.</think>13");
    const auto found = probe_thinking(desk_of(provider));
    ASSERT_TRUE(found) << found.error().message();
    EXPECT_EQ(found->where, "<think>");
    EXPECT_FALSE(found->can_be_off);
}

TEST(ThinkingProbe, AnAnswerAloneIsNoThinking) {
    test::ScriptedProvider provider;
    provider.then_text("13 sheep. I think that is right.");
    provider.then_text("9.9");
    const auto found = probe_thinking(desk_of(provider));
    ASSERT_TRUE(found) << found.error().message();
    EXPECT_FALSE(found->thinks);
    EXPECT_TRUE(provider.used_up());
}

TEST(ThinkingProbe, CountsTokensOfWhatItCameTo) {
    test::ScriptedProvider provider;
    provider.then({thinking(std::string(350, 'x'), "13")});
    provider.then({thinking("", "13")});
    const Desk desk{.provider = provider,
                    .effort = {.slots = 1, .tasks = 1, .samples = 1, .until = {}},
                    .tick = {},
                    .stop = {}};
    const auto found = probe_thinking(desk);
    ASSERT_TRUE(found) << found.error().message();
    EXPECT_TRUE(provider.used_up());
    EXPECT_EQ(found->tokens.value, 100);
}

Step at_rate(double total_rate, double full = 1) {
    return [=](const chat::Request& request, const chat::EventSink& /*sink*/,
               const std::stop_token& /*stop*/) -> Result<chat::Reply> {
        chat::Reply reply;
        const double tokens = static_cast<double>(request.max_tokens.value) * full;
        reply.usage.generated_tokens = {static_cast<std::int64_t>(tokens) * request.candidates};
        reply.usage.decode_seconds =
            static_cast<double>(reply.usage.generated_tokens.value - request.candidates) / total_rate;
        return reply;
    };
}

TEST(BatchProbe, MeasuresAllAnswersTogether) {
    test::ScriptedProvider provider;
    // Slow enough that one round is three seconds.
    for (const double rate : {10.0, 16.0, 30.0, 50.0})
        provider.then_do(at_rate(rate));
    const auto steps = probe_batch(desk_of(provider));
    ASSERT_TRUE(steps) << steps.error().message();
    ASSERT_EQ(steps->size(), 4U);
    EXPECT_EQ(steps->back().answers, 8);
    EXPECT_NEAR(steps->front().tokens_per_second, 10, 1e-9);
    EXPECT_NEAR(steps->back().tokens_per_second, 50, 1e-9);
    EXPECT_EQ(provider.requests.back().candidates, 8);
}

TEST(BatchProbe, LeavesOutAnswersThatEndedEarlyAndAsksForNoMoreThanThereAreSlots) {
    test::ScriptedProvider provider;
    provider.then_do(at_rate(10));
    for (int i = 0; i < 6; ++i)
        provider.then_do(at_rate(30, 0.5));
    const auto steps = probe_batch(desk_of(provider, 3));
    ASSERT_TRUE(steps) << steps.error().message();
    ASSERT_EQ(steps->size(), 1U);
    EXPECT_EQ(steps->front().answers, 1);
}

TEST(FillProbe, KnowsTheRightFilling) {
    EXPECT_TRUE(is_filling(" a + b\n\n\ndef more", "a+b"));
    EXPECT_FALSE(is_filling("a - b", "a+b"));
    EXPECT_FALSE(is_filling("", "a+b"));
}

TEST(FillProbe, CountsFillingsAndSaysWhereThereAreNone) {
    test::ScriptedProvider provider;
    auto none = probe_fill(desk_of(provider));
    ASSERT_TRUE(none) << none.error().message();
    EXPECT_FALSE(none->supported);

    int asked = 0;
    provider.fills = [&](const chat::FillRequest& /*request*/) -> Result<chat::FillReply> {
        return chat::FillReply{.texts = {asked++ == 0 ? "a + b" : "nothing of it"}, .usage = {}};
    };
    const auto some = probe_fill(desk_of(provider));
    ASSERT_TRUE(some) << some.error().message();
    EXPECT_TRUE(some->supported);
    EXPECT_EQ(some->right, (Share{.right = 1, .asked = 5}));

    provider.fills = [](const chat::FillRequest& /*request*/) -> Result<chat::FillReply> {
        return Error(Code::kUnavailable, "the engine is gone");
    };
    EXPECT_EQ(probe_fill(desk_of(provider)).error().code(), Code::kUnavailable);
}

}  // namespace
}  // namespace hearth::probe
