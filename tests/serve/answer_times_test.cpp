#include "serve/detail/answer_times.h"

#include <gtest/gtest.h>

namespace hearth::serve::detail {
namespace {

chat::Reply some_reply() {
    chat::Reply reply;
    reply.answers.resize(1);
    reply.usage = {.prompt_tokens = {100},
                   .cached_tokens = {40},
                   .generated_tokens = {50},
                   .longest_answer = {50},
                   .drafted_tokens = {3},
                   .prompt_seconds = 2,
                   .decode_seconds = 5};
    return reply;
}

ChatCall call_with(std::string body) {
    ChatCall call;
    call.body = std::move(body);
    return call;
}

TEST(AnswerTimes, OfAPlainAnswerAreAll) {
    const auto times = answer_times(call_with(R"({"messages":[]})"), some_reply());
    EXPECT_EQ(times.prompt, Tokens{100});
    EXPECT_EQ(times.cached, Tokens{40});
    EXPECT_EQ(times.generated, Tokens{50});
    EXPECT_EQ(times.drafted, Tokens{3});
    EXPECT_EQ(times.prompt_seconds, 2);
    EXPECT_EQ(times.decode_seconds, 5);
    EXPECT_EQ(times.streams, 1);
}

TEST(AnswerTimes, AGrammarsShareOfDecodingIsNotTold) {
    const auto times = answer_times(call_with(R"({"response_format":{"type":"json_object"}})"), some_reply());
    EXPECT_EQ(times.decode_seconds, 0);
    EXPECT_EQ(times.prompt_seconds, 2);
    EXPECT_EQ(times.all_answers, Tokens{50});
    const auto spoken_of = answer_times(
        call_with(R"({"messages":[{"content":"what is \"response_format\": for?"}]})"), some_reply());
    EXPECT_EQ(spoken_of.decode_seconds, 5);
    chat::Reply with_call = some_reply();
    with_call.answers.front().message.tool_calls.resize(1);
    EXPECT_EQ(answer_times(call_with("{}"), with_call).decode_seconds, 0);
}

TEST(AnswerTimes, SeveralAnswersAreOnlyCounted) {
    ChatCall call = call_with("{}");
    call.candidates = 2;
    const auto times = answer_times(call, some_reply());
    EXPECT_EQ(times.prompt_seconds, 0);
    EXPECT_EQ(times.decode_seconds, 0);
    EXPECT_EQ(times.all_answers, Tokens{50});
}

}  // namespace
}  // namespace hearth::serve::detail
