#include "chat/cloud_provider.h"

#include <chrono>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stop_token>
#include <string>
#include <thread>

#include "chat/fake_engine.h"
#include "core/base64.h"

namespace hearth::chat {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kKey = "sk-planted-0123456789";

constexpr std::string_view kAnswer =
    "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":1000,"
    "\"cache_read_input_tokens\":2000,\"cache_creation_input_tokens\":500,\"output_tokens\":1}}}\n\n"
    "event: content_block_start\ndata: "
    "{\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":"
    "\"text\",\"text\":\"Hi\"}}\n\n"
    "event: message_delta\ndata: "
    "{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{"
    "\"output_tokens\":100}}\n\n"
    "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";

Request question() {
    Request request;
    request.messages.push_back({.role = Role::kUser, .text = "hello"});
    return request;
}

CloudEndpoint endpoint_at(const FakeEngine& engine, Dialect dialect = Dialect::kAnthropic) {
    return {.provider = "desk",
            .model = "m",
            .dialect = dialect,
            .address = engine.address(),
            .tls = false,
            .context_window = {4096},
            .most_answer = {1024},
            .prices = {.input = 3, .output = 15, .cache_read = 0.3, .cache_write = 3.75},
            .credentials = []() -> Result<Credentials> {
                return Credentials{.key = kKey, .headers = {{"X-Team", "blue"}}, .source = "DESK_KEY"};
            }};
}

Result<Reply> ask(const FakeEngine& engine, Dialect dialect = Dialect::kAnthropic) {
    return make_cloud_provider(endpoint_at(engine, dialect))->stream(question(), {}, {});
}

TEST(CloudProvider, StreamsAnAnswerAndSaysWhatItCost) {
    FakeEngine engine(FakeEngine::stream_head() + std::string(kAnswer), FakeEngine::Then::kClose);
    std::string seen;
    const auto reply = make_cloud_provider(endpoint_at(engine))
                           ->stream(question(),
                                    [&](const Event& event) {
                                        if (const auto* text = std::get_if<TextDelta>(&event))
                                            seen += text->text;
                                        return true;
                                    },
                                    {});
    ASSERT_TRUE(reply) << reply.error().message();
    EXPECT_EQ(seen, "Hi");
    EXPECT_EQ(reply->answers[0].message.text, "Hi");
    EXPECT_EQ(reply->usage.prompt_tokens, Tokens{3500});
    EXPECT_DOUBLE_EQ(reply->usage.cost.input, 0.003);
    EXPECT_DOUBLE_EQ(reply->usage.cost.cache_read, 0.0006);
    EXPECT_DOUBLE_EQ(reply->usage.cost.cache_write, 0.001875);
    EXPECT_DOUBLE_EQ(reply->usage.cost.output, 0.0015);
    EXPECT_GT(reply->usage.decode_seconds, 0);
    const auto request = engine.request();
    EXPECT_THAT(request, HasSubstr("POST /v1/messages HTTP/1.1\r\n"));
    EXPECT_THAT(request, HasSubstr(std::string("x-api-key: ") + kKey + "\r\n"));
    EXPECT_THAT(request, HasSubstr("anthropic-version: 2023-06-01\r\n"));
    EXPECT_THAT(request, HasSubstr("X-Team: blue\r\n"));
    EXPECT_THAT(request, Not(HasSubstr("Authorization")));
}

TEST(CloudProvider, TheKeyStandsWhereTheDialectWantsIt) {
    struct Row {
        Dialect dialect;
        std::string header;
    };

    for (const auto& row :
         {Row{Dialect::kOpenAiChat, "Authorization: Bearer "},
          Row{Dialect::kOpenAiResponses, "Authorization: Bearer "},
          Row{Dialect::kMistral, "Authorization: Bearer "}, Row{Dialect::kGoogle, "x-goog-api-key: "},
          Row{Dialect::kVertex, "x-goog-api-key: "}, Row{Dialect::kBedrock, "Authorization: Bearer "},
          Row{Dialect::kAzureResponses, "api-key: "}, Row{Dialect::kAnthropic, "x-api-key: "}}) {
        FakeEngine engine(FakeEngine::answer(500, "{}"), FakeEngine::Then::kClose);
        EXPECT_FALSE(ask(engine, row.dialect));
        EXPECT_THAT(engine.request(), HasSubstr(row.header + kKey + "\r\n")) << dialect_name(row.dialect);
    }
}

TEST(CloudProvider, AHeaderOfTheUsersTakesThePlaceOfOurs) {
    FakeEngine engine(FakeEngine::answer(500, "{}"), FakeEngine::Then::kClose);
    auto endpoint = endpoint_at(engine);
    endpoint.bearer = true;
    endpoint.credentials = []() -> Result<Credentials> {
        return Credentials{
            .key = kKey, .headers = {{"user-agent", "other"}, {"X-Api-Key", "another"}}, .source = {}};
    };
    EXPECT_FALSE(make_cloud_provider(endpoint)->stream(question(), {}, {}));
    const auto request = engine.request();
    EXPECT_THAT(request, HasSubstr("user-agent: other\r\n"));
    EXPECT_THAT(request, Not(HasSubstr("User-Agent: hearth")));
    EXPECT_THAT(request, HasSubstr("X-Api-Key: another\r\n"));
    EXPECT_THAT(request, Not(HasSubstr("x-api-key: ")));
    EXPECT_THAT(request, HasSubstr(std::string("Authorization: Bearer ") + kKey));
}

std::string with_header(int status, const std::string& header, std::string_view body) {
    return "HTTP/1.1 " + std::to_string(status) + " X\r\n" + header +
           "\r\nContent-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" +
           std::string(body);
}

TEST(CloudProvider, ARefusalThatMayPassSaysWhen) {
    FakeEngine engine(
        with_header(529, "Retry-After: 7",
                    R"({"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}})"),
        FakeEngine::Then::kClose);
    const auto reply = ask(engine);
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().code(), Code::kUnavailable);
    EXPECT_EQ(reply.error().message(), "desk: it is overloaded (overloaded_error): Overloaded");
    EXPECT_EQ(reply.error().retry_after(), std::chrono::seconds(7));
}

