// The chat provider against a real engine and the smallest model.
#include <chrono>
#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>

#include <boost/json.hpp>

#include "chat/openai_provider.h"
#include "core/json.h"
#include "engine/supervisor.h"
#include "model/store.h"
#include "os/paths.h"

namespace hearth::chat {
namespace {

using ::testing::HasSubstr;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr int kSlots = 2;

// One engine for all tests here: loading takes longer than any of them.
class ChatWithEngine : public ::testing::Test {
protected:
    static void SetUpTestSuite() {
        const char* home = std::getenv("HEARTH_TEST_HOME");
        ASSERT_NE(home, nullptr) << "HEARTH_TEST_HOME is not set: run ./check, which prepares it";
        ::setenv("HEARTH_HOME", home, 1);
        const auto paths = os::paths_from_environment();
        const auto model = model::ModelStore(paths.data / "models").find("smollm2:135m");
        ASSERT_TRUE(model) << model.error().message();
        auto supervisor = engine::Supervisor::open(paths);
        ASSERT_TRUE(supervisor) << supervisor.error().message();
        shared_supervisor = std::move(*supervisor).release();
        auto lease = shared_supervisor->acquire(model->name, model->file,
                                                {.context = {2048}, .slots = kSlots}, {}, {});
        ASSERT_TRUE(lease) << lease.error().message();
        shared_lease = new engine::Lease(std::move(*lease));
    }

    static void TearDownTestSuite() {
        delete shared_lease;
        delete shared_supervisor;
        shared_lease = nullptr;
        shared_supervisor = nullptr;
    }

    void SetUp() override {
        ASSERT_NE(shared_lease, nullptr);
        provider_ = make_openai_provider({.address = shared_lease->address,
                                          .model = shared_lease->model,
                                          .context_window = shared_lease->context_window});
    }

    static Request question(std::string text, std::int64_t max_tokens) {
        Request request;
        request.messages.push_back({.role = Role::kUser, .text = std::move(text)});
        request.max_tokens = {max_tokens};
        return request;
    }

    // Whether any slot of the engine generates now.
    static bool busy() {
        const auto answer = net::exchange(shared_lease->address, {.target = "/slots"});
        EXPECT_TRUE(answer) << answer.error().message();
        const auto slots = parse_json(answer->body);
        EXPECT_TRUE(slots && slots->is_array()) << answer->body;
        if (!slots || !slots->is_array()) return false;
        bool any = false;
        for (const auto& slot : slots->get_array())
            any = any || bool_member(slot, "is_processing").value_or(false);
        return any;
    }

    static Clock::time_point when_idle() {
        const auto deadline = Clock::now() + std::chrono::seconds(20);
        while (busy() && Clock::now() < deadline)
            std::this_thread::yield();
        return Clock::now();
    }

