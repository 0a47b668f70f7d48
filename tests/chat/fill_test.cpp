#include "chat/fill.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

namespace hearth::chat {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

// As llama-server 0.5.0 answers for Qwen2.5-Coder, shortened.
constexpr const char* kQwen =
    R"({"content":"x","prompt":"<|repo_name|>myproject\n<|file_sep|>filename\n<|fim_prefix|> FIRSTPART<|fim_suffix|>LASTPART<|fim_middle|>"})";

FillRequest gap() {
    FillRequest request;
    request.context = {{"test_a.py", "assert f() == 1\n"}};
    request.file_name = "a.py";
    request.prefix = "def f():\n";
    request.suffix = "\n";
    request.candidates = 4;
    request.sampling.temperature = 0.8;
    return request;
}

TEST(Fill, MarksAreReadFromWhatTheEngineShows) {
    const auto marks = fill_marks(kQwen);
    ASSERT_TRUE(marks) << marks.error().message();
    EXPECT_EQ(marks->head, "<|repo_name|>myproject\n");
    EXPECT_EQ(marks->separator, "<|file_sep|>");
    EXPECT_EQ(marks->prefix, "<|fim_prefix|>");
    EXPECT_EQ(marks->suffix, "<|fim_suffix|>");
    EXPECT_EQ(marks->middle, "<|fim_middle|>");
    EXPECT_EQ(fill_prompt(gap(), *marks),
              "<|repo_name|>myproject\n<|file_sep|>test_a.py\nassert f() == 1\n<|file_sep|>a.py\n"
              "<|fim_prefix|>def f():\n<|fim_suffix|>\n<|fim_middle|>");
}

TEST(Fill, AModelThatKnowsNoFilesHasTheTestsInFront) {
    const auto marks = fill_marks(R"({"prompt":"<PRE> FIRSTPART <SUF>LASTPART <MID>"})");
    ASSERT_TRUE(marks) << marks.error().message();
    EXPECT_EQ(fill_prompt(gap(), *marks), "<PRE>assert f() == 1\ndef f():\n <SUF>\n <MID>");
}

TEST(Fill, WhatShowsNoMarksIsNotSupported) {
    for (const auto* answer :
         {R"({})", R"({"prompt":"FIRSTPARTLASTPART"})", R"({"prompt":"<a>LASTPART<b>FIRSTPART<c>"})"}) {
        const auto marks = fill_marks(answer);
        ASSERT_FALSE(marks) << answer;
        EXPECT_EQ(marks.error().code(), Code::kUnsupported);
    }
    EXPECT_FALSE(fill_marks("{"));
}

TEST(Fill, TheRequestEndsAtMarksAndSharesTheCache) {
    const auto body = encode_fill(gap(), *fill_marks(kQwen));
    EXPECT_THAT(body, HasSubstr(R"("n":4)"));
    EXPECT_THAT(body, HasSubstr(R"("cache_prompt":true)"));
    EXPECT_THAT(body,
                HasSubstr(R"("stop":["<|file_sep|>","<|fim_prefix|>","<|fim_suffix|>","<|fim_middle|>"])"));
    EXPECT_THAT(body, Not(HasSubstr("top_p")));
}

TEST(Fill, OneAndSeveralAnswersAreRead) {
    const auto one = decode_fill(R"({"content":"a"})");
    ASSERT_TRUE(one);
    EXPECT_THAT(one->texts, ElementsAre("a"));
    const auto several = decode_fill(
        R"([{"content":"a","tokens_evaluated":100,"tokens_predicted":3,"timings":{"prompt_n":20,"prompt_ms":500,"predicted_ms":250}},)"
        R"({"content":"","tokens_evaluated":100,"tokens_predicted":5,"timings":{"prompt_n":20,"prompt_ms":500,"predicted_ms":300}}])");
    ASSERT_TRUE(several);
    EXPECT_THAT(several->texts, ElementsAre("a", ""));
    EXPECT_EQ(several->usage.prompt_tokens.value, 100);
    EXPECT_EQ(several->usage.cached_tokens.value, 80);
    EXPECT_EQ(several->usage.generated_tokens.value, 8);
    EXPECT_EQ(several->usage.decode_seconds, 0.3);
    for (const auto* answer : {"", "[]x", R"([{"content":1}])", "3"})
        EXPECT_FALSE(decode_fill(answer)) << answer;
}

}  // namespace
}  // namespace hearth::chat