TEST(CloudProvider, NoErrorHoldsTheKey) {
    FakeEngine engine(
        FakeEngine::answer(401, std::string(R"({"error":{"message":"Incorrect API key provided: )") + kKey +
                                    R"(.","type":"invalid_request_error","code":"invalid_api_key"}})"),
        FakeEngine::Then::kClose);
    const auto reply = ask(engine, Dialect::kOpenAiResponses);
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().code(), Code::kPermission);
    EXPECT_THAT(reply.error().message(), Not(HasSubstr(kKey)));
    EXPECT_THAT(reply.error().message(), HasSubstr("(the key is from DESK_KEY)"));
    EXPECT_THAT(reply.error().message(), HasSubstr("desk: it does not accept the key"));
}

TEST(CloudProvider, AnAnswerThatBreaksOffIsAnError) {
    FakeEngine engine(FakeEngine::stream_head() + std::string(kAnswer.substr(0, 300)),
                      FakeEngine::Then::kClose);
    const auto reply = ask(engine);
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().code(), Code::kUnavailable) << reply.error().message();
}

TEST(CloudProvider, AStopRequestEndsTheExchange) {
    FakeEngine engine(FakeEngine::stream_head(), FakeEngine::Then::kWaitForTheClient);
    std::stop_source stop;
    const std::jthread stopper([&] {
        static_cast<void>(engine.request());
        stop.request_stop();
    });
    const auto reply = make_cloud_provider(endpoint_at(engine))->stream(question(), {}, stop.get_token());
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().code(), Code::kCancelled);
    static_cast<void>(engine.closed());
}

TEST(CloudProvider, TheSinkEndsTheAnswer) {
    FakeEngine engine(FakeEngine::stream_head() + std::string(kAnswer.substr(0, 420)),
                      FakeEngine::Then::kWaitForTheClient);
    const auto reply =
        make_cloud_provider(endpoint_at(engine))->stream(question(), [](const Event&) { return false; }, {});
    ASSERT_TRUE(reply) << reply.error().message();
    EXPECT_EQ(reply->answers[0].reason, StopReason::kStop);
    static_cast<void>(engine.closed());
}

