#include "serve/text_call_filter.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "chat/openai_provider.h"
#include "core/json.h"

namespace hearth::serve {
namespace {

std::vector<chat::Tool> weather() {
    return {{.name = "weather", .description = {}, .parameters = R"({"type":"object"})"}};
}

std::string chunk(std::string_view text) {
    return R"({"id":"1","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":)" +
           json_quote(text) + R"(},"finish_reason":null}]})";
}

std::string last(std::string_view reason) {
    return R"({"id":"1","choices":[{"index":0,"delta":{},"finish_reason":")" + std::string(reason) +
           R"("}],"timings":{"predicted_n":9}})";
}

// What a reader of the stream gets: each event in a line of its own.
std::string read(const std::vector<std::string>& chunks, std::vector<chat::Tool> tools) {
    TextCallFilter filter(std::move(tools));
    chat::OpenAiStreamDecoder decoder(1);
    std::string out;
    const auto note = [&](const chat::Event& event) {
        if (const auto* text = std::get_if<chat::TextDelta>(&event)) out += "text " + text->text + "\n";
        if (const auto* call = std::get_if<chat::ToolCallDelta>(&event))
            out += "call " + call->name + " " + call->arguments + (call->id.empty() ? " without id\n" : "\n");
        if (const auto* done = std::get_if<chat::CandidateDone>(&event))
            out += std::string("end ") + chat::stop_reason_name(done->reason) + "\n";
        return true;
    };
    for (const auto& each : chunks)
        for (const auto& passed : filter.pass(each))
            EXPECT_TRUE(decoder.feed(passed, note)) << passed;
    return out;
}

TEST(TextCallFilter, ACallWrittenInPiecesComesOutAsOne) {
    EXPECT_EQ(
        read({chunk("Let me "), chunk("see.\n``"), chunk("`json\n{\"name\""), chunk(": \"weather\", \"arg"),
              chunk("uments\": {\"city\": \"Paris\"}}\n```"), last("stop")},
             weather()),
        "text Let me \ntext see.\n\ncall weather {\"city\":\"Paris\"}\nend tool_calls\n");
}

TEST(TextCallFilter, WhatOnlyLookedLikeACallFollowsAsText) {
    EXPECT_EQ(read({chunk("{\"na"), chunk("me\": \"Bob\"}"), last("stop")}, weather()),
              "text {\"name\": \"Bob\"}\nend stop\n");
    EXPECT_EQ(read({chunk("{\"name\": \"wea"), last("length")}, weather()),
              "text {\"name\": \"wea\nend length\n");
}

TEST(TextCallFilter, PassesChunksOnAsTheyCameWhenNothingIsHeld) {
    TextCallFilter filter(weather());
    EXPECT_EQ(filter.pass(chunk("Hello")), std::vector{chunk("Hello")});
    EXPECT_EQ(filter.pass("[DONE]"), std::vector<std::string>{"[DONE]"});
    TextCallFilter without({});
    EXPECT_EQ(without.pass(chunk("{\"name\": \"weather\"}")), std::vector{chunk("{\"name\": \"weather\"}")});
}

TEST(TextCallFilter, CallsThatTheEngineFoundItselfStay) {
    const std::string native =
        R"({"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"weather","arguments":"{}"}}]},"finish_reason":null}]})";
    EXPECT_EQ(read({chunk("See: <"), native, chunk("{"), last("tool_calls")}, weather()),
              "text See: \ntext <\ncall weather {}\ntext {\nend tool_calls\n");
}

TEST(TextCallFilter, TheCountsOfTheLastChunkStay) {
    TextCallFilter filter(weather());
    EXPECT_TRUE(filter.pass(chunk("{\"name\": \"weather\"}")).empty());
    const auto end = filter.pass(last("stop"));
    ASSERT_EQ(end.size(), 2U);
    EXPECT_FALSE(end[0].contains("timings"));
    EXPECT_TRUE(end[1].contains(R"("timings":{"predicted_n":9})"));
}

}  // namespace
}  // namespace hearth::serve
