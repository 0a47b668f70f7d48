// The bodies that models elsewhere are sent, one dialect after the other.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

#include <boost/json.hpp>

#include "chat/bedrock_converse.h"
#include "chat/cloud_provider.h"
#include "core/json.h"

namespace hearth::chat {
namespace {

CloudEndpoint endpoint_of(Dialect dialect) {
    return {.provider = "p",
            .model = "m",
            .dialect = dialect,
            .address = net::TcpAddress{"127.0.0.2", "1"},
            .context_window = {100'000},
            .most_answer = {8000}};
}

json::value encoded(const Request& request, const CloudEndpoint& endpoint) {
    const auto text = encode_cloud_request(request, endpoint);
    auto value = parse_json(text);
    EXPECT_TRUE(value) << text;
    return value.value_or(json::value{});
}

json::value parsed(std::string_view text) {
    auto value = parse_json(text);
    EXPECT_TRUE(value) << text;
    return value.value_or(json::value{});
}

// A turn with a tool, signed by a provider, and what was said behind it.
Request talk() {
    Request request;
    request.messages = {
        {.role = Role::kSystem, .text = "Be brief."},
        {.role = Role::kUser, .text = "Read a."},
        {.role = Role::kAssistant,
         .text = "Reading.",
         .reasoning = "It is in a.",
         .tool_calls = {{.id = "call/1", .name = "read", .arguments = R"({"path":"a"})", .signature = "sig"},
                        {.id = "c2", .name = "list", .arguments = "oops"}},
         .thoughts = {{.text = "It is in a.",
                       .signature = R"({"id":"rs","type":"reasoning","summary":[]})"}}},
        {.role = Role::kTool, .text = "one", .tool_call_id = "call/1"},
        {.role = Role::kTool, .text = "", .tool_call_id = "c2"},
        {.role = Role::kUser, .text = "Go on."}};
    request.tools = {{.name = "read", .description = "Reads.", .parameters = R"({"type":"object"})"}};
    request.max_tokens = {1000};
    return request;
}

TEST(AnthropicRequest, HasTheTalkInItsForm) {
    const auto body = encoded(talk(), endpoint_of(Dialect::kAnthropic));
    EXPECT_EQ(body.at("model"), "m");
    EXPECT_EQ(body.at("stream"), true);
    EXPECT_EQ(body.at("max_tokens"), 1000);
    EXPECT_EQ(body.at("system"),
              parsed(R"([{"type":"text","text":"Be brief.","cache_control":{"type":"ephemeral"}}])"));
    const auto& messages = body.at("messages").as_array();
    ASSERT_EQ(messages.size(), 3U);
    EXPECT_EQ(messages[0], parsed(R"({"role":"user","content":[{"type":"text","text":"Read a."}]})"));
    const auto& answer = messages[1].at("content").as_array();
    ASSERT_EQ(answer.size(), 4U);
    EXPECT_EQ(answer[0].at("type"), "thinking");
    EXPECT_EQ(answer[0].at("thinking"), "It is in a.");
    EXPECT_EQ(answer[1].at("text"), "Reading.");
    EXPECT_EQ(answer[2].at("input"), parsed(R"({"path":"a"})"));
    EXPECT_EQ(answer[3].at("input"), parsed(R"({"malformed":"oops"})"));
    // Both results and what was said behind them are one message, and the id is one that the API takes.
    const auto& said = messages[2].at("content").as_array();
    ASSERT_EQ(said.size(), 3U);
    EXPECT_EQ(said[0].at("tool_use_id"), answer[2].at("id"));
    EXPECT_EQ(answer[2].at("id").as_string().find('/'), json::string::npos);
    EXPECT_EQ(said[1], parsed(R"({"type":"tool_result","tool_use_id":"c2"})"));
    EXPECT_EQ(said[2].at("cache_control"), parsed(R"({"type":"ephemeral"})"));
    EXPECT_EQ(body.at_pointer("/tools/0/input_schema/type"), "object");
    EXPECT_EQ(body.as_object().if_contains("temperature"), nullptr);
    EXPECT_EQ(body.as_object().if_contains("thinking"), nullptr);
}

TEST(AnthropicRequest, LeavesOutWhatTheApiRefuses) {
    Request request;
    request.messages = {{.role = Role::kUser, .text = "hi"},
                        {.role = Role::kAssistant, .text = " \n", .reasoning = "not signed"},
                        {.role = Role::kUser, .text = ""},
                        {.role = Role::kUser, .text = "still there?"}};
    const auto body = encoded(request, endpoint_of(Dialect::kAnthropic));
    const auto& messages = body.at("messages").as_array();
    ASSERT_EQ(messages.size(), 1U) << json::serialize(body);
    EXPECT_EQ(messages[0].at("content").as_array().size(), 2U);
}

TEST(AnthropicRequest, ThinksWithinTheModelsLimit) {
    auto endpoint = endpoint_of(Dialect::kAnthropic);
    endpoint.thinking.reasoning = true;
    endpoint.temperature = 0.5;
    auto request = talk();
    request.thinking = ThinkingLevel::kLow;
    auto body = encoded(request, endpoint);
    EXPECT_EQ(body.at("max_tokens"), 3048) << "the budget is on top of the answer";
    EXPECT_EQ(body.at("thinking"), parsed(R"({"type":"enabled","budget_tokens":2048})"));
    EXPECT_EQ(body.as_object().if_contains("temperature"), nullptr) << "a model that thinks takes none";
    request.thinking = ThinkingLevel::kHigh;
    body = encoded(request, endpoint);
    EXPECT_EQ(body.at("max_tokens"), 8000);
    EXPECT_EQ(body.at_pointer("/thinking/budget_tokens"), 8000 - 1000)
        << "what the answer may have stays for it";
    endpoint.most_answer = {1500};
    body = encoded(request, endpoint);
    EXPECT_EQ(body.as_object().if_contains("thinking"), nullptr) << "there is no room for a thought";
    EXPECT_EQ(body.at("temperature"), 0.5);
}

TEST(AnthropicRequest, AWordOfTheModelsMapIsAnEffort) {
    auto endpoint = endpoint_of(Dialect::kAnthropic);
    endpoint.thinking = {.reasoning = true,
                         .words = {{ThinkingLevel::kHigh, "high"}, {ThinkingLevel::kLow, "3000"}}};
    auto request = talk();
    request.thinking = ThinkingLevel::kHigh;
    auto body = encoded(request, endpoint);
    EXPECT_EQ(body.at("thinking"), parsed(R"({"type":"adaptive"})"));
    EXPECT_EQ(body.at("output_config"), parsed(R"({"effort":"high"})"));
    EXPECT_EQ(body.at("max_tokens"), 1000);
    request.thinking = ThinkingLevel::kLow;
    body = encoded(request, endpoint);
    EXPECT_EQ(body.at_pointer("/thinking/budget_tokens"), 3000);
}

TEST(AnthropicRequest, AnAnswerInAFormIsACallThatHasToBeMade) {
    auto endpoint = endpoint_of(Dialect::kAnthropic);
    endpoint.thinking = {.reasoning = true, .words = {{ThinkingLevel::kHigh, "high"}}};
    auto request = talk();
    request.thinking = ThinkingLevel::kHigh;
    request.answer_schema = R"({"type":"object","properties":{"a":{}}})";
    const auto body = encoded(request, endpoint);
    EXPECT_EQ(body.at("tool_choice"), parsed(R"({"type":"tool","name":"answer_in_this_form"})"));
    ASSERT_EQ(body.at("tools").as_array().size(), 2U);
    EXPECT_EQ(body.at_pointer("/tools/1/input_schema"), parsed(request.answer_schema));
    EXPECT_EQ(body.as_object().if_contains("thinking"), nullptr) << "a model that has to call does not think";
}

TEST(ResponsesRequest, HasTheTalkInItsForm) {
    auto endpoint = endpoint_of(Dialect::kOpenAiResponses);
    endpoint.thinking.reasoning = true;
    auto request = talk();
    request.thinking = ThinkingLevel::kMedium;
    const auto body = encoded(request, endpoint);
    EXPECT_EQ(body.at("instructions"), "Be brief.");
    EXPECT_EQ(body.at("store"), false);
    EXPECT_EQ(body.at("max_output_tokens"), 1000);
    EXPECT_EQ(body.at("reasoning"), parsed(R"({"effort":"medium","summary":"auto"})"));
    EXPECT_EQ(body.at("include"), parsed(R"(["reasoning.encrypted_content"])"));
    const auto& items = body.at("input").as_array();
    ASSERT_EQ(items.size(), 8U) << json::serialize(body);
    EXPECT_EQ(items[1], parsed(R"({"id":"rs","type":"reasoning","summary":[]})"));
    EXPECT_EQ(items[2], parsed(R"({"role":"assistant","content":"Reading."})"));
    EXPECT_EQ(items[3].at("type"), "function_call");
    EXPECT_EQ(items[3].at("call_id"), items[5].at("call_id"));
    EXPECT_EQ(items[5],
              (json::object{
                  {"type", "function_call_output"}, {"call_id", items[3].at("call_id")}, {"output", "one"}}));
    EXPECT_EQ(body.at_pointer("/tools/0/strict"), false);
}

TEST(ResponsesRequest, AModelThatDoesNotThinkIsNotAskedTo) {
    auto endpoint = endpoint_of(Dialect::kOpenAiResponses);
    auto request = talk();
    request.thinking = ThinkingLevel::kHigh;
    auto body = encoded(request, endpoint);
    EXPECT_EQ(body.as_object().if_contains("reasoning"), nullptr);
    EXPECT_EQ(body.as_object().if_contains("include"), nullptr);
    endpoint.thinking = {.reasoning = true, .words = {{ThinkingLevel::kOff, "none"}}};
    request.thinking = ThinkingLevel::kOff;
    body = encoded(request, endpoint);
    EXPECT_EQ(body.at_pointer("/reasoning/effort"), "none") << "off has a word of its own here";
}

TEST(GoogleRequest, HasTheTalkInItsForm) {
    const auto body = encoded(talk(), endpoint_of(Dialect::kGoogle));
    EXPECT_EQ(body.at("systemInstruction"), parsed(R"({"parts":[{"text":"Be brief."}]})"));
    const auto& contents = body.at("contents").as_array();
    ASSERT_EQ(contents.size(), 3U);
    EXPECT_EQ(contents[1].at("role"), "model");
    EXPECT_EQ(contents[1].at_pointer("/parts/1"),
              parsed(R"({"functionCall":{"name":"read","args":{"path":"a"}},"thoughtSignature":"sig"})"));
    EXPECT_EQ(contents[2].at_pointer("/parts/0"),
              parsed(R"({"functionResponse":{"name":"read","response":{"output":"one"}}})"));
    EXPECT_EQ(contents[2].at_pointer("/parts/2/text"), "Go on.");
    EXPECT_EQ(body.at_pointer("/tools/0/functionDeclarations/0/parametersJsonSchema/type"), "object");
    EXPECT_EQ(body.at("generationConfig"), parsed(R"({"maxOutputTokens":1000})"));
}

TEST(GoogleRequest, ThinksByBudgetOrByLevel) {
    auto endpoint = endpoint_of(Dialect::kGoogle);
    endpoint.thinking = {
        .reasoning = true,
        .words = {{ThinkingLevel::kLow, "2048"}, {ThinkingLevel::kMedium, "-1"}, {ThinkingLevel::kOff, "0"}}};
    auto request = talk();
    const auto thinking = [&](ThinkingLevel level) {
        request.thinking = level;
        return encoded(request, endpoint).at_pointer("/generationConfig/thinkingConfig");
    };
    EXPECT_EQ(thinking(ThinkingLevel::kLow), parsed(R"({"includeThoughts":true,"thinkingBudget":2048})"));
    EXPECT_EQ(thinking(ThinkingLevel::kMedium), parsed(R"({"includeThoughts":true,"thinkingBudget":-1})"));
    EXPECT_EQ(thinking(ThinkingLevel::kOff), parsed(R"({"includeThoughts":false,"thinkingBudget":0})"));
    EXPECT_EQ(thinking(ThinkingLevel::kHigh), parsed(R"({"includeThoughts":true,"thinkingLevel":"high"})"));
}

TEST(GoogleRequest, AnAnswerInAFormComesWithoutTools) {
    auto request = talk();
    request.answer_schema = R"({"type":"object","properties":{}})";
    const auto body = encoded(request, endpoint_of(Dialect::kGoogle));
    EXPECT_EQ(body.as_object().if_contains("tools"), nullptr);
    EXPECT_EQ(body.at_pointer("/generationConfig/responseMimeType"), "application/json");
    EXPECT_EQ(body.at_pointer("/generationConfig/responseJsonSchema/type"), "object");
}

TEST(CloudChatRequest, HasTheTalkInItsForm) {
    auto endpoint = endpoint_of(Dialect::kOpenAiChat);
    const auto body = encoded(talk(), endpoint);
    const auto& messages = body.at("messages").as_array();
    ASSERT_EQ(messages.size(), 6U);
    EXPECT_EQ(messages[0].at("role"), "system");
    EXPECT_EQ(messages[2].as_object().if_contains("reasoning_content"), nullptr);
    EXPECT_EQ(messages[3].at("tool_call_id"), messages[2].at_pointer("/tool_calls/0/id"));
    EXPECT_EQ(messages[3].as_object().if_contains("name"), nullptr);
    EXPECT_EQ(body.at("max_tokens"), 1000);
    EXPECT_EQ(body.at("stream_options"), parsed(R"({"include_usage":true})"));
    EXPECT_EQ(body.as_object().if_contains("store"), nullptr);
}

TEST(CloudChatRequest, ServersDifferAsTheirVariantSays) {
    auto endpoint = endpoint_of(Dialect::kOpenAiChat);
    endpoint.thinking.reasoning = true;
    endpoint.variant = {.completion_tokens = true,
                        .usage_in_stream = false,
                        .store = true,
                        .developer_role = true,
                        .result_name = true,
                        .reasoning_back = true};
    auto request = talk();
    request.thinking = ThinkingLevel::kHigh;
    const auto body = encoded(request, endpoint);
    EXPECT_EQ(body.at("max_completion_tokens"), 1000);
    EXPECT_EQ(body.as_object().if_contains("stream_options"), nullptr);
    EXPECT_EQ(body.at("store"), false);
    EXPECT_EQ(body.at_pointer("/messages/0/role"), "developer");
    EXPECT_EQ(body.at_pointer("/messages/2/reasoning_content"), "It is in a.");
    EXPECT_EQ(body.at_pointer("/messages/3/name"), "read");
    EXPECT_EQ(body.at("reasoning_effort"), "high");
}

TEST(CloudChatRequest, EachServerIsToldToThinkInItsWay) {
    auto endpoint = endpoint_of(Dialect::kOpenAiChat);
    endpoint.thinking.reasoning = true;
    auto request = talk();
    const auto with = [&](ThinkingForm form, ThinkingLevel level) {
        endpoint.variant.thinking = form;
        request.thinking = level;
        return encoded(request, endpoint);
    };
    EXPECT_EQ(with(ThinkingForm::kOpenRouter, ThinkingLevel::kLow).at("reasoning"),
              parsed(R"({"effort":"low"})"));
    EXPECT_EQ(with(ThinkingForm::kOpenRouter, ThinkingLevel::kOff).at("reasoning"),
              parsed(R"({"effort":"none"})"));
    EXPECT_EQ(with(ThinkingForm::kThinkingType, ThinkingLevel::kLow).at("thinking"),
              parsed(R"({"type":"enabled"})"));
    EXPECT_EQ(with(ThinkingForm::kThinkingType, ThinkingLevel::kOff).at("thinking"),
              parsed(R"({"type":"disabled"})"));
    EXPECT_EQ(with(ThinkingForm::kEnableThinking, ThinkingLevel::kOff).at("enable_thinking"), false);
    EXPECT_EQ(with(ThinkingForm::kTemplate, ThinkingLevel::kLow).at("chat_template_kwargs"),
              parsed(R"({"enable_thinking":true})"));
    EXPECT_EQ(
        with(ThinkingForm::kReasoningEffort, ThinkingLevel::kOff).as_object().if_contains("reasoning_effort"),
        nullptr);
}

TEST(MistralRequest, IdsOfCallsHaveNineLettersAndDigits) {
    const auto body = encoded(talk(), endpoint_of(Dialect::kMistral));
    const auto id = body.at_pointer("/messages/2/tool_calls/0/id").as_string();
    EXPECT_EQ(id.size(), 9U);
    EXPECT_EQ(std::string_view(id).find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789"),
              std::string_view::npos);
    EXPECT_EQ(body.at_pointer("/messages/3/tool_call_id"), body.at_pointer("/messages/2/tool_calls/0/id"));
    EXPECT_EQ(body.at_pointer("/messages/3/name"), "read");
    EXPECT_EQ(body.as_object().if_contains("stream_options"), nullptr);
    EXPECT_EQ(body.at("max_tokens"), 1000);
}

TEST(CloudTarget, IsBelowTheBaseUrl) {
    const auto target = [](Dialect dialect, const std::string& path, const std::string& version = {}) {
        auto endpoint = endpoint_of(dialect);
        endpoint.path = path;
        endpoint.model = "a b/c";
        endpoint.api_version = version;
        return cloud_target(endpoint);
    };
    EXPECT_EQ(target(Dialect::kAnthropic, ""), "/v1/messages");
    EXPECT_EQ(target(Dialect::kAnthropic, "/proxy/v1"), "/proxy/v1/messages");
    EXPECT_EQ(target(Dialect::kOpenAiResponses, "/v1"), "/v1/responses");
    EXPECT_EQ(target(Dialect::kAzureResponses, "/openai/v1", "2025-04-01-preview"),
              "/openai/v1/responses?api-version=2025-04-01-preview");
    EXPECT_EQ(target(Dialect::kOpenAiChat, "/v1"), "/v1/chat/completions");
    EXPECT_EQ(target(Dialect::kMistral, ""), "/v1/chat/completions");
    EXPECT_EQ(target(Dialect::kGoogle, "/v1beta"), "/v1beta/models/a%20b%2Fc:streamGenerateContent?alt=sse");
    EXPECT_EQ(target(Dialect::kVertex, "/v1/publishers/google"),
              "/v1/publishers/google/models/a%20b%2Fc:streamGenerateContent?alt=sse");
    EXPECT_EQ(target(Dialect::kBedrock, ""), "/model/a%20b%2Fc/converse-stream");
}

CloudEndpoint bedrock_of(const std::string& model) {
    auto endpoint = endpoint_of(Dialect::kBedrock);
    endpoint.model = model;
    endpoint.thinking.reasoning = true;
    return endpoint;
}

constexpr const char* kClaude = "us.anthropic.claude-sonnet-4-20250514-v1:0";

TEST(BedrockRequest, HasTheTalkInItsForm) {
    const auto body = encoded(talk(), bedrock_of(kClaude));
    const auto point = parsed(R"({"cachePoint":{"type":"default"}})");
    EXPECT_EQ(body.at("system"), parsed(R"([{"text":"Be brief."},{"cachePoint":{"type":"default"}}])"));
    EXPECT_EQ(body.at("inferenceConfig"), parsed(R"({"maxTokens":1000})"));
    EXPECT_EQ(body.as_object().if_contains("additionalModelRequestFields"), nullptr);
    const auto& messages = body.at("messages").as_array();
    ASSERT_EQ(messages.size(), 3U);
    EXPECT_EQ(messages[0], parsed(R"({"role":"user","content":[{"text":"Read a."}]})"));
    const auto& answer = messages[1].at("content").as_array();
    ASSERT_EQ(answer.size(), 4U);
    EXPECT_EQ(answer[0].at_pointer("/reasoningContent/reasoningText/text"), "It is in a.");
    EXPECT_EQ(answer[1].at("text"), "Reading.");
    EXPECT_EQ(answer[2].at_pointer("/toolUse/input"), parsed(R"({"path":"a"})"));
    const auto& said = messages[2].at("content").as_array();
    ASSERT_EQ(said.size(), 4U);
    EXPECT_EQ(said[0].at_pointer("/toolResult/toolUseId"), answer[2].at_pointer("/toolUse/toolUseId"));
    EXPECT_EQ(said[1].at_pointer("/toolResult/content"), parsed(R"x([{"text":"(empty)"}])x"));
    EXPECT_EQ(said[3], point);
    const auto& tools = body.at_pointer("/toolConfig/tools").as_array();
    ASSERT_EQ(tools.size(), 2U);
    EXPECT_EQ(tools[0].at_pointer("/toolSpec/inputSchema/json/type"), "object");
    EXPECT_EQ(tools[1], point);
}

TEST(BedrockRequest, ThoughtsThatAreKeptBackGoBackAsTheyCame) {
    Request request;
    request.messages = {{.role = Role::kUser, .text = "hi"},
                        {.role = Role::kAssistant,
                         .text = "ho",
                         .thoughts = {{.text = {}, .signature = "Emwk", .redacted = true}}},
                        {.role = Role::kUser, .text = "and?"}};
    const auto body = encoded(request, bedrock_of(kClaude));
    EXPECT_EQ(body.at_pointer("/messages/1/content/0"),
              parsed(R"({"reasoningContent":{"redactedContent":"Emwk"}})"));
}

TEST(BedrockRequest, PointsOfTheCacheStandWhereTheModelTakesThem) {
    EXPECT_TRUE(cache_points_of(kClaude).tools);
    EXPECT_TRUE(cache_points_of("anthropic.claude-3-5-haiku-20241022-v1:0").prompt);
    EXPECT_FALSE(cache_points_of("anthropic.claude-3-haiku-20240307-v1:0").prompt);
    EXPECT_TRUE(cache_points_of("us.amazon.nova-pro-v1:0").prompt);
    EXPECT_FALSE(cache_points_of("us.amazon.nova-pro-v1:0").tools);
    EXPECT_FALSE(cache_points_of("meta.llama3-70b-instruct-v1:0").prompt);
    const auto body = encode_cloud_request(talk(), bedrock_of("meta.llama3-70b-instruct-v1:0"));
    EXPECT_EQ(body.find("cachePoint"), std::string::npos);
}

TEST(BedrockRequest, ThinksAsTheModelIsTold) {
    auto request = talk();
    request.thinking = ThinkingLevel::kLow;
    const auto claude = encoded(request, bedrock_of(kClaude));
    EXPECT_EQ(claude.at("additionalModelRequestFields"),
              parsed(R"({"thinking":{"type":"enabled","budget_tokens":2048}})"));
    EXPECT_EQ(claude.at_pointer("/inferenceConfig/maxTokens"), 3048);
    auto with_word = bedrock_of(kClaude);
    with_word.thinking.words[ThinkingLevel::kLow] = "low";
    EXPECT_EQ(encoded(request, with_word).at("additionalModelRequestFields"),
              parsed(R"({"thinking":{"type":"adaptive"},"output_config":{"effort":"low"}})"));
    EXPECT_EQ(encoded(request, bedrock_of("openai.gpt-oss-120b-1:0")).at("additionalModelRequestFields"),
              parsed(R"({"reasoning_effort":"low"})"));
    const auto other = encoded(request, bedrock_of("qwen.qwen3-32b-v1:0"));
    EXPECT_EQ(other.as_object().if_contains("additionalModelRequestFields"), nullptr);
}

TEST(BedrockRequest, AnAnswerInAFormIsACallThatHasToBeMade) {
    auto request = talk();
    request.thinking = ThinkingLevel::kHigh;
    request.answer_schema = R"({"type":"object"})";
    const auto body = encoded(request, bedrock_of(kClaude));
    EXPECT_EQ(body.at_pointer("/toolConfig/toolChoice/tool/name"), "answer_in_this_form");
    EXPECT_EQ(body.as_object().if_contains("additionalModelRequestFields"), nullptr);
}

TEST(BedrockRequest, ToolsOfEarlierAreDeclared) {
    auto request = talk();
    request.tools.clear();
    const auto body = encoded(request, bedrock_of("qwen.qwen3-32b-v1:0"));
    const auto& tools = body.at_pointer("/toolConfig/tools").as_array();
    ASSERT_EQ(tools.size(), 2U);
    EXPECT_EQ(tools[0].at_pointer("/toolSpec/name"), "list");
    EXPECT_EQ(tools[1].at_pointer("/toolSpec/name"), "read");
}

TEST(VertexRequest, IsThatOfGoogle) {
    EXPECT_EQ(encode_cloud_request(talk(), endpoint_of(Dialect::kVertex)),
              encode_cloud_request(talk(), endpoint_of(Dialect::kGoogle)));
}

// Seen by the user and by a tool.
Request talk_with_images() {
    auto request = talk();
    request.messages[1].images = {{"image/png", "AAAA"}};
    request.messages[3].images = {{"image/jpeg", "BBBB"}};
    return request;
}

CloudEndpoint seeing(Dialect dialect) {
    auto endpoint = endpoint_of(dialect);
    endpoint.sees = true;
    return endpoint;
}

TEST(CloudRequest, AnthropicSeesImagesInResultsToo) {
    const auto body = encoded(talk_with_images(), seeing(Dialect::kAnthropic));
    EXPECT_EQ(
        body.at_pointer("/messages/0/content/1"),
        parsed(R"({"type":"image","source":{"type":"base64","media_type":"image/png","data":"AAAA"}})"));
    EXPECT_EQ(body.at_pointer("/messages/2/content/0/content/0/text"), "one");
    EXPECT_EQ(body.at_pointer("/messages/2/content/0/content/1/source/data"), "BBBB");
}

TEST(CloudRequest, BedrockSeesImagesInResultsToo) {
    const auto body = encoded(talk_with_images(), seeing(Dialect::kBedrock));
    EXPECT_EQ(body.at_pointer("/messages/0/content/1"),
              parsed(R"({"image":{"format":"png","source":{"bytes":"AAAA"}}})"));
    EXPECT_EQ(body.at_pointer("/messages/2/content/0/toolResult/content/0/text"), "one");
    EXPECT_EQ(body.at_pointer("/messages/2/content/0/toolResult/content/1/image/format"), "jpeg");
}

TEST(CloudRequest, TheResponsesApiSeesImagesInResultsToo) {
    const auto body = encoded(talk_with_images(), seeing(Dialect::kOpenAiResponses));
    const auto& items = body.at("input").as_array();
    EXPECT_EQ(items[0].at_pointer("/content/0/text"), "Read a.");
    EXPECT_EQ(items[0].at_pointer("/content/1"),
              parsed(R"({"type":"input_image","detail":"auto","image_url":"data:image/png;base64,AAAA"})"));
    EXPECT_EQ(items[5].at_pointer("/output/0"), parsed(R"({"type":"input_text","text":"one"})"));
    EXPECT_EQ(items[5].at_pointer("/output/1/image_url"), "data:image/jpeg;base64,BBBB");
    EXPECT_EQ(items[6].at("output"), "") << "a text alone stays one";
}

TEST(CloudRequest, GoogleSeesImagesOfResultsInATurnOfTheirOwn) {
    const auto body = encoded(talk_with_images(), seeing(Dialect::kGoogle));
    const auto& contents = body.at("contents").as_array();
    ASSERT_EQ(contents.size(), 4U) << json::serialize(body);
    EXPECT_EQ(contents[0].at_pointer("/parts/1"),
              parsed(R"({"inlineData":{"mimeType":"image/png","data":"AAAA"}})"));
    EXPECT_EQ(contents[2].at("parts").as_array().size(), 2U) << "both results, and nothing else";
    EXPECT_EQ(contents[3].at("role"), "user");
    EXPECT_EQ(contents[3].at_pointer("/parts/1/inlineData/data"), "BBBB");
    EXPECT_EQ(contents[3].at_pointer("/parts/2/text"), "Go on.");
}

TEST(CloudRequest, TheChatApiSeesImagesOfResultsBehindTheLastOfThem) {
    const auto body = encoded(talk_with_images(), seeing(Dialect::kOpenAiChat));
    const auto& messages = body.at("messages").as_array();
    ASSERT_EQ(messages.size(), 7U) << json::serialize(body);
    EXPECT_EQ(messages[1].at_pointer("/content/0/text"), "Read a.");
    EXPECT_EQ(messages[1].at_pointer("/content/1"),
              parsed(R"({"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}})"));
    EXPECT_EQ(messages[3].at("content"), "one");
    EXPECT_EQ(messages[4].at("role"), "tool");
    EXPECT_EQ(messages[5].at("role"), "user");
    EXPECT_EQ(messages[5].at_pointer("/content/1/image_url/url"), "data:image/jpeg;base64,BBBB");
    EXPECT_EQ(messages[6].at("content"), "Go on.") << "a text alone stays one";
}

TEST(CloudRequest, MistralSeesImagesInResultsAsUrlsAlone) {
    const auto body = encoded(talk_with_images(), seeing(Dialect::kMistral));
    const auto& messages = body.at("messages").as_array();
    ASSERT_EQ(messages.size(), 6U);
    EXPECT_EQ(messages[1].at_pointer("/content/1"),
              parsed(R"({"type":"image_url","image_url":"data:image/png;base64,AAAA"})"));
    EXPECT_EQ(messages[3].at_pointer("/content/1/image_url"), "data:image/jpeg;base64,BBBB");
}

TEST(CloudRequest, AModelThatDoesNotSeeIsToldInWordsThatThereWereImages) {
    for (const auto dialect : {Dialect::kAnthropic, Dialect::kOpenAiResponses, Dialect::kGoogle,
                               Dialect::kOpenAiChat, Dialect::kMistral}) {
        auto named = talk();
        named.messages[1].text += "\n[an image that this model cannot see]";
        named.messages[3].text += "\n[an image that this model cannot see]";
        const auto endpoint = endpoint_of(dialect);
        EXPECT_EQ(encode_cloud_request(talk_with_images(), endpoint), encode_cloud_request(named, endpoint))
            << dialect_name(dialect);
    }
}

TEST(CloudRequest, TheSameTalkBeginsTheSame) {
    // What was sent is never edited: a provider takes the earlier part from its cache.
    for (const auto dialect :
         {Dialect::kOpenAiResponses, Dialect::kGoogle, Dialect::kOpenAiChat, Dialect::kMistral}) {
        auto request = talk();
        const auto endpoint = endpoint_of(dialect);
        const auto before = encoded(request, endpoint);
        request.messages.push_back({.role = Role::kAssistant, .text = "Done."});
        request.messages.push_back({.role = Role::kUser, .text = "Thanks."});
        const auto after = encoded(request, endpoint);
        const auto* list = dialect == Dialect::kOpenAiResponses ? "input"
                           : dialect == Dialect::kGoogle        ? "contents"
                                                                : "messages";
        const auto& shorter = before.at(list).as_array();
        const auto& longer = after.at(list).as_array();
        ASSERT_LT(shorter.size(), longer.size());
        for (std::size_t i = 0; i < shorter.size(); ++i)
            EXPECT_EQ(shorter[i], longer[i]) << dialect_name(dialect) << " " << i;
    }
}

}  // namespace
}  // namespace hearth::chat