TEST(CloudProvider, AFailureOfTheKeyIsTheAnswer) {
    auto endpoint = CloudEndpoint{
        .provider = "desk", .model = "m", .address = net::UnixAddress{"/nowhere"}, .tls = false};
    endpoint.credentials = []() -> Result<Credentials> { return Error(Code::kNotFound, "no such variable"); };
    const auto reply = make_cloud_provider(endpoint)->stream(question(), {}, {});
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().message(), "no such variable");
}

TEST(CloudProvider, SaysWhatItCannotDo) {
    auto endpoint = CloudEndpoint{
        .provider = "desk", .model = "m", .address = net::UnixAddress{"/nowhere"}, .tls = false};
    const auto provider = make_cloud_provider(endpoint);
    EXPECT_EQ(provider->count_tokens("x").error().code(), Code::kUnsupported);
    auto request = question();
    request.grammar = "root ::= \"x\"";
    EXPECT_EQ(provider->stream(request, {}, {}).error().code(), Code::kUnsupported);
    EXPECT_EQ(provider->stream({}, {}, {}).error().code(), Code::kInvalidInput);
}

// As in tests/net/event_stream_test.cpp.
constexpr const char* kBedrockAnswer =
    "AAAAdgAAAFKW1freCzpldmVudC10eXBlBwAMbWVzc2FnZVN0YXJ0DTpjb250ZW50LXR5cGUHABBhcHBsaWNhdGlvbi9qc29uDTpt"
    "ZXNzYWdlLXR5cGUHAAVldmVudHsicm9sZSI6ImFzc2lzdGFudCJ9b6jFmQAAAJ4AAABX/huCTws6ZXZlbnQtdHlwZQcAEWNvbnRl"
    "bnRCbG9ja0RlbHRhDTpjb250ZW50LXR5cGUHABBhcHBsaWNhdGlvbi9qc29uDTptZXNzYWdlLXR5cGUHAAVldmVudHsiY29udGVu"
    "dEJsb2NrSW5kZXgiOjAsImRlbHRhIjp7InRleHQiOiJIaSJ9LCJwIjoiYWJjIn2TQ/AQAAAAfQAAAFbmaA/WCzpldmVudC10eXBl"
    "BwAQY29udGVudEJsb2NrU3RvcA06Y29udGVudC10eXBlBwAQYXBwbGljYXRpb24vanNvbg06bWVzc2FnZS10eXBlBwAFZXZlbnR7"
    "ImNvbnRlbnRCbG9ja0luZGV4IjowfbMuTTQAAAB6AAAAUcosRmULOmV2ZW50LXR5cGUHAAttZXNzYWdlU3RvcA06Y29udGVudC10"
    "eXBlBwAQYXBwbGljYXRpb24vanNvbg06bWVzc2FnZS10eXBlBwAFZXZlbnR7InN0b3BSZWFzb24iOiJlbmRfdHVybiJ9X78J/AAA"
    "ANoAAABONwPUBgs6ZXZlbnQtdHlwZQcACG1ldGFkYXRhDTpjb250ZW50LXR5cGUHABBhcHBsaWNhdGlvbi9qc29uDTptZXNzYWdl"
    "LXR5cGUHAAVldmVudHsidXNhZ2UiOnsiaW5wdXRUb2tlbnMiOjEwMDAsIm91dHB1dFRva2VucyI6MTAwLCJ0b3RhbFRva2VucyI6"
    "MzYwMCwiY2FjaGVSZWFkSW5wdXRUb2tlbnMiOjIwMDAsImNhY2hlV3JpdGVJbnB1dFRva2VucyI6NTAwfX0JjUo4";

constexpr const char* kThrottled =
    "AAAAdgAAAFKW1freCzpldmVudC10eXBlBwAMbWVzc2FnZVN0YXJ0DTpjb250ZW50LXR5cGUHABBhcHBsaWNhdGlvbi9qc29uDTpt"
    "ZXNzYWdlLXR5cGUHAAVldmVudHsicm9sZSI6ImFzc2lzdGFudCJ9b6jFmQAAALAAAABhT1CGsw86ZXhjZXB0aW9uLXR5cGUHABN0"
    "aHJvdHRsaW5nRXhjZXB0aW9uDTpjb250ZW50LXR5cGUHABBhcHBsaWNhdGlvbi9qc29uDTptZXNzYWdlLXR5cGUHAAlleGNlcHRp"
    "b257Im1lc3NhZ2UiOiJUb28gbWFueSB0b2tlbnMsIHBsZWFzZSB3YWl0IGJlZm9yZSB0cnlpbmcgYWdhaW4uIn33CuV/";

