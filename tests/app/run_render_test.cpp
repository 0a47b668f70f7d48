#include "app/run_render.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

#include <boost/json.hpp>

#include "core/json.h"

namespace hearth::app {
namespace {

chat::Reply some_reply() {
    chat::Reply reply;
    reply.answers.push_back({.message = {.role = chat::Role::kAssistant, .text = "Par\xFFis"},
                             .reason = chat::StopReason::kLength});
    reply.usage = {.prompt_tokens = {37},
                   .cached_tokens = {29},
                   .generated_tokens = {40},
                   .prompt_seconds = 0.25,
                   .decode_seconds = 2};
    return reply;
}

TEST(StatsLine, SaysTokensCacheSpeedAndLoad) {
    EXPECT_EQ(
        stats_line(some_reply().usage,
                   {.model = "m", .engine = "llama.cpp 0.5.0 (zen4)", .load_seconds = 1.5}),
        "37 prompt tokens (29 from cache) in 250 ms, 40 generated in 2.0 s (20.0 tok/s); loaded in 1.5 s by "
        "llama.cpp 0.5.0 (zen4)");
}

TEST(StatsLine, LeavesOutALoadThatWasNotWaitedFor) {
    EXPECT_THAT(stats_line(some_reply().usage, {.model = "m", .engine = "e"}),
                ::testing::EndsWith("(20.0 tok/s)"));
    EXPECT_THAT(stats_line({}, {.model = "m", .engine = "e"}), ::testing::HasSubstr("(0.0 tok/s)"));
}

TEST(AnswerJson, IsOneLineWithCountsAndTimes) {
    const auto text = answer_json(some_reply(), {.model = "m", .engine = "e", .load_seconds = 1.5});
    EXPECT_EQ(text.find('\n'), std::string::npos);
    const auto value = parse_json(text);
    ASSERT_TRUE(value) << text;
    const auto expected =
        parse_json(R"({"model":"m","engine":"e","answer":"Par\ufffdis","stop_reason":"length",
        "usage":{"prompt_tokens":37,"cached_tokens":29,"generated_tokens":40},
        "timings":{"load_seconds":1.5,"prompt_seconds":0.25,"decode_seconds":2.0,
        "prompt_tokens_per_second":32.0,"decode_tokens_per_second":20.0}})");
    EXPECT_EQ(*value, *expected);
}

TEST(AnswerPrinter, LeavesAnAnswerForAPipeAsItIs) {
    ::testing::internal::CaptureStdout();
    AnswerPrinter printer;
    printer.show(chat::ReasoningDelta{.candidate = 0, .text = "hm"});
    printer.show(chat::TextDelta{.candidate = 0, .text = "\n\n a"});
    printer.show(chat::TextDelta{.candidate = 0, .text = "\x1b[1m b\n "});
    printer.end();
    EXPECT_EQ(::testing::internal::GetCapturedStdout(), "a\x1b[1m b\n \n");
}

}  // namespace
}  // namespace hearth::app
