#include "chat/openai_provider.h"

#include <chrono>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stop_token>
#include <string>

#include "chat/fake_engine.h"

namespace hearth::chat {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using ::testing::HasSubstr;

constexpr std::string_view kPiece =
    "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"},\"finish_reason\":null}]}\n\n";
constexpr std::string_view kFinish =
    "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
constexpr std::string_view kEnd = "data: [DONE]\n\n";

Request question() {
    Request request;
    request.messages.push_back({.role = Role::kUser, .text = "hello"});
    return request;
}

std::string stream_of(std::initializer_list<std::string_view> parts) {
    auto text = FakeEngine::stream_head();
    for (const auto part : parts)
        text += part;
    return text;
}

std::unique_ptr<Provider> provider_at(const FakeEngine& engine, bool local = true) {
    return make_openai_provider(
        {.address = engine.address(), .context_window = {2048}, .local_extras = local});
}

TEST(OpenAiProvider, StreamsAnAnswer) {
    FakeEngine engine(stream_of({kPiece, kPiece, kFinish, kEnd}), FakeEngine::Then::kClose);
    std::string seen;
    const auto reply = provider_at(engine)->stream(question(),
                                                   [&](const Event& event) {
                                                       if (const auto* text = std::get_if<TextDelta>(&event))
                                                           seen += text->text;
                                                       return true;
                                                   },
                                                   {});
    ASSERT_TRUE(reply) << reply.error().message();
    EXPECT_EQ(seen, "HiHi");
    EXPECT_EQ(reply->answers[0].message.text, "HiHi");
    EXPECT_EQ(reply->answers[0].reason, StopReason::kStop);
    const auto request = engine.request();
    EXPECT_THAT(request, HasSubstr("POST /v1/chat/completions HTTP/1.1\r\n"));
    EXPECT_THAT(request, HasSubstr(R"("content":"hello")"));
}

TEST(OpenAiProvider, SaysBothCountsWhenThePromptIsTooLong) {
    FakeEngine engine(FakeEngine::answer(
                          400, R"({"error":{"code":400,"message":"too long",)"
                               R"("type":"exceed_context_size_error","n_prompt_tokens":6031,"n_ctx":4096}})"),
                      FakeEngine::Then::kClose);
    const auto reply = provider_at(engine)->stream(question(), {}, {});
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().code(), Code::kInvalidInput);
    EXPECT_THAT(reply.error().message(), HasSubstr("6031"));
    EXPECT_THAT(reply.error().message(), HasSubstr("4096"));
}

TEST(OpenAiProvider, PassesOnWhyARequestWasRefused) {
    struct Case {
        int status;
        std::string body;
        Code code;
        std::string words;
    };

    for (const auto& each :
         {Case{400, R"({"error":{"code":400,"message":"bad grammar"}})", Code::kInvalidInput, "bad grammar"},
          Case{401, R"({"error":{"message":"no key","code":null}})", Code::kPermission, "no key"},
          Case{429, R"({"error":"slow down"})", Code::kUnavailable, "slow down"},
          Case{503, R"({"error":{"code":503,"message":"Loading model"}})", Code::kUnavailable,
               "Loading model"},
          Case{502, "<html>\x1b[2Jbad gateway</html>", Code::kUnavailable, "HTTP status 502: <html>\\x1b"}}) {
        FakeEngine engine(FakeEngine::answer(each.status, each.body), FakeEngine::Then::kClose);
        const auto reply = provider_at(engine)->stream(question(), {}, {});
        ASSERT_FALSE(reply);
        EXPECT_EQ(reply.error().code(), each.code) << reply.error().message();
        EXPECT_THAT(reply.error().message(), HasSubstr(each.words));
    }
}

TEST(OpenAiProvider, AnAnswerThatBreaksOffIsAnError) {
    FakeEngine engine(stream_of({kPiece}), FakeEngine::Then::kClose);
    const auto reply = provider_at(engine)->stream(question(), {}, {});
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().code(), Code::kUnavailable);
}

TEST(OpenAiProvider, AnEngineThatIsGoneIsAnError) {
    const auto provider = make_openai_provider({.address = net::UnixAddress{"/nonexistent/engine.sock"}});
    const auto reply = provider->stream(question(), {}, {});
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().code(), Code::kUnavailable);
}

TEST(OpenAiProvider, AStopClosesTheConnectionAtOnce) {
    FakeEngine engine(stream_of({kPiece}), FakeEngine::Then::kWaitForTheClient);
    std::stop_source stop;
    steady_clock::time_point asked;
    const auto reply = provider_at(engine)->stream(
        question(),
        [&](const Event&) {
            asked = steady_clock::now();
            stop.request_stop();
            return true;
        },
        stop.get_token());
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().code(), Code::kCancelled);
    EXPECT_LT(engine.closed() - asked, milliseconds(200));
}

TEST(OpenAiProvider, ASinkThatHasEnoughGetsWhatHadCome) {
    FakeEngine engine(stream_of({kPiece, kPiece}), FakeEngine::Then::kWaitForTheClient);
    steady_clock::time_point asked;
    const auto reply = provider_at(engine)->stream(question(),
                                                   [&](const Event&) {
                                                       asked = steady_clock::now();
                                                       return false;
                                                   },
                                                   {});
    ASSERT_TRUE(reply) << reply.error().message();
    EXPECT_EQ(reply->answers[0].message.text, "Hi");
    EXPECT_LT(engine.closed() - asked, milliseconds(200));
}

TEST(OpenAiProvider, CountsTokens) {
    FakeEngine engine(FakeEngine::answer(200, R"({"tokens":[28120,905]})"), FakeEngine::Then::kClose);
    const auto provider = provider_at(engine);
    const auto count = provider->count_tokens("hello \xFF");
    ASSERT_TRUE(count) << count.error().message();
    EXPECT_EQ(*count, Tokens{2});
    EXPECT_EQ(provider->context_window(), Tokens{2048});
    EXPECT_THAT(engine.request(), HasSubstr("POST /tokenize"));
}

TEST(OpenAiProvider, RefusesWhatItCannotDoBeforeItSends) {
    const auto provider =
        make_openai_provider({.address = net::UnixAddress{"/nonexistent"}, .local_extras = false});
    auto request = question();
    request.grammar = "root ::= \"a\"";
    EXPECT_EQ(provider->stream(request, {}, {}).error().code(), Code::kUnsupported);
    EXPECT_EQ(provider->count_tokens("a").error().code(), Code::kUnsupported);
    EXPECT_EQ(provider->stream(Request{}, {}, {}).error().code(), Code::kInvalidInput);
    request = question();
    request.tools.push_back({.name = "broken", .description = "", .parameters = "{"});
    EXPECT_THAT(provider->stream(request, {}, {}).error().message(), HasSubstr("tool broken"));
}

}  // namespace
}  // namespace hearth::chat
