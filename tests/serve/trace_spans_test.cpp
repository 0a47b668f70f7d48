#include "serve/trace_spans.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <map>
#include <set>

#include <boost/json.hpp>

#include "core/json.h"

namespace hearth::serve {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr std::int64_t kBegin = 1'764'000'000'000;

Activity answered() {
    Activity activity;
    activity.peer = "192.168.1.7:50000";
    activity.method = "POST";
    activity.path = "/v1/chat/completions";
    activity.route = "/v1/chat/completions";
    activity.asked_model = "small:latest";
    activity.row.time_ms = kBegin;
    activity.row.dialect = "openai";
    activity.row.model = "small";
    activity.row.key = "key_1";
    activity.row.client = "client/1.0";
    activity.row.prompt = Tokens{100};
    activity.row.cached = Tokens{60};
    activity.row.generated = Tokens{7};
    activity.row.queue_seconds = 1;
    activity.row.load_seconds = 2;
    activity.row.first_token_seconds = 4;
    activity.row.total_seconds = 10;
    activity.row.compute_seconds = 7;
    return activity;
}

std::vector<json::value> spans_of(const Activity& activity) {
    std::vector<json::value> spans;
    for (const std::string& text : trace_spans(activity))
        spans.push_back(parse_json(text).value());
    return spans;
}

// Attributes as "key=value".
std::map<std::string, std::string> attributes(const json::value& span) {
    std::map<std::string, std::string> all;
    for (const json::value& each : span.at("attributes").as_array()) {
        const json::object& value = each.at("value").as_object();
        const json::value& of = value.begin()->value();
        all[std::string(each.at("key").as_string())] =
            of.is_string() ? std::string(of.as_string()) : json::serialize(of);
    }
    return all;
}

std::string name(const json::value& span) { return std::string(span.at("name").as_string()); }

double seconds(const json::value& span, const char* which) {
    return (std::stod(std::string(span.at(which).as_string())) - static_cast<double>(kBegin) * 1e6) / 1e9;
}

TEST(TraceSpans, ARequestHasASpanWithWhatItTook) {
    const json::value request = spans_of(answered()).front();
    EXPECT_EQ(name(request), "chat small:latest");
    EXPECT_EQ(request.at("kind"), 2);
    EXPECT_FALSE(request.as_object().contains("parentSpanId"));
    EXPECT_FALSE(request.as_object().contains("status"));
    EXPECT_EQ(request.at("startTimeUnixNano"), "1764000000000000000");
    EXPECT_EQ(request.at("endTimeUnixNano"), "1764000010000000000");
    auto all = attributes(request);
    EXPECT_EQ(all["gen_ai.operation.name"], "chat");
    EXPECT_EQ(all["gen_ai.provider.name"], "hearth");
    EXPECT_EQ(all["gen_ai.request.model"], "small:latest");
    EXPECT_EQ(all["gen_ai.response.model"], "small");
    EXPECT_EQ(all["gen_ai.usage.input_tokens"], "100");
    EXPECT_EQ(all["gen_ai.usage.output_tokens"], "7");
    EXPECT_EQ(all["gen_ai.usage.cache_read.input_tokens"], "60");
    EXPECT_EQ(all["gen_ai.response.finish_reasons"], R"({"values":[{"stringValue":"stop"}]})");
    EXPECT_EQ(all["http.response.status_code"], "200");
    EXPECT_EQ(all["client.address"], "192.168.1.7");
    EXPECT_EQ(all["hearth.key"], "key_1");
    EXPECT_DOUBLE_EQ(std::stod(all["hearth.first_token.seconds"]), 4);
}

TEST(TraceSpans, ItsStretchesLieOneBehindTheOtherBelowIt) {
    const auto spans = spans_of(answered());
    std::vector<std::string> found;
    std::set<std::string> ids;
    for (const json::value& span : spans) {
        ids.insert(std::string(span.at("spanId").as_string()));
        EXPECT_EQ(span.at("traceId"), spans.front().at("traceId"));
        if (name(span) == name(spans.front())) continue;
        EXPECT_EQ(span.at("parentSpanId"), spans.front().at("spanId"));
        found.push_back(fmt::format("{} {:.0f}-{:.0f}", name(span), seconds(span, "startTimeUnixNano"),
                                    seconds(span, "endTimeUnixNano")));
    }
    EXPECT_THAT(found, ElementsAre("queue 0-1", "load 1-3", "prefill 3-4", "decode 4-10"));
    EXPECT_EQ(ids.size(), spans.size());
}

TEST(TraceSpans, AnAnswerWithoutTokensHasNoDecode) {
    Activity activity = answered();
    activity.path = activity.route = "/v1/embeddings";
    activity.row.route = guard::Route::kEmbeddings;
    activity.row.queue_seconds = 0.0002;
    activity.row.load_seconds = 0;
    activity.row.first_token_seconds = 0;
    const auto spans = spans_of(activity);
    ASSERT_EQ(spans.size(), 2U);
    EXPECT_EQ(name(spans[0]), "embeddings small:latest");
    EXPECT_EQ(name(spans[1]), "prefill");
    activity.path = activity.route = "/v1/rerank";
    EXPECT_EQ(name(spans_of(activity).front()), "rerank small:latest");
}

TEST(TraceSpans, ARefusedRequestHasNoTokensAndAFailedOneIsAnError) {
    Activity refused = answered();
    refused.row.end = guard::EndReason::kRefused;
    refused.row.status = 429;
    refused.row.compute_seconds = refused.row.first_token_seconds = refused.row.load_seconds = 0;
    const auto spans = spans_of(refused);
    ASSERT_EQ(spans.size(), 2U);
    EXPECT_EQ(name(spans[1]), "queue");
    EXPECT_FALSE(attributes(spans[0]).contains("gen_ai.usage.input_tokens"));
    EXPECT_FALSE(spans[0].as_object().contains("status")) << "it was the client's";
    refused.row.status = 503;
    const json::value failed = spans_of(refused).front();
    EXPECT_EQ(failed.at("status").at("code"), 2);
    EXPECT_EQ(attributes(failed)["error.type"], "503");
}

TEST(TraceSpans, WhatIsAboutNoModelIsNamedAfterItsRoute) {
    Activity activity;
    activity.method = "GET";
    activity.path = activity.route = "/v1/models";
    activity.row.time_ms = kBegin;
    const auto spans = spans_of(activity);
    ASSERT_EQ(spans.size(), 1U);
    EXPECT_EQ(name(spans[0]), "GET /v1/models");
    EXPECT_FALSE(attributes(spans[0]).contains("gen_ai.operation.name"));
}

TEST(TraceSpans, TheClientsTraceGoesOnWhereItIsRecorded) {
    Activity activity = answered();
    activity.trace = TraceContext{
        .trace_id = "4bf92f3577b34da6a3ce929d0e0e4736", .parent_id = "00f067aa0ba902b7", .sampled = true};
    const json::value request = spans_of(activity).front();
    EXPECT_EQ(request.at("traceId").as_string(), activity.trace->trace_id);
    EXPECT_EQ(request.at("parentSpanId").as_string(), activity.trace->parent_id);
    activity.trace->sampled = false;
    EXPECT_TRUE(trace_spans(activity).empty());
}

TEST(TraceSpans, TimesThatDoNotFitStayInTheRequest) {
    Activity activity = answered();
    activity.row.queue_seconds = 50;
    activity.row.first_token_seconds = 3;
    for (const json::value& span : spans_of(activity)) {
        EXPECT_LE(seconds(span, "startTimeUnixNano"), seconds(span, "endTimeUnixNano"));
        EXPECT_LE(seconds(span, "endTimeUnixNano"), 10);
    }
}

TEST(TraceExport, WrapsSpansWithWhoSendsThem) {
    const auto body = parse_json(trace_export({{"service.name", "desk"}}, "1.2", trace_spans(answered())));
    ASSERT_TRUE(body);
    const json::value& resource = body->at_pointer("/resourceSpans/0");
    EXPECT_EQ(resource.at_pointer("/resource/attributes/0/value/stringValue"), "desk");
    EXPECT_EQ(resource.at_pointer("/scopeSpans/0/scope/version"), "1.2");
    EXPECT_EQ(resource.at_pointer("/scopeSpans/0/spans").as_array().size(), 5U);
}

TEST(TraceExport, RejectedSpansAreReadInBothForms) {
    EXPECT_EQ(rejected_spans(R"({"partialSuccess":{"rejectedSpans":"3","errorMessage":"no"}})"), 3);
    EXPECT_EQ(rejected_spans(R"({"partialSuccess":{"rejectedSpans":2}})"), 2);
    for (const auto* answer :
         {"", "{}", "oops", R"({"partialSuccess":{}})", R"({"partialSuccess":{"rejectedSpans":-1}})"})
        EXPECT_EQ(rejected_spans(answer), 0) << answer;
}

}  // namespace
}  // namespace hearth::serve
