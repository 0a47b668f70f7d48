#include "serve/ollama_create.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hearth::serve {
namespace {

using testing::HasSubstr;

const std::string kHash(64, 'a');

TEST(CreateWish, OfAFile) {
    const auto wish = create_wish(
        R"({"model":"Mine:1","files":{"m.gguf":"sha256:)" + kHash +
        R"("},"system":"s","template":"t","license":["a","b"],"parameters":{"seed":1},"stream":false})");
    ASSERT_TRUE(wish) << wish.error().message();
    EXPECT_EQ(wish->name, "mine:1");
    EXPECT_EQ(wish->sha256, kHash);
    EXPECT_EQ(wish->from, "");
    EXPECT_EQ(wish->system, "s");
    EXPECT_EQ(wish->chat_template, "t");
    EXPECT_EQ(wish->licence, "a\n\nb");
    EXPECT_EQ(wish->parameters, R"({"seed":1})");
    EXPECT_FALSE(wish->streamed);
}

TEST(CreateWish, WhatItLeavesOpenComesFromTheModelBefore) {
    const auto wish = create_wish(R"({"name":"mine","from":"other:1b","parameters":{"seed":1,"top_k":2}})");
    ASSERT_TRUE(wish) << wish.error().message();
    EXPECT_TRUE(wish->streamed) << "which is the default there";
    const auto notes = notes_for(
        *wish, {.licence = "MIT", .defaults = {.system = "s", .parameters = R"({"seed":9,"top_p":1})"}});
    EXPECT_EQ(notes.licence, "MIT");
    EXPECT_EQ(notes.defaults.system, "s");
    EXPECT_EQ(notes.defaults.parameters, R"({"seed":1,"top_p":1,"top_k":2})");
    const auto without = create_wish(R"({"name":"mine","from":"other:1b","system":""})");
    EXPECT_EQ(notes_for(*without, {.defaults = {.system = "s"}}).defaults.system, "")
        << "an empty one takes it away";
}

TEST(CreateWish, WhatCannotBeDoneIsSaid) {
    const auto why = [](const std::string& body) { return create_wish(body).error().message(); };
    EXPECT_THAT(why(R"({"model":"m"})"), HasSubstr("say what the model is made of"));
    EXPECT_THAT(why(R"({"model":"m","from":"x","files":{"a":"sha256:)" + kHash + R"("}})"),
                HasSubstr("say what"));
    EXPECT_THAT(why(R"({"model":"m","files":{"a":"sha256:1"}})"), HasSubstr("digest"));
    EXPECT_THAT(why(R"({"model":"m","files":{"a":"x","b":"y"}})"), HasSubstr("several"));
    EXPECT_THAT(why(R"({"model":"m","from":"x","quantize":"q4_0"})"), HasSubstr("'quantize'"));
    EXPECT_THAT(why(R"({"model":"m","from":"x","adapters":{"a":"b"}})"), HasSubstr("'adapters'"));
    EXPECT_THAT(why(R"({"model":"../m","from":"x"})"), HasSubstr("no model name"));
    EXPECT_THAT(why(R"({"model":"m","from":"x","parameters":{"a":{}}})"), HasSubstr("'a'"));
    EXPECT_TRUE(create_wish(R"({"model":"m","from":"x","quantize":"","adapters":{},"messages":[]})"))
        << "clients send empty ones";
}

}  // namespace
}  // namespace hearth::serve
