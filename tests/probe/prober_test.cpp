#include "probe/prober.h"

#include <gtest/gtest.h>
#include <vector>

#include "support/scripted_provider.h"

namespace hearth::probe {
namespace {

using Script = test::ScriptedProvider;

// A model that has one sentence for everything.
void always_say(Script& provider, const std::string& text, int times = 400) {
    for (int i = 0; i < times; ++i) {
        provider.then_do([text](const chat::Request& request, const chat::EventSink& /*sink*/,
                                const std::stop_token& /*stop*/) -> Result<chat::Reply> {
            chat::Reply reply;
            for (int k = 0; k < request.candidates; ++k)
                reply.answers.push_back({.message = {.role = chat::Role::kAssistant, .text = text}});
            reply.usage.prompt_tokens = {900};
            reply.usage.generated_tokens = {request.max_tokens.value * request.candidates};
            reply.usage.decode_seconds = 4;
            return reply;
        });
    }
}

TEST(Prober, AsksForEveryPartAndSaysHowFarItIs) {
    Script provider;
    always_say(provider, "I do not know.");
    std::vector<double> told;
    const auto card =
        probe_model(provider, {.slots = 2, .seconds = 3600, .context = {4096}},
                    [&](const ProbeProgress& progress) { told.push_back(progress.fraction); }, {});
    ASSERT_TRUE(card) << card.error().message();
    ASSERT_TRUE(card->calls && card->thinking && card->fill && card->window);
    EXPECT_EQ(card->calls->none, 20);
    EXPECT_FALSE(card->thinking->thinks);
    ASSERT_EQ(card->edits.size(), 3U);
    EXPECT_EQ(card->edits.front().right, (Share{.right = 0, .asked = 20}));
    EXPECT_FALSE(card->fill->supported);
    EXPECT_EQ(card->batch.size(), 2U);
    EXPECT_EQ(card->spread.size(), 4U);
    EXPECT_EQ(card->window->end, WindowEnd::kFailed);
    EXPECT_TRUE(std::ranges::is_sorted(told));
    EXPECT_GE(told.front(), 0);
    EXPECT_LE(told.back(), 1);
}

TEST(Prober, AsksLessQuickly) {
    Script provider;
    always_say(provider, "I do not know.");
    const auto card =
        probe_model(provider, {.slots = 2, .quick = true, .seconds = 3600, .context = {2048}}, {}, {});
    ASSERT_TRUE(card) << card.error().message();
    EXPECT_TRUE(card->quick);
    EXPECT_EQ(card->calls->asked(), 4);
    EXPECT_EQ(card->edits.front().right.asked, 4);
}

TEST(Prober, SaysLessWithoutTime) {
    Script provider;
    always_say(provider, "I do not know.");
    const auto card = probe_model(provider, {.slots = 2, .seconds = 0, .context = {4096}}, {}, {});
    ASSERT_TRUE(card) << card.error().message();
    EXPECT_EQ(card->edits.front().right.asked, 4);
    EXPECT_EQ(card->batch.size(), 1U);
    EXPECT_EQ(card->spread.size(), 1U);
}

TEST(Prober, IsStopped) {
    Script provider;
    always_say(provider, "I do not know.");
    std::stop_source stop;
    const auto card = probe_model(
        provider, {.slots = 2, .context = {4096}},
        [&](const ProbeProgress& progress) {
            if (progress.fraction > 0.3) stop.request_stop();
        },
        stop.get_token());
    ASSERT_FALSE(card);
    EXPECT_EQ(card.error().code(), Code::kCancelled);
}

TEST(Prober, FailsAsItsModelDoes) {
    Script provider;
    always_say(provider, "I do not know.", 5);
    provider.then_fail(Error(Code::kUnavailable, "the engine is gone"));
    const auto card = probe_model(provider, {.slots = 2}, {}, {});
    ASSERT_FALSE(card);
    EXPECT_EQ(card.error().code(), Code::kUnavailable);
}

}  // namespace
}  // namespace hearth::probe
