#include "serve/chat_call.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace hearth::serve {
namespace {

using testing::HasSubstr;

Result<ChatCall> call_of(std::string_view text) {
    return finish_chat_call(parse_json(text)->as_object(), {});
}

json::value body_of(std::string_view text) {
    const auto call = call_of(text);
    EXPECT_TRUE(call) << (call ? "" : call.error().message());
    return call ? parse_json(call->body).value() : json::value();
}

std::string messages_of(std::string_view messages) {
    return json::serialize(body_of(R"({"messages":)" + std::string(messages) + "}").at("messages"));
}

TEST(ChatCall, ABodyOfVeryManyValuesIsRefusedAndALongTextIsNot) {
    std::string values;
    std::string text;
    for (int i = 0; i < 1'000'001; ++i) {
        values += "[],";
        text += R"(,[\"{)";
    }
    const auto refused = parse_body(R"({"a":[)" + values + "0]}");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code(), Code::kTooLarge);
    EXPECT_TRUE(parse_body(R"({"a":")" + text + R"("})"));
}

TEST(ChatCall, LeadingSystemTurnsBecomeOne) {
    EXPECT_EQ(
        messages_of(
            R"([{"role":"system","content":"A"},{"role":"developer","content":"B"},{"role":"user","content":"q"}])"),
        R"([{"role":"system","content":"A\n\nB"},{"role":"user","content":"q"}])");
}

TEST(ChatCall, ALaterSystemTurnJoinsTheUserTurnBeforeIt) {
    EXPECT_EQ(messages_of(R"([{"role":"user","content":"q"},{"role":"system","content":"be brief"}])"),
              R"([{"role":"user","content":"q\n\nbe brief"}])");
    EXPECT_EQ(
        messages_of(
            R"([{"role":"user","content":[{"type":"text","text":"q"}]},{"role":"system","content":"brief"}])"),
        R"([{"role":"user","content":[{"type":"text","text":"q"},{"type":"text","text":"brief"}]}])");
}

TEST(ChatCall, ASystemTurnBehindAnAnswerBecomesAUserTurn) {
    EXPECT_EQ(
        messages_of(
            R"([{"role":"user","content":"q"},{"role":"assistant","content":"a"},{"role":"system","content":"s"}])"),
        R"([{"role":"user","content":"q"},{"role":"assistant","content":"a"},{"role":"user","content":"s"}])");
}

TEST(ChatCall, ArgumentsOfEarlierCallsAreAlwaysAnObject) {
    const auto arguments = [](const char* given) {
        const auto body = body_of(
            std::string(
                R"({"messages":[{"role":"assistant","content":null,"tool_calls":[{"id":"1","type":)") +
            R"("function","function":{"name":"f","arguments":)" + given + "}}]}]}");
        return std::string(body.at_pointer("/messages/0/tool_calls/0/function/arguments").as_string());
    };
    EXPECT_EQ(arguments(R"("{\"a\":1}")"), R"({"a":1})");
    EXPECT_EQ(arguments(R"({"a":1})"), R"({"a":1})");
    EXPECT_EQ(arguments(R"("")"), "{}");
    EXPECT_THAT(arguments(R"("{\"a\":")"), HasSubstr("malformed"));
}

TEST(ChatCall, ToolChoiceIsDoneHere) {
    const std::string tools =
        R"("tools":[{"type":"function","function":{"name":"a"}},{"type":"function","function":{"name":"b"}}])";
    const auto with = [&](const std::string& choice) {
        return call_of(R"({"messages":[{"role":"user","content":"q"}],)" + tools + choice + "}");
    };
    EXPECT_FALSE(with("")->forced_tool);
    EXPECT_FALSE(with(R"(,"tool_choice":"auto")")->forced_tool);
    EXPECT_TRUE(with(R"(,"tool_choice":"required")")->forced_tool);
    const auto none = with(R"(,"tool_choice":"none")");
    EXPECT_FALSE(none->forced_tool);
    EXPECT_EQ(none->body.find("\"tools\""), std::string::npos);
    const auto named = with(R"(,"tool_choice":{"type":"function","function":{"name":"b"}})");
    EXPECT_TRUE(named->forced_tool);
    EXPECT_EQ(named->body.find("\"a\""), std::string::npos);
    const auto absent = with(R"(,"tool_choice":{"type":"function","function":{"name":"c"}})");
    ASSERT_FALSE(absent);
    EXPECT_EQ(absent.error().code(), Code::kInvalidInput);
}

TEST(ChatCall, WhatNoEngineHereCanSeeIsRefused) {
    const auto call = call_of(
        R"({"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:"}}]}]})");
    ASSERT_FALSE(call);
    EXPECT_THAT(call.error().message(), HasSubstr("messages[0]"));
}

TEST(ChatCall, WhatIsNoConversationIsRefusedWithItsPlace) {
    for (const auto* text : {R"({})", R"({"messages":[]})", R"({"messages":"hi"})"})
        EXPECT_FALSE(call_of(text)) << text;
    EXPECT_THAT(call_of(R"({"messages":[{"role":"user","content":"q"},{"content":"x"}]})").error().message(),
                HasSubstr("messages[1]"));
    EXPECT_THAT(call_of(R"({"messages":[{"role":"user","content":7}]})").error().message(),
                HasSubstr("messages[0]"));
}

TEST(ChatCall, TheEngineAlwaysStreamsWithItsCounts) {
    const auto body = body_of(
        R"({"model":"m","stream":false,"max_completion_tokens":7,"messages":[{"role":"user","content":"q"}]})");
    EXPECT_EQ(body.at("stream"), true);
    EXPECT_EQ(body.at("max_tokens"), 7);
    EXPECT_EQ(body.at_pointer("/stream_options/include_usage"), true);
    EXPECT_FALSE(body.as_object().contains("model"));
}

}  // namespace
}  // namespace hearth::serve
