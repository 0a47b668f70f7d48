#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "serve/anthropic_messages.h"
#include "serve/ollama_chat.h"
#include "serve/openai_chat.h"

namespace hearth::serve {
namespace {

using testing::HasSubstr;
using testing::Not;

chat::Reply reply_of(std::string text, std::vector<chat::ToolCall> calls = {}) {
    chat::Reply reply;
    chat::Answer answer;
    answer.message.role = chat::Role::kAssistant;
    answer.message.text = std::move(text);
    answer.reason = calls.empty() ? chat::StopReason::kStop : chat::StopReason::kToolCalls;
    answer.message.tool_calls = std::move(calls);
    reply.answers.push_back(std::move(answer));
    reply.usage = {.prompt_tokens = {12},
                   .cached_tokens = {8},
                   .generated_tokens = {3},
                   .prompt_seconds = 0.5,
                   .decode_seconds = 0.25};
    return reply;
}

json::value body_of(const ChatCall& call) { return parse_json(call.body).value(); }

std::vector<json::value> lines_of(const std::string& text) {
    std::vector<json::value> lines;
    std::size_t at = 0;
    for (auto end = text.find('\n'); end != std::string::npos; at = end + 1, end = text.find('\n', at))
        lines.push_back(parse_json(text.substr(at, end - at)).value());
    return lines;
}

TEST(OllamaRequest, OptionsGoByTheEnginesNames) {
    const auto call =
        ollama_call(R"({"model":"m","messages":[{"role":"User","content":"q"}],"keep_alive":"1h",
        "options":{"num_predict":7,"num_ctx":4096,"top_k":5,"num_keep":2,"stop":["x"]},"think":false,"format":"json"})",
                    OllamaForm::kChat);
    ASSERT_TRUE(call) << call.error().message();
    const auto body = body_of(*call);
    EXPECT_TRUE(call->stream) << "which is the default there";
    EXPECT_EQ(call->context.value, 4096);
    EXPECT_EQ(call->keep_alive, std::chrono::hours(1));
    EXPECT_EQ(body.at("max_tokens"), 7);
    EXPECT_EQ(body.at("top_k"), 5);
    EXPECT_EQ(body.at("n_keep"), 2);
    EXPECT_EQ(body.at_pointer("/messages/0/role"), "user");
    EXPECT_EQ(body.at_pointer("/chat_template_kwargs/enable_thinking"), false);
    EXPECT_EQ(body.at_pointer("/response_format/type"), "json_object");
}

TEST(OllamaRequest, ToolCallsAndResultsBecomeThoseOfTheChatApi) {
    const auto call = ollama_call(R"({"model":"m","messages":[{"role":"user","content":"q"},
        {"role":"assistant","content":"","tool_calls":[{"function":{"name":"f","arguments":{"a":1}}}]},
        {"role":"tool","tool_name":"f","content":"2"}]})",
                                  OllamaForm::kChat);
    ASSERT_TRUE(call);
    const auto body = body_of(*call);
    EXPECT_EQ(body.at_pointer("/messages/1/tool_calls/0/function/arguments"), R"({"a":1})");
    EXPECT_EQ(body.at_pointer("/messages/2/tool_call_id"), body.at_pointer("/messages/1/tool_calls/0/id"));
}

TEST(OllamaRequest, WithoutAPromptItOnlyLoads) {
    EXPECT_TRUE(ollama_call(R"({"model":"m"})", OllamaForm::kGenerate)->body.empty());
    EXPECT_TRUE(ollama_call(R"({"model":"m","messages":[]})", OllamaForm::kChat)->body.empty());
    EXPECT_EQ(ollama_call(R"({"model":"m","keep_alive":0})", OllamaForm::kGenerate)->keep_alive,
              std::chrono::seconds(0));
    EXPECT_FALSE(ollama_call(R"({"prompt":"q"})", OllamaForm::kGenerate)) << "no model";
    EXPECT_FALSE(ollama_call(R"({"model":"m","prompt":"q","images":["x"]})", OllamaForm::kGenerate));
}

TEST(OllamaRequest, KeepAliveIsATimeOrSeconds) {
    EXPECT_EQ(*parse_keep_alive("5m"), std::chrono::minutes(5));
    EXPECT_EQ(*parse_keep_alive("1h30m"), std::chrono::minutes(90));
    EXPECT_EQ(*parse_keep_alive("90"), std::chrono::seconds(90));
    EXPECT_EQ(*parse_keep_alive("-1"), std::chrono::seconds(-1));
    EXPECT_EQ(*parse_keep_alive("-5m"), std::chrono::seconds(-1));
    for (const auto* text : {"", "m", "5x", "five", "5m3"})
        EXPECT_FALSE(parse_keep_alive(text)) << text;
}

