#include "chat/conversation.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <optional>
#include <string>
#include <vector>

namespace hearth::chat {
namespace {

using ::testing::ElementsAre;

// Streams the words it was given, then fails if it was told to.
class ScriptedProvider : public Provider {
public:
    Result<Reply> stream(const Request& request, const EventSink& sink, std::stop_token) override {
        requests.push_back(request);
        Reply reply;
        reply.answers.emplace_back();
        reply.answers[0].message.role = Role::kAssistant;
        for (const auto& word : words) {
            reply.answers[0].message.text += word;
            if (!sink(TextDelta{.candidate = 0, .text = word})) break;
        }
        if (failure) return *failure;
        return reply;
    }

    Result<Tokens> count_tokens(std::string_view) override { return Tokens{0}; }

    [[nodiscard]] Tokens context_window() const override { return {0}; }

    std::vector<std::string> words{"an ", "answer"};
    std::optional<Error> failure;
    std::vector<Request> requests;
};

std::vector<std::string> texts(const std::vector<Message>& messages) {
    std::vector<std::string> out;
    for (const auto& message : messages)
        out.push_back(message.text);
    return out;
}

Request with_system() {
    Request request;
    request.messages.push_back({.role = Role::kSystem, .text = "be brief"});
    return request;
}

TEST(Conversation, EachTurnStartsWithAllOfTheLast) {
    ScriptedProvider provider;
    Conversation talk(with_system());
    ASSERT_TRUE(talk.ask(provider, "one", {}, {}));
    ASSERT_TRUE(talk.ask(provider, "two", {}, {}));
    EXPECT_THAT(texts(provider.requests[0].messages), ElementsAre("be brief", "one"));
    EXPECT_THAT(texts(provider.requests[1].messages), ElementsAre("be brief", "one", "an answer", "two"));
    EXPECT_THAT(texts(talk.messages()), ElementsAre("be brief", "one", "an answer", "two", "an answer"));
}

TEST(Conversation, KeepsWhatHadComeOfAStoppedAnswer) {
    ScriptedProvider provider;
    provider.failure = Error(Code::kCancelled, "stopped");
    Conversation talk({});
    EXPECT_FALSE(talk.ask(provider, "one", {}, {}));
    EXPECT_THAT(texts(talk.messages()), ElementsAre("one", "an answer"));
    EXPECT_EQ(talk.messages()[1].role, Role::kAssistant);
}

TEST(Conversation, ForgetsAQuestionThatGotNothing) {
    ScriptedProvider provider;
    provider.words.clear();
    provider.failure = Error(Code::kInvalidInput, "too long");
    Conversation talk(with_system());
    EXPECT_FALSE(talk.ask(provider, "one", {}, {}));
    EXPECT_THAT(texts(talk.messages()), ElementsAre("be brief"));
}

TEST(Conversation, ClearKeepsTheSystemPrompt) {
    ScriptedProvider provider;
    Conversation talk(with_system());
    ASSERT_TRUE(talk.ask(provider, "one", {}, {}));
    talk.clear();
    EXPECT_THAT(texts(talk.messages()), ElementsAre("be brief"));
}

}  // namespace
}  // namespace hearth::chat
