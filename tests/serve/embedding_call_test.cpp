#include "serve/embedding_call.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "core/json.h"

namespace hearth::serve {
namespace {

using testing::ElementsAre;
using testing::FloatNear;
using testing::HasSubstr;

constexpr auto kOpenAi = EmbeddingForm::kOpenAi;

TEST(EmbeddingRequest, AnInputIsTextOrTokensOrAListOfEither) {
    EXPECT_EQ(embedding_call(R"({"model":"m","input":"a"})", kOpenAi)->inputs.at(0).text, "a");
    EXPECT_THAT(embedding_call(R"({"model":"m","input":[1,2]})", kOpenAi)->inputs.at(0).tokens,
                ElementsAre(1, 2));
    const auto mixed =
        embedding_call(R"({"model":"m","input":["a",[1,2]],"encoding_format":"base64"})", kOpenAi);
    ASSERT_TRUE(mixed) << mixed.error().message();
    ASSERT_EQ(mixed->inputs.size(), 2U);
    EXPECT_TRUE(mixed->base64);
    EXPECT_EQ(embedding_body(mixed->inputs), R"({"input":["a",[1,2]],"encoding_format":"float"})");
}

TEST(EmbeddingRequest, WhatIsNoInputIsRefused) {
    for (const auto* body :
         {R"({"model":"m"})", R"({"input":"a"})", R"({"model":"m","input":""})",
          R"({"model":"m","input":[]})", R"({"model":"m","input":["a",""]})",
          R"({"model":"m","input":[[1.5]]})", R"({"model":"m","input":[-1]})",
          R"({"model":"m","input":{"a":1}})", R"({"model":"m","input":"a","dimensions":-1})",
          R"({"model":"m","input":"a","encoding_format":"hex"})"})
        EXPECT_FALSE(embedding_call(body, kOpenAi)) << body;
    std::string many = R"({"model":"m","input":["a")";
    for (int i = 0; i < 2048; ++i)
        many += R"(,"a")";
    EXPECT_THAT(embedding_call(many + "]}", kOpenAi).error().message(), HasSubstr("2049 inputs"));
}

TEST(EmbeddingRequest, OllamasClientsCutByDefaultAndLoadWithNothing) {
    const auto call = embedding_call(
        R"({"model":"m","input":["a"],"options":{"num_ctx":99},"keep_alive":"1h"})", EmbeddingForm::kOllama);
    ASSERT_TRUE(call);
    EXPECT_TRUE(call->truncate);
    EXPECT_EQ(call->context.value, 99);
    EXPECT_EQ(call->keep_alive, std::chrono::hours(1));
    EXPECT_FALSE(
        embedding_call(R"({"model":"m","input":"a","truncate":false})", EmbeddingForm::kOllama)->truncate);
    EXPECT_TRUE(embedding_call(R"({"model":"m","input":""})", EmbeddingForm::kOllama)->inputs.empty());
    EXPECT_TRUE(embedding_call(R"({"model":"m"})", EmbeddingForm::kOllama)->inputs.empty());
    EXPECT_EQ(embedding_call(R"({"model":"m","prompt":"p"})", EmbeddingForm::kOllamaOne)->inputs.at(0).text,
              "p");
}

constexpr const char* kEngine =
    R"({"data":[{"index":1,"embedding":[0.6,0.0,0.8]},{"index":0,"embedding":[0.36,0.48,0.8]}],"usage":{"prompt_tokens":7}})";

TEST(Embeddings, ComeInTheOrderOfTheInputs) {
    const auto found = read_embeddings(kEngine, 2, 0);
    ASSERT_TRUE(found) << found.error().message();
    EXPECT_THAT(found->vectors[0], ElementsAre(0.36F, 0.48F, 0.8F));
    EXPECT_EQ(found->prompt.value, 7);
}

TEST(Embeddings, AShorterVectorHasLengthOneAgain) {
    const auto found = read_embeddings(kEngine, 2, 2);
    ASSERT_TRUE(found);
    EXPECT_THAT(found->vectors[0], ElementsAre(FloatNear(0.6F, 1e-6F), FloatNear(0.8F, 1e-6F)));
    EXPECT_EQ(read_embeddings(kEngine, 2, 4).error().code(), Code::kInvalidInput);
}

TEST(Embeddings, WhatIsNoAnswerIsCorrupt) {
    for (const auto* answer :
         {"{}", R"({"data":[]})", R"({"data":[{"index":0,"embedding":[1]},{"index":0,"embedding":[1]}]})",
          R"({"data":[{"index":0,"embedding":[1]},{"index":2,"embedding":[1]}]})",
          R"({"data":[{"index":0,"embedding":["x"]},{"index":1,"embedding":[1]}]})",
          R"({"data":[{"index":0,"embedding":[]},{"index":1,"embedding":[1]}]})"})
        EXPECT_FALSE(read_embeddings(answer, 2, 0)) << answer;
}

TEST(EmbeddingReply, HasTheFormOfItsApi) {
    const Embeddings found{.vectors = {{1.0F, -0.5F}}, .prompt = {4}};
    EmbeddingCall call{.model = "m"};
    EXPECT_EQ(
        parse_json(embedding_answer(call, found, {})).value(),
        parse_json(
            R"({"object":"list","model":"m","data":[{"object":"embedding","index":0,"embedding":[1.0,-0.5]}],
            "usage":{"prompt_tokens":4,"total_tokens":4}})")
            .value());
    call.base64 = true;
    EXPECT_THAT(embedding_answer(call, found, {}), HasSubstr(R"("embedding":"AACAPwAAAL8=")"));
    call.form = EmbeddingForm::kOllama;
    EXPECT_EQ(parse_json(embedding_answer(call, found, {.load_seconds = 1, .total_seconds = 2})).value(),
              parse_json(R"({"model":"m","embeddings":[[1.0,-0.5]],"total_duration":2000000000,
                  "load_duration":1000000000,"prompt_eval_count":4})")
                  .value());
    call.form = EmbeddingForm::kOllamaOne;
    EXPECT_EQ(parse_json(embedding_answer(call, found, {})).value(),
              parse_json(R"({"embedding":[1.0,-0.5]})").value());
}

}  // namespace
}  // namespace hearth::serve
