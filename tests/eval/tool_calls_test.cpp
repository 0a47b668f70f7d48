#include "eval/tool_calls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "eval/task_folder.h"

namespace hearth::eval {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

ToolItem lamp() { return parse_tool_item(kLampItem, "i.toml").value(); }

TEST(ToolCalls, ToolsHaveTheFormOfTheChatApi) {
    EXPECT_EQ(tools_json(lamp()),
              "[\n  {\"type\":\"function\",\"function\":{\"name\":\"set_lamp\",\"description\":\"Sets a "
              "lamp.\",\"parameters\":{\"type\":\"object\",\"properties\":{\"room\":{\"type\":\"string\"},"
              "\"level\":{\"type\":\"integer\"}},\"required\":[\"room\",\"level\"]}}}\n]\n");
}

TEST(ToolCalls, AreReadAsTheyWereWritten) {
    const std::string text = calls_json({{"a", R"({"x":1})"}, {"b", ""}, {"c", "[1]"}, {"d", "{x"}});
    EXPECT_EQ(text,
              "[\n  {\"name\":\"a\",\"arguments\":{\"x\":1}},\n  {\"name\":\"b\",\"arguments\":{}},\n  "
              "{\"name\":\"c\",\"arguments\":\"[1]\"},\n  {\"name\":\"d\",\"arguments\":\"{x\"}\n]\n");
    const auto calls = parse_calls(text);
    ASSERT_TRUE(calls) << calls.error().message();
    ASSERT_EQ(calls->size(), 4U);
    EXPECT_EQ((*calls)[0].arguments, R"({"x":1})");
    EXPECT_EQ((*calls)[2].arguments, "[1]");
    EXPECT_EQ((*calls)[3].arguments, "{x");
    EXPECT_EQ(calls_json({}), "[]\n");
    EXPECT_THAT(*parse_calls("[]\n"), IsEmpty());
}

TEST(ToolCalls, DeepArgumentsAreReadAgainToo) {
    std::string deep;
    for (int i = 0; i < 63; ++i)
        deep += "{\"a\":";
    deep += "1" + std::string(63, '}');
    const auto calls = parse_calls(calls_json({{"a", deep}}));
    ASSERT_TRUE(calls) << calls.error().message();
    EXPECT_EQ(calls->front().arguments, deep);
}

TEST(ToolCalls, ArgumentsMayBeATextOrAbsent) {
    const auto calls = parse_calls(R"([{"name":"a","arguments":"{\"x\":1}"},{"name":"b"}])");
    ASSERT_TRUE(calls) << calls.error().message();
    EXPECT_EQ((*calls)[0].arguments, R"({"x":1})");
    EXPECT_EQ((*calls)[1].arguments, "{}");
}

TEST(ToolCalls, WhatIsNoListOfCallsIsAMistake) {
    const auto mistake = [](std::string_view text) {
        const auto calls = parse_calls(text);
        return calls ? std::string() : calls.error().message();
    };
    EXPECT_THAT(mistake("set_lamp"), HasSubstr("calls.json is no JSON list"));
    EXPECT_THAT(mistake(R"({"name":"a"})"), HasSubstr("calls.json is no JSON list"));
    EXPECT_THAT(mistake(R"([{"name":"a"},{"tool":"b"}])"), HasSubstr("call 2 has no 'name'"));
}

TEST(ToolCalls, TheReferenceTakesTheFirstOfSeveralRightValues) {
    const auto calls = reference_calls(lamp());
    ASSERT_EQ(calls.size(), 1U);
    EXPECT_EQ(calls.front().arguments, R"({"room":"hall","level":0})");
    EXPECT_TRUE(score_calls(lamp(), calls).passed);
}

TEST(ToolCalls, ACallWrittenOutIsToldFromProse) {
    EXPECT_TRUE(call_in_text(lamp(), "```json\n{\"name\": \"set_lamp\", \"arguments\": {}}\n```"));
    EXPECT_FALSE(call_in_text(lamp(), "I would call \"set_lamp\" for that."));
    EXPECT_FALSE(call_in_text(lamp(), "{\"name\": \"dim\"}"));
}

}  // namespace
}  // namespace hearth::eval
