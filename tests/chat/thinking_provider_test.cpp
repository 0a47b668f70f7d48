#include "chat/thinking_provider.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>
#include <vector>

#include "support/scripted_provider.h"

namespace hearth::chat {
namespace {

using test::ScriptedProvider;

class Thinking : public testing::Test {
protected:
    // A reply of one answer a text, told as they come.
    static ScriptedProvider::Step saying(std::string reasoning, std::string text, StopReason reason,
                                         int answers = 1) {
        return [=](const Request& /*request*/, const EventSink& sink,
                   const std::stop_token& /*stop*/) -> Result<Reply> {
            Reply reply;
            for (int i = 0; i < answers; ++i) {
                if (!reasoning.empty()) sink(ReasoningDelta{i, reasoning});
                if (!text.empty()) sink(TextDelta{i, text});
                sink(CandidateDone{i, reason});
                reply.answers.push_back(
                    {.message = {.role = Role::kAssistant, .text = text, .reasoning = reasoning},
                     .reason = reason});
            }
            reply.usage.generated_tokens = {10};
            return reply;
        };
    }

    static Request request() {
        Request request;
        request.messages.push_back({.role = Role::kUser, .text = "How many?"});
        request.max_tokens = {100};
        return request;
    }

    Result<Reply> ask(const Request& request) {
        return provider_->stream(request,
                                 [this](const Event& event) {
                                     if (const auto* done = std::get_if<CandidateDone>(&event))
                                         done_.push_back(done->reason);
                                     return true;
                                 },
                                 {});
    }

    std::unique_ptr<ScriptedProvider> owned_ = std::make_unique<ScriptedProvider>();
    ScriptedProvider& script_ = *owned_;
    std::unique_ptr<Provider> provider_ =
        make_thinking_provider(std::move(owned_), {.budget = {64}, .end_words = "Enough."});
    std::vector<StopReason> done_;
};

TEST_F(Thinking, HasABudgetBesideTheAnswer) {
    script_.then_do(saying("hm", "Four.", StopReason::kStop));
    ASSERT_TRUE(ask(request()));
    const auto& sent = script_.requests.front();
    EXPECT_EQ(sent.thinking_budget, Tokens{64});
    EXPECT_EQ(sent.thinking_end, "Enough.");
    EXPECT_EQ(sent.max_tokens, Tokens{164});
    EXPECT_THAT(done_, testing::ElementsAre(StopReason::kStop));
}

TEST_F(Thinking, KeepsToTheBudgetOfTheRequest) {
    script_.then_do(saying("", "Four.", StopReason::kStop));
    auto small = request();
    small.thinking_budget = Tokens{16};
    ASSERT_TRUE(ask(small));
    EXPECT_EQ(script_.requests.front().thinking_budget, Tokens{16});
    EXPECT_EQ(script_.requests.front().max_tokens, Tokens{116});
}

TEST_F(Thinking, HasNoPlaceWhereTheAnswerIsBegun) {
    script_.then_do(saying("", "4", StopReason::kStop));
    auto begun = request();
    begun.messages.push_back({.role = Role::kAssistant, .text = "```python\n"});
    ASSERT_TRUE(ask(begun));
    EXPECT_EQ(script_.requests.front().thinking_budget, Tokens{0});
    EXPECT_EQ(script_.requests.front().max_tokens, Tokens{100});
}

TEST_F(Thinking, IsLeftOutOfASecondRequestWhereItWasAllThatCame) {
    script_.then_do(saying("and so on", " \n", StopReason::kLength));
    script_.then_do(saying("", "Four.", StopReason::kStop));
    const auto reply = ask(request());
    ASSERT_TRUE(reply) << reply.error().message();
    EXPECT_EQ(reply->answers.front().message.text, "Four.");
    EXPECT_EQ(reply->usage.generated_tokens, Tokens{20});
    ASSERT_EQ(script_.requests.size(), 2U);
    EXPECT_EQ(script_.requests.back().thinking_budget, Tokens{0});
    EXPECT_EQ(script_.requests.back().max_tokens, Tokens{100});
    EXPECT_THAT(done_, testing::ElementsAre(StopReason::kStop));
}

TEST_F(Thinking, AnAnswerThatWasCutIsNoReasonToAskAgain) {
    script_.then_do(saying("hm", "One, two,", StopReason::kLength, 2));
    const auto reply = ask(request());
    ASSERT_TRUE(reply) << reply.error().message();
    EXPECT_EQ(reply->answers.size(), 2U);
    EXPECT_THAT(done_, testing::ElementsAre(StopReason::kLength, StopReason::kLength));
    EXPECT_TRUE(script_.used_up());
}

TEST_F(Thinking, WhoeverStoppedListeningIsNotAskedAgain) {
    script_.then_do(saying("hm", "", StopReason::kLength));
    const auto reply = provider_->stream(
        request(), [](const Event& event) { return !std::holds_alternative<ReasoningDelta>(event); }, {});
    ASSERT_TRUE(reply) << reply.error().message();
    EXPECT_EQ(script_.requests.size(), 1U);
}

}  // namespace
}  // namespace hearth::chat