TEST(OllamaReply, EndsWithCountsAndNanoseconds) {
    const auto encoder = ollama_encoder({.model = "m"}, OllamaForm::kChat);
    const std::string stream =
        encoder->event(chat::TextDelta{.candidate = 0, .text = "Hi"}) +
        encoder->end(reply_of("Hi"), {.load_seconds = 1, .queue_seconds = 0, .total_seconds = 2});
    const auto lines = lines_of(stream);
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_EQ(lines[0].at_pointer("/message/content"), "Hi");
    EXPECT_EQ(lines[0].at("done"), false);
    EXPECT_EQ(lines[1].at("done_reason"), "stop");
    EXPECT_EQ(lines[1].at("total_duration"), 2'000'000'000);
    EXPECT_EQ(lines[1].at("prompt_eval_count"), 12);
    EXPECT_EQ(lines[1].at("eval_duration"), 250'000'000);
}

TEST(OllamaReply, CallsComeWholeWithObjects) {
    const auto encoder = ollama_encoder({.model = "m"}, OllamaForm::kChat);
    const auto lines =
        lines_of(encoder->end(reply_of("", {{.id = "1", .name = "f", .arguments = R"({"a":1})"}}), {}));
    ASSERT_EQ(lines.size(), 2U);
    EXPECT_EQ(lines[0].at_pointer("/message/tool_calls/0/function/arguments/a"), 1);
    EXPECT_EQ(lines[1].at("done"), true);
}

TEST(OpenAiReply, ChunksPassAndTheCountsAreTheSum) {
    ChatCall call{.model = "m"};
    call.include_usage = true;
    const auto encoder = openai_chat_encoder(call);
    EXPECT_EQ(encoder->payload(R"({"id":"a","choices":[{"index":0}]})"),
              "data: {\"id\":\"a\",\"choices\":[{\"index\":0}]}\n\n");
    EXPECT_THAT(encoder->payload(R"({"id":"b","choices":[{"index":1}]})"), HasSubstr(R"({"id":"a",)"))
        << "one stream has one id";
    EXPECT_EQ(encoder->payload(R"({"choices":[],"usage":{"completion_tokens":1}})"), "");
    EXPECT_EQ(encoder->payload("[DONE]"), "");
    const auto end = encoder->end(reply_of("Hi"), {});
    EXPECT_THAT(end, HasSubstr(R"({"id":"a",)"));
    EXPECT_THAT(end, HasSubstr(R"("completion_tokens":3)"));
    EXPECT_THAT(end, HasSubstr(R"("cached_tokens":8)"));
    EXPECT_THAT(end, HasSubstr(R"("timings":{"cache_n":8,"prompt_n":4,"prompt_ms":5E2,)"));
    EXPECT_TRUE(end.ends_with("data: [DONE]\n\n"));
    call.include_usage = false;
    EXPECT_EQ(openai_chat_encoder(call)->end(reply_of("Hi"), {}), "data: [DONE]\n\n");
}

TEST(OpenAiReply, TimingsAreThoseOfLlamaServer) {
    chat::Reply reply = reply_of("Hi");
    reply.usage.drafted_tokens = {2};
    reply.usage.accepted_tokens = {1};
    const auto body = parse_json(openai_chat_encoder({.model = "m"})->whole(reply, {}).body).value();
    const json::value& timings = body.at("timings");
    EXPECT_EQ(timings.at("prompt_per_second"), 8.0)
        << "of the 4 tokens that were not cached, in half a second";
    EXPECT_EQ(timings.at("predicted_n"), 3);
    EXPECT_EQ(timings.at("predicted_per_second"), 12.0);
    EXPECT_EQ(timings.at("draft_n"), 2);
    EXPECT_EQ(timings.at("draft_n_accepted"), 1);
}

TEST(OpenAiReply, WithoutTheEnginesClockThereAreNoTimings) {
    chat::Reply reply = reply_of("Hi");
    reply.usage.prompt_seconds = 0;
    reply.usage.decode_seconds = 0;
    EXPECT_THAT(openai_chat_encoder({.model = "m"})->whole(reply, {}).body, Not(HasSubstr("timings")));
}

TEST(OpenAiReply, ErrorsHaveItsShape) {
    const auto missing = openai_error_response(Error(Code::kNotFound, "no such model"));
    EXPECT_EQ(missing.status, 404);
    EXPECT_THAT(missing.body, HasSubstr("model_not_found"));
    const auto overflow = openai_error_response(
        Error(Code::kInvalidInput, "the prompt has 9 tokens and the context window holds 8"));
    EXPECT_EQ(overflow.status, 400);
    EXPECT_THAT(overflow.body, HasSubstr("context_length_exceeded"));
    EXPECT_EQ(openai_error_response(Error(Code::kExhausted, "queue")).status, 429);
    const auto full = openai_error_response(Error(Code::kDiskFull, "no room in /data"));
    EXPECT_EQ(full.status, 507);
    EXPECT_THAT(full.body, HasSubstr("server_error"));
    EXPECT_THAT(full.body, HasSubstr("no room in /data"));
}

TEST(AnthropicRequest, BlocksBecomeMessages) {
    const auto call = anthropic_call(
        R"({"model":"m","max_tokens":9,"system":[{"type":"text","text":"S","cache_control":{}}],
        "messages":[{"role":"user","content":"q"},
            {"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":""},{"type":"text","text":"a"},
                {"type":"tool_use","id":"t1","name":"f","input":{"x":1}}]},
            {"role":"user","content":[{"type":"text","text":"and?"},
                {"type":"tool_result","tool_use_id":"t1","is_error":true,"content":[{"type":"text","text":"boom"}]}]}],
        "tools":[{"name":"f","description":"d","input_schema":{"type":"object"}},{"type":"web_search_20250305","name":"web_search"}],
        "tool_choice":{"type":"any"},"stop_sequences":["END"]})");
    ASSERT_TRUE(call) << call.error().message();
    const auto body = body_of(*call);
    EXPECT_EQ(body.at("messages").as_array().size(), 5U);
    EXPECT_EQ(body.at_pointer("/messages/0/content"), "S");
    EXPECT_EQ(body.at_pointer("/messages/2/reasoning_content"), "hm");
    EXPECT_EQ(body.at_pointer("/messages/2/tool_calls/0/function/arguments"), R"({"x":1})");
    EXPECT_EQ(body.at_pointer("/messages/3/role"), "tool") << "results come before what else the turn says";
    EXPECT_EQ(body.at_pointer("/messages/3/content"), "Error: boom");
    EXPECT_EQ(body.at_pointer("/messages/4/content"), "and?");
    EXPECT_EQ(body.at("tools").as_array().size(), 1U);
    EXPECT_EQ(body.at_pointer("/stop/0"), "END");
    EXPECT_TRUE(call->forced_tool);
    EXPECT_FALSE(call->stream);
}

