#include "remote/request_body.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace hearth::remote {
namespace {

constexpr const char* kChat =
    R"({"messages":[{"role":"assistant","content":"a","reasoning_content":"r"}],"temperature":0,"top_k":5,)"
    R"("repeat_penalty":1.1,"cache_prompt":true,"stream":true,"json_schema":{},"tools":[]})";

json::value body_for(Kind kind, std::string_view body = kChat,
                     std::string_view route = "/v1/chat/completions") {
    const auto made = request_body({.kind = kind, .model = "there"}, route, body);
    EXPECT_TRUE(made);
    return parse_json(*made).value();
}

TEST(RemoteBody, HasTheNameThatTheModelHasThere) {
    for (const Kind kind : {Kind::kOpenAi, Kind::kVllm, Kind::kLlamaServer, Kind::kHearth})
        EXPECT_EQ(body_for(kind).at("model"), "there");
    EXPECT_FALSE(request_body({.kind = Kind::kOpenAi, .model = "there"}, "/v1/chat/completions", "[]"));
}

TEST(RemoteBody, OfTheOpenAiApiHasNothingElse) {
    const json::value body = body_for(Kind::kOpenAi);
    for (const char* name : {"top_k", "repeat_penalty", "cache_prompt", "json_schema"})
        EXPECT_EQ(member(body, name), nullptr) << name;
    for (const char* name : {"messages", "temperature", "stream", "tools"})
        EXPECT_NE(member(body, name), nullptr) << name;
    EXPECT_EQ(member(body.at("messages").as_array().at(0), "reasoning_content"), nullptr);
    EXPECT_EQ(
        member(body_for(Kind::kOpenAi, R"({"prompt":"a","messages":[],"suffix":"b"})", "/v1/completions"),
               "messages"),
        nullptr);
}

TEST(RemoteBody, OfVllmHasItsOwnSampling) {
    const json::value body = body_for(Kind::kVllm);
    EXPECT_EQ(body.at("top_k"), 5);
    EXPECT_EQ(body.at("repetition_penalty").as_double(), 1.1);
    EXPECT_EQ(member(body, "repeat_penalty"), nullptr);
    EXPECT_EQ(member(body, "cache_prompt"), nullptr);
    EXPECT_EQ(body.at("messages").as_array().at(0).at("reasoning_content"), "r");
}

TEST(RemoteBody, OfLlamaServerAndOfOtherRoutesStaysAsItIs) {
    EXPECT_EQ(body_for(Kind::kLlamaServer).at("cache_prompt"), true);
    EXPECT_EQ(body_for(Kind::kHearth).at("top_k"), 5);
    EXPECT_EQ(body_for(Kind::kOpenAi, R"({"input":["a"]})", "/v1/embeddings").at("input").as_array().size(),
              1U);
}

TEST(RemoteBody, HasTheLimitUnderTheNameThatTheServerWants) {
    const auto made = request_body({.kind = Kind::kOpenAi, .model = "there", .newer_limit = true},
                                   "/v1/chat/completions", R"({"max_tokens":7})");
    EXPECT_EQ(*made, R"({"model":"there","max_completion_tokens":7})");
}

TEST(ForcedTool, IsAskedForByNameWhereThereIsOne) {
    const auto one = parse_json(*with_forced_tool(R"({"tools":[{"function":{"name":"f"}}]})")).value();
    EXPECT_EQ(one.at_pointer("/tool_choice/function/name"), "f");
    const auto two =
        parse_json(*with_forced_tool(R"({"tools":[{"function":{"name":"f"}},{"function":{"name":"g"}}]})"))
            .value();
    EXPECT_EQ(two.at("tool_choice"), "required");
}

TEST(RenamedChunk, HasTheNameThatWasAskedFor) {
    const auto chunk = parse_json(
        renamed_chunk(R"({"model":"there","choices":[{"index":0,"delta":{"content":"a"}}]})", "here", 2));
    ASSERT_TRUE(chunk);
    EXPECT_EQ(chunk->at("model"), "here");
    EXPECT_EQ(chunk->at_pointer("/choices/0/index"), 2);
    EXPECT_EQ(renamed_chunk("[DONE]", "here", 0), "[DONE]");
}

}  // namespace
}  // namespace hearth::remote
