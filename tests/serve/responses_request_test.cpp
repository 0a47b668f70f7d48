#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "core/json.h"
#include "serve/openai_responses.h"

namespace hearth::serve {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

json::value body_of(const ResponsesCall& call) { return parse_json(call.chat.body).value(); }

Result<ResponsesCall> call_with_input(const std::string& items) {
    return responses_call(R"({"model":"m","input":[)" + items + "]}", {});
}

TEST(ResponsesRequest, ItemsOfAnAssistantInARowAreOneTurn) {
    const auto call = call_with_input(
        R"({"role":"user","content":"q"},
        {"type":"reasoning","id":"rs_1","summary":[],"content":[{"type":"reasoning_text","text":"hm"}]},
        {"type":"message","role":"assistant","content":[{"type":"output_text","text":"I look."}]},
        {"type":"function_call","call_id":"c1","name":"weather","namespace":"geo","arguments":"{\"city\":\"Rome\"}"},
        {"type":"custom_tool_call","call_id":"c2","name":"patch","input":"+ a"},
        {"type":"web_search_call","id":"ws_1","status":"completed"},
        {"type":"function_call_output","call_id":"c1","output":"18"},
        {"type":"custom_tool_call_output","call_id":"c2","output":[{"type":"input_text","text":"done"}]})");
    ASSERT_TRUE(call) << call.error().message();
    const auto body = body_of(*call);
    ASSERT_EQ(body.at("messages").as_array().size(), 4U);
    EXPECT_EQ(body.at_pointer("/messages/1/reasoning_content"), "hm");
    EXPECT_EQ(body.at_pointer("/messages/1/content"), "I look.");
    EXPECT_EQ(body.at_pointer("/messages/1/tool_calls/0/function/name"), "geo__weather");
    EXPECT_EQ(body.at_pointer("/messages/1/tool_calls/1/function/arguments"), R"({"input":"+ a"})");
    EXPECT_EQ(body.at_pointer("/messages/2/tool_call_id"), "c1");
    EXPECT_EQ(body.at_pointer("/messages/3/content"), "done");
}

TEST(ResponsesRequest, InstructionsComeFirstAndEarlierItemsBeforeTheInput) {
    const auto call = responses_call(
        R"({"model":"m","instructions":"S","input":"and?","previous_response_id":"resp_1","store":false})",
        {.earlier =
             {R"([{"type":"message","role":"user","content":[{"type":"input_text","text":"q"}]}])",
              R"([{"type":"message","role":"assistant","content":[{"type":"output_text","text":"a"}]}])"},
         .items = {}});
    ASSERT_TRUE(call) << call.error().message();
    EXPECT_FALSE(call->store);
    EXPECT_EQ(call->previous, "resp_1");
    EXPECT_EQ(body_of(*call).at("messages"),
              parse_json(R"([{"role":"system","content":"S"},{"role":"user","content":"q"},
                  {"role":"assistant","content":"a"},{"role":"user","content":"and?"}])")
                  .value());
    EXPECT_THAT(call->input, HasSubstr("and?"));
    EXPECT_THAT(call->input, testing::Not(HasSubstr("\"q\""))) << "kept once, with its own response";
    EXPECT_THAT(call->id, StartsWith("resp_"));
}

TEST(ResponsesRequest, AReferenceStandsForItsItem) {
    const std::string body =
        R"({"model":"m","input":[{"role":"user","content":"q"},{"type":"item_reference","id":"msg_a_0"}]})";
    const auto references = responses_references(body);
    ASSERT_TRUE(references);
    EXPECT_THAT(references->items, testing::ElementsAre("msg_a_0"));
    EXPECT_EQ(response_of_item("msg_a_0"), "resp_a");
    EXPECT_EQ(response_of_item("msg"), "");
    const auto call = responses_call(
        body,
        {.earlier = {},
         .items = {{"msg_a_0", R"({"id":"msg_a_0","type":"message","role":"assistant","content":"a"})"}}});
    ASSERT_TRUE(call);
    EXPECT_EQ(body_of(*call).at_pointer("/messages/1/content"), "a");
    EXPECT_THAT(responses_call(body, {}).error().message(), HasSubstr("msg_a_0"));
}

