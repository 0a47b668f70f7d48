#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

#include <boost/json.hpp>

#include "chat/openai_provider.h"
#include "core/json.h"
#include "core/text.h"

namespace hearth::chat {
namespace {

json::value encoded(const Request& request, bool local = true) {
    const OpenAiEndpoint endpoint{
        .address = net::UnixAddress{"/s"}, .model = "default", .local_extras = local};
    const auto text = encode_openai_request(request, endpoint);
    auto value = parse_json(text);
    EXPECT_TRUE(value) << text;
    return value.value_or(json::value{});
}

json::value parsed(std::string_view text) { return parse_json(text).value_or(json::value{}); }

Request with_message(Message message) {
    Request request;
    request.messages.push_back(std::move(message));
    return request;
}

std::string first_arguments(std::string_view written) {
    auto request =
        with_message({.role = Role::kAssistant,
                      .tool_calls = {{.id = "1", .name = "x", .arguments = std::string(written)}}});
    const auto value = encoded(request);
    return std::string(value.at_pointer("/messages/0/tool_calls/0/function/arguments").as_string());
}

TEST(OpenAiRequest, AnAnswerThatFollowsASchemaCallsNoTool) {
    auto request = with_message({.role = Role::kUser, .text = "hi"});
    EXPECT_EQ(member(encoded(request), "response_format"), nullptr);
    request.answer_schema = R"({"type":"object"})";
    const auto bare = encoded(request, false);
    EXPECT_EQ(bare.at_pointer("/response_format/type"), "json_schema");
    EXPECT_EQ(bare.at_pointer("/response_format/json_schema/schema/type"), "object");
    EXPECT_EQ(member(bare, "tool_choice"), nullptr);
    request.tools.push_back({"read", "reads", "{}"});
    const auto value = encoded(request, false);
    EXPECT_EQ(value.at_pointer("/tool_choice"), "none");
    EXPECT_EQ(value.at_pointer("/tools").as_array().size(), 1U);
}

TEST(OpenAiRequest, AnEngineOfOursIsToldInWordsThatThereWasAnImage) {
    const auto value =
        encoded(with_message({.role = Role::kUser, .text = "Look.", .images = {{"image/png", "AAAA"}}}));
    EXPECT_EQ(value.at_pointer("/messages/0/content"), "Look.\n[an image that this model cannot see]");
}

TEST(OpenAiRequest, AsksAnEngineOfOursForItsExtras) {
    auto request = with_message({.role = Role::kUser, .text = "hi"});
    request.sampling.seed = 7;
    request.sampling.top_p = 0.5;
    request.sampling.repeat_penalty = 1.5;
    request.max_tokens = {32};
    request.candidates = 4;
    request.grammar = "root ::= \"a\"";
    request.stop = {"\n\n"};
    EXPECT_EQ(encoded(request), parsed(R"({"model":"default","messages":[{"role":"user","content":"hi"}],
        "temperature":0.0,"top_p":0.5,"seed":7,"repeat_penalty":1.5,"max_tokens":32,"n":4,"stop":["\n\n"],"stream":true,
        "stream_options":{"include_usage":true},"grammar":"root ::= \"a\"","cache_prompt":true,
        "return_progress":true,"timings_per_token":true})"));
}

TEST(OpenAiRequest, BoundsTheThinkingOfAnEngineOfOurs) {
    auto request = with_message({.role = Role::kUser, .text = "hi"});
    EXPECT_EQ(member(encoded(request), "reasoning_budget_tokens"), nullptr);
    request.thinking_budget = Tokens{64};
    request.thinking_end = "Enough.";
    const auto some = encoded(request);
    EXPECT_EQ(some.at("reasoning_budget_tokens"), 64);
    EXPECT_EQ(some.at("reasoning_budget_message"), "Enough.");
    EXPECT_EQ(member(some, "chat_template_kwargs"), nullptr);
    request.thinking_budget = Tokens{0};
    const auto none = encoded(request);
    EXPECT_EQ(none.at("reasoning_budget_tokens"), 0);
    EXPECT_EQ(none.at_pointer("/chat_template_kwargs/enable_thinking"), false);
    EXPECT_EQ(member(encoded(request, false), "reasoning_budget_tokens"), nullptr);
}

TEST(OpenAiRequest, SendsACloudOnlyWhatTheApiHas) {
    auto request = with_message({.role = Role::kAssistant, .text = "hi", .reasoning = "hm"});
    request.model = "gpt";
    request.sampling.repeat_penalty = 1.5;
    EXPECT_EQ(encoded(request, false),
              parsed(R"({"model":"gpt","messages":[{"role":"assistant","content":"hi"}],
        "temperature":0.0,"stream":true,"stream_options":{"include_usage":true}})"));
}

TEST(OpenAiRequest, CarriesToolsAndTheirHistory) {
    auto request =
        with_message({.role = Role::kAssistant,
                      .reasoning = "look first",
                      .tool_calls = {{.id = "c1", .name = "read", .arguments = R"({"path": "a"})"}}});
    request.messages.push_back({.role = Role::kTool, .text = "content", .tool_call_id = "c1"});
    request.tools.push_back({.name = "read", .description = "Reads", .parameters = R"({"type":"object"})"});
    const auto body = encoded(request);
    EXPECT_EQ(body.at("messages"),
              parsed(R"([{"role":"assistant","content":"","reasoning_content":"look first",
        "tool_calls":[{"id":"c1","type":"function","function":{"name":"read","arguments":"{\"path\": \"a\"}"}}]},
        {"role":"tool","content":"content","tool_call_id":"c1"}])"));
    EXPECT_EQ(body.at("tools"), parsed(R"([{"type":"function","function":
        {"name":"read","description":"Reads","parameters":{"type":"object"}}}])"));
}

TEST(OpenAiRequest, RepairsToolArgumentsThatAreNoObject) {
    EXPECT_EQ(first_arguments(R"({"a": 1})"), R"({"a": 1})");
    EXPECT_EQ(first_arguments(""), "{}");
    EXPECT_EQ(first_arguments(R"("{\"a\":1}")"), R"({"a":1})");
    EXPECT_EQ(first_arguments(R"({"a": )"), R"({"malformed":"{\"a\":"})");
    EXPECT_EQ(first_arguments("[1]"), R"({"malformed":"[1]"})");
    EXPECT_EQ(first_arguments("ls -la"), R"({"malformed":"ls -la"})");
}

TEST(OpenAiRequest, ReplacesBytesThatAreNoText) {
    auto request = with_message({.role = Role::kUser, .text = "a\xFF\xC3(b"});
    request.stop = {"\x80"};
    const auto body = encoded(request);
    EXPECT_EQ(body.at_pointer("/messages/0/content").as_string(), "a\xEF\xBF\xBD\xEF\xBF\xBD(b");
    EXPECT_TRUE(is_valid_utf8(first_arguments("{\"a\":\"\xFF\"}")));
}

TEST(OpenAiRequest, IsTheSameTextForTheSameRequest) {
    const auto request = with_message({.role = Role::kUser, .text = "hi"});
    const OpenAiEndpoint endpoint{.address = net::UnixAddress{"/s"}};
    EXPECT_EQ(encode_openai_request(request, endpoint), encode_openai_request(request, endpoint));
}

}  // namespace
}  // namespace hearth::chat
