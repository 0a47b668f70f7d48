#include "serve/model_defaults.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "serve/ollama_chat.h"

namespace hearth::serve {
namespace {

ChatCall call_of(const char* text) { return ollama_call(text, OllamaForm::kChat).value(); }

json::value body_of(const ChatCall& call) { return parse_json(call.body).value(); }

const model::ModelDefaults kDefaults{
    .system = "Be terse.",
    .chat_template = {},
    .parameters = R"({"temperature":0.1,"num_ctx":4096,"num_predict":9,"stop":["x"]})"};

TEST(ModelDefaults, FillWhatARequestLeavesOpen) {
    auto call = call_of(R"({"model":"m","messages":[{"role":"user","content":"q"}]})");
    ASSERT_TRUE(apply_defaults(kDefaults, call));
    const auto body = body_of(call);
    EXPECT_EQ(body.at_pointer("/messages/0/role"), "system");
    EXPECT_EQ(body.at_pointer("/messages/0/content"), "Be terse.");
    EXPECT_EQ(body.at_pointer("/messages/1/content"), "q");
    EXPECT_EQ(body.at("temperature"), 0.1) << "before the dialect's usual one";
    EXPECT_EQ(body.at("max_tokens"), 9);
    EXPECT_EQ(body.at_pointer("/stop/0"), "x");
    EXPECT_EQ(call.context, Tokens{4096});
    const auto once = call.body;
    ASSERT_TRUE(apply_defaults(kDefaults, call));
    EXPECT_EQ(call.body, once);
}

TEST(ModelDefaults, WhatARequestSaysStays) {
    auto call = call_of(
        R"({"model":"m","messages":[{"role":"system","content":"s"},{"role":"user","content":"q"}],
        "options":{"temperature":0.5,"num_ctx":512,"num_predict":1,"stop":["y"]}})");
    ASSERT_TRUE(apply_defaults(kDefaults, call));
    const auto body = body_of(call);
    EXPECT_EQ(body.at("messages").as_array().size(), 2U);
    EXPECT_EQ(body.at_pointer("/messages/0/content"), "s");
    EXPECT_EQ(body.at("temperature"), 0.5);
    EXPECT_EQ(body.at("max_tokens"), 1);
    EXPECT_EQ(body.at_pointer("/stop/0"), "y");
    EXPECT_EQ(call.context, Tokens{512});
}

TEST(ModelDefaults, NoneLeaveACallAsItIs) {
    auto call = call_of(R"({"model":"m","messages":[{"role":"user","content":"q"}]})");
    const auto before = call.body;
    ASSERT_TRUE(apply_defaults({}, call));
    EXPECT_EQ(call.body, before);
    EXPECT_EQ(body_of(call).at("temperature"), 0.8) << "what Ollama takes";
}

TEST(ModelDefaults, ALoadTakesTheWindow) {
    auto call = call_of(R"({"model":"m"})");
    ASSERT_TRUE(apply_defaults(kDefaults, call));
    EXPECT_TRUE(call.body.empty());
    EXPECT_EQ(call.context, Tokens{4096});
}

}  // namespace
}  // namespace hearth::serve
