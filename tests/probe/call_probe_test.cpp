#include "probe/call_probe.h"

#include <gtest/gtest.h>

#include "support/scripted_provider.h"

namespace hearth::probe {
namespace {

const CallTask& timer() { return call_tasks().front(); }

chat::Answer said(std::string text) {
    return {.message = {.role = chat::Role::kAssistant, .text = std::move(text)}};
}

chat::Answer called(std::string name, std::string arguments) {
    chat::Answer answer = said("");
    answer.message.tool_calls.push_back(
        {.id = "1", .name = std::move(name), .arguments = std::move(arguments)});
    return answer;
}

Calls counted(const CallTask& task, const chat::Answer& answer) {
    Calls calls;
    count_call(task, answer, calls);
    return calls;
}

TEST(CallProbe, TellsNativeCallsFromThoseInText) {
    const auto native = counted(timer(), called("set_timer", R"({"minutes":12})"));
    EXPECT_EQ(native.native, 1);
    EXPECT_EQ(native.right.right, 1);
    const auto text =
        counted(timer(), said("```json\n{\"name\": \"set_timer\", \"arguments\": {\"minutes\": 12}}\n```"));
    EXPECT_EQ(text.as_text, 1);
    EXPECT_EQ(text.right.right, 1);
}

TEST(CallProbe, ACallOfTheWrongToolOrWithOtherArgumentsIsNotRight) {
    const auto other = counted(timer(), called("get_weather", R"({"city":"Oslo"})"));
    EXPECT_EQ(other.native, 1);
    EXPECT_EQ(other.right.right, 0);
    EXPECT_EQ(counted(timer(), called("set_timer", R"({"minutes":21})")).right.right, 0);
}

TEST(CallProbe, WhatFitsNoSchemaIsMalformed) {
    for (const auto* arguments : {R"({"minutes":"twelve"})", "{}", "[12]", "{\"minutes\":", "12"}) {
        const auto calls = counted(timer(), called("set_timer", arguments));
        EXPECT_EQ(calls.malformed, 1) << arguments;
        EXPECT_EQ(calls.asked(), 1) << arguments;
    }
    EXPECT_EQ(counted(timer(), called("start_rocket", "{}")).malformed, 1);
    EXPECT_EQ(counted(timer(), said("I will call set_timer(minutes: 12")).malformed, 1);
}

TEST(CallProbe, ATextWithoutACallIsNone) {
    EXPECT_EQ(counted(timer(), said("It is done.")).none, 1);
    EXPECT_EQ(counted(timer(), said("You could use set_timer for that.")).none, 1);
}

TEST(CallProbe, EveryQuestionCanBeAnsweredByItsTool) {
    for (const auto& task : call_tasks())
        EXPECT_EQ(counted(task, called(task.tool, task.arguments)).right.right, 1) << task.words;
}

TEST(CallProbe, NamesTheFormOfMostCallsInText) {
    EXPECT_EQ(call_form("<tool_call>\n{\"name\": 1}"), "JSON in <tool_call> tags");
    EXPECT_EQ(call_form("```json\n{}\n```"), "JSON in a code fence");
    EXPECT_EQ(call_form("{\"name\": \"x\"}"), "bare JSON");
    EXPECT_EQ(call_form("<function=x>{}</function>"), "<function=NAME> tags");

    test::ScriptedProvider provider;
    for (int i = 0; i < 3; ++i)
        provider.then_text(i == 1
                               ? R"({"name": "set_timer", "arguments": {"minutes": 12}})"
                               : "```json\n{\"name\": \"set_timer\", \"arguments\": {\"minutes\": 12}}\n```");
    const Desk desk{
        .provider = provider, .effort = {.slots = 1, .tasks = 1, .samples = 3}, .tick = {}, .stop = {}};
    const auto calls = probe_calls(desk);
    ASSERT_TRUE(calls) << calls.error().message();
    EXPECT_EQ(calls->as_text, 3);
    EXPECT_EQ(calls->text_form, "JSON in a code fence");
    EXPECT_EQ(provider.requests.front().tools.size(), call_tools().size());
}

}  // namespace
}  // namespace hearth::probe