CloudEndpoint bedrock_at(const FakeEngine& engine) {
    auto endpoint = endpoint_at(engine, Dialect::kBedrock);
    endpoint.region = "us-east-1";
    endpoint.credentials = []() -> Result<Credentials> {
        return Credentials{.key = {},
                           .aws = net::AwsKeys{"AKIAEXAMPLE", "planted-secret-key", "planted-session"},
                           .headers = {},
                           .source = "AWS_ACCESS_KEY_ID"};
    };
    return endpoint;
}

TEST(CloudProvider, BedrockAnswersInItsEventStreamToASignedRequest) {
    FakeEngine engine(FakeEngine::stream_head() + decode_base64(kBedrockAnswer).value_or(""),
                      FakeEngine::Then::kClose);
    const auto reply = make_cloud_provider(bedrock_at(engine))->stream(question(), {}, {});
    ASSERT_TRUE(reply) << reply.error().message();
    EXPECT_EQ(reply->answers[0].message.text, "Hi");
    EXPECT_EQ(reply->usage.prompt_tokens, Tokens{3500});
    EXPECT_EQ(reply->usage.cached_tokens, Tokens{2000});
    EXPECT_EQ(reply->usage.written_tokens, Tokens{500});
    EXPECT_EQ(reply->usage.generated_tokens, Tokens{100});
    const auto request = engine.request();
    EXPECT_THAT(request, HasSubstr("POST /model/m/converse-stream HTTP/1.1\r\n"));
    EXPECT_THAT(request, HasSubstr("Authorization: AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/"));
    EXPECT_THAT(request, HasSubstr("X-Amz-Security-Token: planted-session\r\n"));
    EXPECT_THAT(request, HasSubstr("Accept: application/vnd.amazon.eventstream\r\n"));
    EXPECT_THAT(request, Not(HasSubstr("planted-secret-key")));
}

TEST(CloudProvider, AnExceptionInBedrocksStreamIsTheError) {
    FakeEngine engine(FakeEngine::stream_head() + decode_base64(kThrottled).value_or(""),
                      FakeEngine::Then::kClose);
    const auto reply = make_cloud_provider(bedrock_at(engine))->stream(question(), {}, {});
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().code(), Code::kUnavailable);
    EXPECT_EQ(reply.error().message(),
              "desk: it takes no more requests for now (throttlingException): Too many tokens, please wait "
              "before trying again.");
}

TEST(CloudProvider, NoErrorHoldsWhatSignsOrATokenOfAccess) {
    FakeEngine engine(
        FakeEngine::answer(403, R"({"message":"planted-secret-key x-amz-security-token:planted-session"})"),
        FakeEngine::Then::kClose);
    const auto reply = make_cloud_provider(bedrock_at(engine))->stream(question(), {}, {});
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().code(), Code::kPermission);
    EXPECT_THAT(reply.error().message(), Not(HasSubstr("planted")));
    FakeEngine vertex(
        FakeEngine::answer(401, R"([{"error":{"code":401,"message":"ya29.planted-token is none"}}])"),
        FakeEngine::Then::kClose);
    auto endpoint = endpoint_at(vertex, Dialect::kVertex);
    endpoint.credentials = []() -> Result<Credentials> {
        return Credentials{.key = {}, .aws = {}, .token = "ya29.planted-token", .headers = {}, .source = {}};
    };
    const auto refused = make_cloud_provider(endpoint)->stream(question(), {}, {});
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message(), Not(HasSubstr("planted")));
    EXPECT_THAT(vertex.request(), HasSubstr("Authorization: Bearer ya29.planted-token\r\n"));
}

TEST(CloudProvider, NoAnswerAtAllCannotBeAskedFor) {
    const auto provider = make_cloud_provider(
        {.provider = "desk", .model = "m", .address = net::UnixAddress{"/nowhere"}, .tls = false});
    auto request = question();
    request.candidates = 0;
    const auto reply = provider->stream(request, {}, {});
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().code(), Code::kInvalidInput);
    EXPECT_EQ(reply.error().message(), "0 candidates were asked for, at least 1 is needed");
}

}  // namespace
}  // namespace hearth::chat