    static engine::Supervisor* shared_supervisor;
    static engine::Lease* shared_lease;
    std::unique_ptr<Provider> provider_;
};

engine::Supervisor* ChatWithEngine::shared_supervisor = nullptr;
engine::Lease* ChatWithEngine::shared_lease = nullptr;

TEST_F(ChatWithEngine, MoreAnswersThanTheEngineHasSlotsComeOneAfterTheOther) {
    auto request = question("Name a colour.", 6);
    request.candidates = kSlots + 1;
    std::vector<std::string> streamed(kSlots + 1);
    const auto reply = provider_->stream(request,
                                         [&](const Event& event) {
                                             if (const auto* text = std::get_if<TextDelta>(&event))
                                                 streamed.at(static_cast<std::size_t>(text->candidate)) +=
                                                     text->text;
                                             return true;
                                         },
                                         {});
    ASSERT_TRUE(reply) << reply.error().message();
    ASSERT_EQ(reply->answers.size(), streamed.size());
    for (std::size_t i = 0; i < streamed.size(); ++i) {
        EXPECT_FALSE(streamed[i].empty());
        EXPECT_EQ(reply->answers[i].message.text, streamed[i]);
    }
    EXPECT_GT(reply->usage.cached_tokens.value, 0) << "the later ones find the prompt in the cache";
}

TEST_F(ChatWithEngine, StreamsWhatItAnswers) {
    std::string streamed;
    std::int64_t pieces = 0;
    const auto reply = provider_->stream(question("What is the capital of France?", 12),
                                         [&](const Event& event) {
                                             if (const auto* text = std::get_if<TextDelta>(&event)) {
                                                 streamed += text->text;
                                                 ++pieces;
                                             }
                                             return true;
                                         },
                                         {});
    ASSERT_TRUE(reply) << reply.error().message();
    EXPECT_EQ(reply->answers.front().message.text, streamed);
    EXPECT_GT(pieces, 1);
    EXPECT_GT(reply->usage.generated_tokens, Tokens{0});
    EXPECT_LE(reply->usage.generated_tokens, Tokens{12});
    EXPECT_GT(reply->usage.prompt_tokens, Tokens{8});
    EXPECT_GT(reply->usage.decode_seconds, 0);
}

TEST_F(ChatWithEngine, TakesAnEarlierPromptFromTheCache) {
    auto request = question("Tell me about the sea and the wind and the rain.", 6);
    const auto first = provider_->stream(request, {}, {});
    ASSERT_TRUE(first) << first.error().message();
    request.messages.push_back(first->answers.front().message);
    request.messages.push_back({.role = Role::kUser, .text = "Go on."});
    const auto second = provider_->stream(request, {}, {});
    ASSERT_TRUE(second) << second.error().message();
    EXPECT_GE(second->usage.cached_tokens, first->usage.prompt_tokens);
    EXPECT_LT(second->usage.cached_tokens, second->usage.prompt_tokens);
}

TEST_F(ChatWithEngine, CountsTheTokensOfAllCandidates) {
    auto request = question("Write a poem.", 9);
    request.candidates = kSlots;
    request.sampling = {.temperature = 0.9, .seed = 5};
    request.grammar = "root ::= [a-z ]{400,500}";  // so that none ends before its limit
    const auto reply = provider_->stream(request, {}, {});
    ASSERT_TRUE(reply) << reply.error().message();
    ASSERT_EQ(reply->answers.size(), std::size_t{kSlots});
    EXPECT_EQ(reply->usage.generated_tokens, Tokens{std::int64_t{9} * kSlots});
    for (const auto& answer : reply->answers)
        EXPECT_EQ(answer.reason, StopReason::kLength);
    const auto prompt = provider_->stream(question("Write a poem.", 1), {}, {});
    ASSERT_TRUE(prompt);
    EXPECT_EQ(reply->usage.prompt_tokens, prompt->usage.prompt_tokens);
}

TEST_F(ChatWithEngine, CountsAStreamThatWasStoppedEarly) {
    std::int64_t pieces = 0;
    auto request = question("Write a long story.", 500);
    request.grammar = "root ::= [a-z]{800,900}";
    const auto reply = provider_->stream(
        request,
        [&](const Event& event) { return !std::holds_alternative<TextDelta>(event) || ++pieces < 5; }, {});
    ASSERT_TRUE(reply) << reply.error().message();
    EXPECT_EQ(pieces, 5);
    EXPECT_GE(reply->usage.generated_tokens, Tokens{5});
    EXPECT_LT(reply->usage.generated_tokens, Tokens{30});
    EXPECT_GT(reply->usage.prompt_tokens, Tokens{0});
    (void)when_idle();
}

TEST_F(ChatWithEngine, AStopEndsTheGenerationInTheEngine) {
    auto request = question("Write a long story.", 1500);
    request.grammar = "root ::= [a-z ]{1800,1900}";
    std::stop_source stop;
    Clock::time_point asked;
    const auto reply = provider_->stream(
        request,
        [&](const Event& event) {
            if (std::holds_alternative<TextDelta>(event) && !stop.stop_requested()) {
                asked = Clock::now();
                stop.request_stop();
            }
            return true;
        },
        stop.get_token());
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().code(), Code::kCancelled);
    EXPECT_LT(Clock::now() - asked, milliseconds(200));
    const auto idle = when_idle() - asked;
    RecordProperty("idle_after_ms", static_cast<int>(std::chrono::duration_cast<milliseconds>(idle).count()));
    EXPECT_LT(idle, milliseconds(200));
}

TEST_F(ChatWithEngine, AGrammarBindsTheAnswer) {
    auto request = question("Is the sky blue?", 8);
    request.grammar = "root ::= \"yes\" | \"no\"";
    const auto reply = provider_->stream(request, {}, {});
    ASSERT_TRUE(reply) << reply.error().message();
    EXPECT_THAT(reply->answers.front().message.text, ::testing::AnyOf("yes", "no"));
    request.grammar = "root ::= (";
    const auto refused = provider_->stream(request, {}, {});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), Code::kInvalidInput);
    EXPECT_THAT(refused.error().message(), HasSubstr("grammar"));
}

TEST_F(ChatWithEngine, SaysBothCountsOfAPromptThatIsTooLong) {
    std::string text;
    for (int n = 0; n < 5000; ++n)
        text += "word ";
    const auto reply = provider_->stream(question(text, 4), {}, {});
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().code(), Code::kInvalidInput);
    EXPECT_THAT(reply.error().message(),
                ::testing::ContainsRegex("has 50[0-9]+ tokens and the context window holds"));
}

TEST_F(ChatWithEngine, CountsTokensAsTheModelSeesThem) {
    const auto count = provider_->count_tokens("hello world");
    ASSERT_TRUE(count) << count.error().message();
    EXPECT_EQ(*count, Tokens{2});
    EXPECT_EQ(provider_->count_tokens("").value_or(Tokens{-1}), Tokens{0});
    EXPECT_EQ(provider_->context_window(), Tokens{2048});
}

TEST_F(ChatWithEngine, TakesAHistoryWithABrokenToolCall) {
    auto request = question("List the files.", 4);
    request.messages.push_back(
        {.role = Role::kAssistant,
         .tool_calls = {{.id = "c1", .name = "bash", .arguments = "{\"command\": \"ls"}}});
    request.messages.push_back(
        {.role = Role::kTool, .text = "error: the arguments are no JSON", .tool_call_id = "c1"});
    request.messages.push_back({.role = Role::kUser, .text = "bytes that are no text: \xFF\xFE"});
    const auto reply = provider_->stream(request, {}, {});
    EXPECT_TRUE(reply) << reply.error().message();
}

}  // namespace
}  // namespace hearth::chat