TEST(ResponsesRequest, ToolsGoByNamesThatAreMappedBack) {
    const auto call = responses_call(R"({"model":"m","input":"q","tools":[
        {"type":"function","name":"add","parameters":{"type":"object"}},
        {"type":"namespace","name":"geo","tools":[{"type":"function","name":"weather"}]},
        {"type":"custom","name":"patch","format":{"type":"grammar","syntax":"lark","definition":"start: X"}},
        {"type":"web_search"},{"type":"mcp","server_label":"x"}]})",
                                     {});
    ASSERT_TRUE(call) << call.error().message();
    const auto body = body_of(*call);
    ASSERT_EQ(body.at("tools").as_array().size(), 3U) << "what runs at OpenAI is left out";
    EXPECT_EQ(body.at_pointer("/tools/1/function/name"), "geo__weather");
    EXPECT_THAT(std::string(body.at_pointer("/tools/2/function/description").as_string()),
                HasSubstr("start: X"));
    EXPECT_EQ(body.at_pointer("/tools/2/function/parameters/required/0"), "input");
    EXPECT_EQ(call->tools.at("geo__weather").space, "geo");
    EXPECT_TRUE(call->tools.at("patch").custom);
}

TEST(ResponsesRequest, ToolChoiceForcesACall) {
    const std::string tools =
        R"("tools":[{"type":"function","name":"a"},{"type":"namespace","name":"n","tools":[{"type":"function","name":"b"}]}])";
    const auto with = [&](const std::string& choice) {
        return responses_call(R"({"model":"m","input":"q",)" + tools + R"(,"tool_choice":)" + choice + "}",
                              {});
    };
    const auto named = with(R"({"type":"function","name":"b"})");
    ASSERT_TRUE(named) << named.error().message();
    EXPECT_TRUE(named->chat.forced_tool);
    EXPECT_EQ(body_of(*named).at_pointer("/tools/0/function/name"), "n__b");
    const auto allowed =
        with(R"({"type":"allowed_tools","mode":"auto","tools":[{"type":"function","name":"a"}]})");
    ASSERT_TRUE(allowed);
    EXPECT_FALSE(allowed->chat.forced_tool);
    EXPECT_EQ(body_of(*allowed).at("tools").as_array().size(), 1U);
    EXPECT_EQ(member(body_of(*with("\"none\"")), "tools"), nullptr);
    EXPECT_FALSE(with(R"({"type":"function","name":"absent"})"));
}

TEST(ResponsesRequest, FormatLimitAndEffortGoByTheChatApisNames) {
    const auto call = responses_call(
        R"({"model":"m","input":"q","max_output_tokens":9,"reasoning":{"effort":"none"},
        "text":{"format":{"type":"json_schema","name":"x","schema":{"type":"object"}}}})",
        {});
    ASSERT_TRUE(call);
    const auto body = body_of(*call);
    EXPECT_EQ(body.at("max_tokens"), 9);
    EXPECT_EQ(body.at_pointer("/chat_template_kwargs/enable_thinking"), false);
    EXPECT_EQ(body.at_pointer("/response_format/json_schema/schema/type"), "object");
    EXPECT_THAT(call->echo, HasSubstr(R"("max_output_tokens":9)"));
}

TEST(ResponsesRequest, WhatCannotBePassedOnIsRefused) {
    for (const auto* body :
         {R"({"model":"m"})", R"({"input":"q"})", R"({"model":"m","input":3})", R"({"model":"m","input":[]})",
          R"({"model":"m","input":"q","background":true})",
          R"({"model":"m","input":"q","conversation":"conv_1"})",
          R"({"model":"m","input":[{"role":"user","content":[{"type":"input_image","image_url":"x"}]}]})",
          R"({"model":"m","input":[{"role":"user","content":[{"type":"input_file","file_id":"x"}]}]})",
          R"({"model":"m","input":[{"role":"judge","content":"q"}]})",
          R"({"model":"m","input":[{"type":"compaction","encrypted_content":"x"}]})",
          R"({"model":"m","input":"q","text":{"format":{"type":"json_schema"}}})"})
        EXPECT_FALSE(responses_call(body, {})) << body;
}

}  // namespace
}  // namespace hearth::serve
