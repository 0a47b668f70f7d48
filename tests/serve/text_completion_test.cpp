#include "serve/text_completion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "core/json.h"
#include "serve/ollama_chat.h"

namespace hearth::serve {
namespace {

using testing::HasSubstr;
using testing::Not;

json::value json_of(const std::string& text) { return parse_json(text).value(); }

chat::Reply reply_of(const std::vector<std::string>& texts) {
    chat::Reply reply;
    for (const auto& text : texts) {
        reply.answers.emplace_back();
        reply.answers.back().message.text = text;
    }
    return reply;
}

TEST(TextRequest, EachPromptHasItsBody) {
    const auto text =
        openai_text_call(R"({"model":"m","prompt":["a",[1,2]],"n":2,"stop":["x"],"logprobs":1})");
    ASSERT_TRUE(text) << text.error().message();
    EXPECT_EQ(text->call.api, EngineApi::kText);
    EXPECT_EQ(text->call.candidates, 2);
    EXPECT_EQ(json_of(text->call.body).at("prompt"), "a");
    ASSERT_EQ(text->call.more_prompts.size(), 1U);
    const auto second = json_of(text->call.more_prompts[0]);
    EXPECT_EQ(second.at("prompt"), json_of("[1,2]"));
    EXPECT_EQ(second.at("stop"), json_of(R"(["x"])"));
    EXPECT_EQ(second.at("max_tokens"), 16) << "OpenAI's where none is given";
    EXPECT_EQ(member(second, "n"), nullptr);
}

TEST(TextRequest, AListOfTokensIsOnePrompt) {
    const auto text = openai_text_call(R"({"model":"m","prompt":[1,2,3]})");
    ASSERT_TRUE(text);
    EXPECT_TRUE(text->call.more_prompts.empty());
    EXPECT_EQ(json_of(text->call.body).at("prompt"), json_of("[1,2,3]"));
}

TEST(TextRequest, WhatCannotBeDoneIsRefused) {
    for (const auto* body :
         {R"({"model":"m"})", R"({"prompt":"a"})", R"({"model":"m","prompt":[]})",
          R"({"model":"m","prompt":[[]]})", R"({"model":"m","prompt":["a",3]})",
          R"({"model":"m","prompt":{"a":1}})", R"({"model":"m","prompt":"a","best_of":3})",
          R"({"model":"m","prompt":["a","b"],"suffix":"c"})", R"({"model":"m","prompt":[1],"echo":true})"})
        EXPECT_FALSE(openai_text_call(body)) << body;
    std::string many = R"({"model":"m","n":2,"prompt":["a")";
    for (int i = 0; i < 64; ++i)
        many += R"(,"a")";
    EXPECT_THAT(openai_text_call(many + "]}").error().message(), HasSubstr("65 prompts with 2 answers"));
}

TEST(TextReply, ChunksKeepTheirChoicesAndLoseTheirCounts) {
    const auto text = openai_text_call(R"({"model":"m","prompt":["A:","B:"],"echo":true})");
    ASSERT_TRUE(text);
    const auto encoder = openai_text_encoder(*text);
    const auto chunk = [&](int index, const std::string& piece) {
        return encoder->payload(
            R"({"id":"x","model":"/models/file","choices":[{"index":)" + std::to_string(index) +
            R"(,"text":")" + piece +
            R"(","logprobs":{"tokens":["t"]},"finish_reason":null}],"usage":{"completion_tokens":1}})");
    };
    EXPECT_THAT(chunk(0, "a"), HasSubstr(R"("text":"A:a","logprobs":{"tokens":["t"]})"))
        << "with the echo, once";
    const std::string second = chunk(0, "b");
    EXPECT_THAT(second, HasSubstr(R"("text":"b")"));
    EXPECT_THAT(second, HasSubstr(R"("model":"m")"));
    EXPECT_THAT(second, Not(HasSubstr("usage"))) << "which are those of one answer";
    EXPECT_THAT(chunk(1, "c"), HasSubstr(R"("text":"B:c")"));
    EXPECT_EQ(encoder->payload("[DONE]"), "");
    EXPECT_EQ(encoder->end(reply_of({"ab", "c"}), {}), "data: [DONE]\n\n");
}

TEST(TextReply, AWholeAnswerHasAllChoices) {
    const auto text = openai_text_call(R"({"model":"m","prompt":["A:","B:"],"n":2,"echo":true})");
    ASSERT_TRUE(text);
    auto reply = reply_of({"a", "b", "c", "d"});
    reply.usage.generated_tokens = Tokens{4};
    const auto body = json_of(openai_text_encoder(*text)->whole(reply, {}).body);
    EXPECT_EQ(body.at_pointer("/choices/1/text"), "A:b");
    EXPECT_EQ(body.at_pointer("/choices/2/text"), "B:c");
    EXPECT_EQ(body.at_pointer("/choices/3/index"), 3);
    EXPECT_EQ(body.at_pointer("/usage/completion_tokens"), 4);
}

TEST(OllamaRequest, ARawPromptGoesWithoutATemplate) {
    const auto call = ollama_call(
        R"({"model":"m","prompt":"p","raw":true,"system":"s","format":{"type":"object"},"think":false,"options":{"num_predict":3}})",
        OllamaForm::kGenerate);
    ASSERT_TRUE(call);
    EXPECT_EQ(call->api, EngineApi::kText);
    const auto body = json_of(call->body);
    EXPECT_EQ(body.at("prompt"), "p");
    EXPECT_EQ(body.at("max_tokens"), 3);
    EXPECT_EQ(body.at_pointer("/json_schema/type"), "object");
    EXPECT_EQ(member(body, "chat_template_kwargs"), nullptr);
    const auto gap = ollama_call(R"({"model":"m","prompt":"p","suffix":"s"})", OllamaForm::kGenerate);
    ASSERT_TRUE(gap);
    EXPECT_EQ(gap->suffix, "s");
}

}  // namespace
}  // namespace hearth::serve
