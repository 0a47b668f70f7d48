#include "serve/token_call.h"

#include <gtest/gtest.h>

namespace hearth::serve {
namespace {

TEST(TokenRequest, TakesTheNamesOfBoth) {
    EXPECT_EQ(
        token_call(R"({"model":"m","content":"a","add_special":true,"other":1})", TokenForm::kTokenize)->body,
        R"({"content":"a","add_special":true})");
    EXPECT_EQ(token_call(R"({"model":"m","text":"a"})", TokenForm::kTokenize)->body, R"({"content":"a"})");
    EXPECT_EQ(token_call(R"({"model":"m","tokens":[1,2]})", TokenForm::kDetokenize)->body,
              R"({"tokens":[1,2]})");
    EXPECT_FALSE(token_call(R"({"content":"a"})", TokenForm::kTokenize));
    EXPECT_FALSE(token_call(R"({"model":"m","content":1})", TokenForm::kTokenize));
    EXPECT_FALSE(token_call(R"({"model":"m","content":"a","with_pieces":"yes"})", TokenForm::kTokenize));
    for (const auto* tokens : {"1", "[-1]", "[1.5]", R"(["a"])", "[4294967296]"})
        EXPECT_FALSE(
            token_call(std::string(R"({"model":"m","tokens":)") + tokens + "}", TokenForm::kDetokenize))
            << tokens;
}

TEST(TokenRequest, OfVllmCallsTheTextItsPrompt) {
    const auto call = token_call(R"({"model":"m","content":"a","add_special":true})", TokenForm::kTokenize);
    EXPECT_EQ(*vllm_token_body(*call, TokenForm::kTokenize), R"({"prompt":"a","add_special_tokens":true})");
    const auto back = token_call(R"({"model":"m","tokens":[1,2]})", TokenForm::kDetokenize);
    EXPECT_EQ(*vllm_token_body(*back, TokenForm::kDetokenize), R"({"tokens":[1,2]})");
    EXPECT_EQ(*token_answer(R"({"prompt":"a"})", TokenForm::kDetokenize), R"({"content":"a","text":"a"})");
}

TEST(TokenReply, GivesTheNamesOfBoth) {
    EXPECT_EQ(*token_answer(R"({"tokens":[5,6]})", TokenForm::kTokenize), R"({"tokens":[5,6],"count":2})");
    EXPECT_EQ(*token_answer(R"({"content":"a"})", TokenForm::kDetokenize), R"({"content":"a","text":"a"})");
    EXPECT_FALSE(token_answer(R"({"content":"a"})", TokenForm::kTokenize));
    EXPECT_FALSE(token_answer(R"({"tokens":[]})", TokenForm::kDetokenize));
}

}  // namespace
}  // namespace hearth::serve
