#include "app/cloud_models.h"

#include <gtest/gtest.h>
#include <string>

#include "remote/models_file.h"

namespace hearth::app {
namespace {

TEST(ModelWord, ALevelBehindTheLastColonIsTakenOff) {
    const auto word = parse_model_word("anthropic/claude-x:high");
    EXPECT_EQ(word.name, "anthropic/claude-x");
    EXPECT_EQ(word.thinking, chat::ThinkingLevel::kHigh);
    const auto two = parse_model_word("desk/qwen3:8b:off");
    EXPECT_EQ(two.name, "desk/qwen3:8b");
    EXPECT_EQ(two.thinking, chat::ThinkingLevel::kOff);
}

TEST(ModelWord, WhatIsNoLevelStaysPartOfTheName) {
    for (const auto* name : {"qwen3:8b", "desk/llama3.1:8b", "plain", "", "a:", "a:High"}) {
        EXPECT_EQ(parse_model_word(name).name, name);
        EXPECT_EQ(parse_model_word(name).thinking, std::nullopt) << name;
    }
}

TEST(CloudModels, AreThoseOfAProviderOfTheBook) {
    const remote::ProviderBook book(
        *remote::parse_models_file(
            R"({"providers":{"desk":{"baseUrl":"http://127.0.0.2/v1","api":"openai-completions",
            "models":[{"id":"org/m","name":"M","reasoning":true,"cost":{"input":2},"contextWindow":9000}]}}})",
            "models.json"),
        [](const char*) { return std::string(); });
    EXPECT_TRUE(is_elsewhere(book, "desk/org/m"));
    EXPECT_TRUE(is_elsewhere(book, "openai/gpt"));
    for (const auto* name : {"desk", "hearth/m", "/home/x/m.gguf", "./m", "unknown/m", ""})
        EXPECT_FALSE(is_elsewhere(book, name)) << name;
    const auto offer = find_elsewhere(book, "desk/org/m");
    ASSERT_TRUE(offer) << offer.error().message();
    const BookSource source = [&] { return Result<const remote::ProviderBook*>(&book); };
    EXPECT_EQ((*offer_elsewhere("desk/org/m", source))->id, "org/m");
    EXPECT_FALSE(*offer_elsewhere("unknown/m", source));
    const BookSource broken = [] {
        return Result<const remote::ProviderBook*>(Error(Code::kInvalidInput, "models.json is wrong"));
    };
    for (const auto* name : {"", "qwen3:8b", "hearth/m", "server/m", "openai/m.gguf", "./none.gguf"})
        EXPECT_FALSE(*offer_elsewhere(name, broken)) << name;
    EXPECT_FALSE(offer_elsewhere("openai/gpt", broken));
    const auto info = model_info(*offer);
    EXPECT_EQ(agent::author_of(info), "desk/org/m");
    EXPECT_EQ(
        agent::model_json(info),
        R"({"id":"org/m","name":"M","api":"openai-completions","provider":"desk","baseUrl":"http://127.0.0.2/v1",)"
        R"("reasoning":true,"input":["text"],"cost":{"input":2,"output":0,"cacheRead":0,"cacheWrite":0},)"
        R"("contextWindow":9000,"maxTokens":9000})");
}

}  // namespace
}  // namespace hearth::app
