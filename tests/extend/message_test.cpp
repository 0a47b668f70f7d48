#include "extend/message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

namespace hearth::extend {
namespace {

using Kind = Message::Kind;
using testing::HasSubstr;

TEST(Message, ReadsARequest) {
    const auto message =
        parse_message(R"({"jsonrpc":"2.0","id":"a1","method":"ui","params":{"method":"confirm"}})");
    ASSERT_TRUE(message);
    EXPECT_EQ(message->kind, Kind::kRequest);
    EXPECT_EQ(message->id, R"("a1")");
    EXPECT_EQ(message->method, "ui");
    EXPECT_EQ(message->params, R"({"method":"confirm"})");
}

TEST(Message, WithoutAnIdItIsANotification) {
    const auto message = parse_message(R"({"method":"progress"})");
    ASSERT_TRUE(message);
    EXPECT_EQ(message->kind, Kind::kNotification);
    EXPECT_EQ(message->params, "{}");
}

TEST(Message, ReadsAnswersAndFailures) {
    const auto answer = parse_message(R"({"id":7,"result":[1,2]})");
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->kind, Kind::kAnswer);
    EXPECT_EQ(answer->id, "7");
    EXPECT_EQ(answer->result, "[1,2]");
    const auto failure = parse_message(R"({"id":7,"error":{"code":-1,"message":"no"}})");
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->kind, Kind::kFailure);
    EXPECT_EQ(failure->error, "no");
}

TEST(Message, AnAnswerWithoutAResultIsNull) { EXPECT_EQ(parse_message(R"({"id":1})")->result, "null"); }

TEST(Message, RefusesWhatIsNone) {
    for (const auto* line : {"", "[]", "7", "{}", R"({"id":1.5,"result":1})", R"({"method":""})",
                             R"({"method":"x","params":[1]})", R"({"id":{},"method":"x"})", "hello"}) {
        const auto message = parse_message(line);
        ASSERT_FALSE(message) << line;
        EXPECT_EQ(message.error().code(), Code::kCorrupt) << line;
    }
}

TEST(Message, RefusesALongName) {
    EXPECT_FALSE(parse_message(R"({"method":")" + std::string(101, 'x') + R"("})"));
}

TEST(Message, WhatIsWrittenCanBeRead) {
    const auto request = parse_message(request_line("3", "tool", R"({"name":"x"})"));
    ASSERT_TRUE(request);
    EXPECT_EQ(request->kind, Kind::kRequest);
    EXPECT_EQ(request->params, R"({"name":"x"})");
    EXPECT_EQ(parse_message(notification_line("event", "{}"))->kind, Kind::kNotification);
    EXPECT_EQ(parse_message(answer_line(R"("q")", "true"))->result, "true");
    EXPECT_EQ(parse_message(failure_line("3", "a \"b\"\nc"))->error, "a \"b\"\nc");
    EXPECT_THAT(failure_line("3", "x"), HasSubstr(R"("jsonrpc":"2.0")"));
}

}  // namespace
}  // namespace hearth::extend