TEST(AnthropicRequest, WhatCannotBePassedOnIsRefused) {
    EXPECT_FALSE(anthropic_call(R"({"model":"m","messages":[]})"));
    EXPECT_FALSE(anthropic_call(R"({"messages":[{"role":"user","content":"q"}]})"));
    EXPECT_FALSE(anthropic_call(
        R"({"model":"m","messages":[{"role":"user","content":[{"type":"image","source":{}}]}]})"));
    EXPECT_FALSE(anthropic_call(
        R"({"model":"m","messages":[{"role":"user","content":[{"type":"document","source":{"type":"base64"}}]}]})"));
    EXPECT_FALSE(anthropic_call(R"({"model":"m","messages":[{"role":"judge","content":"q"}]})"));
}

TEST(AnthropicReply, BlocksOpenAndCloseInOrder) {
    const auto encoder = anthropic_encoder({.model = "m"});
    std::string stream = encoder->begin();
    stream += encoder->event(chat::ReasoningDelta{.candidate = 0, .text = "hm"});
    stream += encoder->event(chat::TextDelta{.candidate = 0, .text = "I call "});
    stream += encoder->event(chat::TextDelta{.candidate = 0, .text = "f."});
    stream += encoder->event(
        chat::ToolCallDelta{.candidate = 0, .index = 0, .id = "t1", .name = "f", .arguments = "{\"a\""});
    stream += encoder->event(
        chat::ToolCallDelta{.candidate = 0, .index = 0, .id = "", .name = "", .arguments = ":1}"});
    stream += encoder->event(
        chat::ToolCallDelta{.candidate = 0, .index = 1, .id = "t2", .name = "g", .arguments = "{}"});
    stream += encoder->end(reply_of("I call f.", {{.id = "t1", .name = "f", .arguments = R"({"a":1})"}}), {});
    std::vector<std::string> names;
    for (std::size_t at = stream.find("event: "); at != std::string::npos;
         at = stream.find("event: ", at + 1)) {
        const auto name = stream.substr(at + 7, stream.find('\n', at) - at - 7);
        if (name != "content_block_delta") names.push_back(name);
    }
    EXPECT_THAT(names,
                testing::ElementsAre("message_start", "content_block_start", "content_block_stop",
                                     "content_block_start", "content_block_stop", "content_block_start",
                                     "content_block_stop", "content_block_start", "content_block_stop",
                                     "message_delta", "message_stop"));
    EXPECT_THAT(stream, HasSubstr("signature_delta"));
    EXPECT_THAT(stream, HasSubstr(R"("stop_reason":"tool_use")"));
    EXPECT_THAT(stream, HasSubstr(R"("input_tokens":4,"cache_read_input_tokens":8)"));
    EXPECT_THAT(stream, Not(HasSubstr("[DONE]")));
}

TEST(AnthropicReply, AnEngineThatIsGoneIsOverloaded) {
    const auto refused = anthropic_error_response(Error(Code::kUnavailable, "gone"));
    EXPECT_EQ(refused.status, 529);
    EXPECT_THAT(refused.body, HasSubstr(R"({"type":"error","error":{"type":"overloaded_error")"));
}

}  // namespace
}  // namespace hearth::serve
