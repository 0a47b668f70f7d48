#include "remote/models_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

#include "os/files.h"

namespace hearth::remote {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::Pair;
using testing::SizeIs;
using testing::StartsWith;

ModelsFile parsed(std::string_view text) {
    auto file = parse_models_file(text, "models.json");
    EXPECT_TRUE(file) << file.error().message();
    return file ? *std::move(file) : ModelsFile();
}

std::string error_of(std::string_view text) {
    const auto file = parse_models_file(text, "models.json");
    return file ? std::string("accepted") : file.error().message();
}

TEST(ModelsFile, HasWhatPiReads) {
    const auto file = parsed(R"({
        // comments are what people write into such files
        "providers": {
            "desk": {
                "name": "The desk", "baseUrl": "http://127.0.0.2:8000/v1", "api": "openai-completions",
                "apiKey": "$DESK_KEY", "authHeader": true, "headers": {"X-Team": "blue"},
                "compat": {"maxTokensField": "max_completion_tokens", "supportsUsageInStreaming": false,
                           "thinkingFormat": "qwen-chat-template", "openRouterRouting": {"only": ["a"]}},
                "models": [
                    {"id": "llama3.1:8b"},
                    {"id": "big", "name": "Big", "api": "anthropic-messages", "reasoning": true,
                     "thinkingLevelMap": {"off": null, "low": 2000, "xhigh": "max"}, "input": ["text", "image"],
                     "contextWindow": 200000, "maxTokens": 64000,
                     "cost": {"input": 3, "output": 15.5, "cacheRead": 0.3, "cacheWrite": 3.75},
                     "samplingParams": {"temperature": 0.2}, "headers": {"X-Model": "m"}},
                ],
            },
            "anthropic": {"modelOverrides": {"claude-x": {"cost": {"input": 1}, "maxTokens": 100}}},
        },
    })");
    EXPECT_THAT(file.notices, IsEmpty());
    ASSERT_THAT(file.providers, SizeIs(2));
    const auto& desk = file.providers[0];
    EXPECT_EQ(desk.id, "desk");
    EXPECT_EQ(desk.name, "The desk");
    EXPECT_EQ(desk.key, "$DESK_KEY");
    EXPECT_TRUE(desk.bearer);
    EXPECT_EQ(desk.shared.dialect, chat::Dialect::kOpenAiChat);
    EXPECT_EQ(desk.shared.completion_tokens, true);
    EXPECT_EQ(desk.shared.usage_in_stream, false);
    EXPECT_EQ(desk.shared.thinking_form, chat::ThinkingForm::kTemplate);
    EXPECT_THAT(desk.shared.headers, ElementsAre(Pair("X-Team", "blue")));
    ASSERT_THAT(desk.models, SizeIs(2));
    EXPECT_EQ(desk.models[0].id, "llama3.1:8b");
    EXPECT_EQ(desk.models[0].terms.context_window, std::nullopt);
    const auto& big = desk.models[1].terms;
    EXPECT_EQ(big.dialect, chat::Dialect::kAnthropic);
    EXPECT_EQ(big.reasoning, true);
    EXPECT_EQ(big.sees, true);
    EXPECT_EQ(desk.models[0].terms.sees, std::nullopt);
    EXPECT_EQ(big.context_window, 200'000);
    EXPECT_EQ(big.most_answer, 64'000);
    EXPECT_EQ(big.output_price, 15.5);
    EXPECT_EQ(big.temperature, 0.2);
    ASSERT_TRUE(big.thinking_words);
    EXPECT_EQ(big.thinking_words->at(chat::ThinkingLevel::kOff), std::nullopt);
    EXPECT_EQ(big.thinking_words->at(chat::ThinkingLevel::kLow), "2000");
    EXPECT_EQ(big.thinking_words->at(chat::ThinkingLevel::kXhigh), "max");
    ASSERT_THAT(file.providers[1].overrides, SizeIs(1));
    EXPECT_EQ(file.providers[1].overrides[0].terms.input_price, 1);
}

TEST(ModelsFile, AMistakeHasItsPlace) {
    const auto with_model = [](const std::string& model) {
        return error_of(R"({"providers":{"desk":{"models":[{"id":"a"},)" + model + "]}}}");
    };
    EXPECT_EQ(with_model(R"({"id":"b","contextWindow":"big"})"),
              "models.json: providers.desk.models[1].contextWindow: it has to be a number of tokens from 1 "
              "to 1000000000");
    EXPECT_EQ(with_model(R"({"name":"b"})"), "models.json: providers.desk.models[1]: it has no \"id\"");
    EXPECT_EQ(with_model(R"({"id":"a"})"), "models.json: providers.desk.models[1]: there are two models 'a'");
    EXPECT_THAT(
        with_model(R"({"id":"b","api":"telepathy"})"),
        HasSubstr(
            "providers.desk.models[1].api: 'telepathy' is none that hearth speaks: openai-completions"));
    EXPECT_THAT(with_model(R"({"id":"b","input":["text","smell"]})"),
                HasSubstr("models[1].input: it has to be a list"));
    EXPECT_THAT(with_model(R"({"id":"b","cost":{"input":-1}})"),
                HasSubstr("models[1].cost.input: it has to be a number"));
    EXPECT_THAT(with_model(R"({"id":"b","thinkingLevelMap":{"hard":"x"}})"),
                HasSubstr("thinkingLevelMap: 'hard' is no level"));
    EXPECT_THAT(with_model(R"({"id":"b","thinkingLevelMap":{"low":true}})"),
                HasSubstr("thinkingLevelMap.low: "));
    EXPECT_THAT(with_model(R"({"id":"b","compat":{"thinkingFormat":"x"}})"),
                HasSubstr("compat.thinkingFormat: 'x' is none"));
    EXPECT_THAT(error_of(R"({"providers":{"a b":{}}})"), HasSubstr("providers.a b: an id has no blanks"));
    EXPECT_THAT(error_of(R"({"providers":{"a":{"baseUrl":"ftp://x"}}})"),
                HasSubstr("providers.a.baseUrl: 'ftp://x' is no URL"));
    EXPECT_THAT(error_of(R"({"providers":[]})"), StartsWith("models.json: providers: "));
    EXPECT_THAT(error_of("[]"), StartsWith("models.json: it has to be an object"));
    EXPECT_THAT(error_of("{\n \"providers\": {\n  \"a\" {}\n }\n}"),
                HasSubstr("models.json: not valid JSON at byte 24, line 3"));
}

TEST(ModelsFile, NoErrorHoldsAValueThatMayBeASecret) {
    const std::string secret = "sk-planted";
    EXPECT_THAT(error_of(R"({"providers":{"a":{"headers":{"X":")" + secret + R"(\r\nY: z"}}}})"),
                Not(HasSubstr(secret)));
    EXPECT_THAT(error_of(R"({"providers":{"a":{"apiKey":[")" + secret + R"("]}}})"), Not(HasSubstr(secret)));
    EXPECT_THAT(error_of(R"({"providers":{"a":{"apiKey":")" + std::string(9000, 'x') + secret + R"("}}})"),
                Not(HasSubstr(secret)));
}

TEST(ModelsFile, WhatNobodyKnowsIsNoticed) {
    const auto file =
        parsed(R"({"providers":{"a":{"baseURL":"http://x","models":[{"id":"m","contextwindow":1}]}}})");
    EXPECT_THAT(
        file.notices,
        ElementsAre(
            "models.json: providers.a.baseURL is no setting that hearth or pi knows",
            "models.json: providers.a.models[0].contextwindow is no setting that hearth or pi knows"));
}

// As `hearth launch pi` writes it, where both programs read one file.
TEST(ModelsFile, HearthsOwnNamesArePassedOver) {
    const auto file = parsed(R"({"providers":{"hearth":{"baseUrl":"http://127.0.0.1:11434/v1"},"a":{}}})");
    ASSERT_THAT(file.providers, SizeIs(1));
    EXPECT_THAT(file.notices, ElementsAre(HasSubstr("providers.hearth is passed over")));
}

TEST(ModelsFile, IsEmptyWhereThereIsNone) {
    const auto folder = os::TempDir::create("hearth-models-file");
    ASSERT_TRUE(folder);
    const auto file = load_models_file(folder->path() / "models.json");
    ASSERT_TRUE(file);
    EXPECT_THAT(file->providers, IsEmpty());
    EXPECT_THAT(parsed("{}").providers, IsEmpty());
}

}  // namespace
}  // namespace hearth::remote
