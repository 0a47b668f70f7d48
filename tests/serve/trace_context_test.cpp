#include "serve/trace_context.h"

#include <gtest/gtest.h>

namespace hearth::serve {
namespace {

const std::string kTrace = "4bf92f3577b34da6a3ce929d0e0e4736";
const std::string kParent = "00f067aa0ba902b7";

TEST(Traceparent, HasTheTraceTheParentAndWhetherItIsSampled) {
    const auto context = parse_traceparent("00-" + kTrace + "-" + kParent + "-01");
    ASSERT_TRUE(context);
    EXPECT_EQ(context->trace_id, kTrace);
    EXPECT_EQ(context->parent_id, kParent);
    EXPECT_TRUE(context->sampled);
    EXPECT_FALSE(parse_traceparent("00-" + kTrace + "-" + kParent + "-00")->sampled);
}

TEST(Traceparent, OnlyTheLowestBitOfTheFlagsSaysSampled) {
    for (const auto* flags : {"03", "ff", "0b", "a1"})
        EXPECT_TRUE(parse_traceparent("00-" + kTrace + "-" + kParent + "-" + flags)->sampled) << flags;
    for (const auto* flags : {"02", "fe", "10"})
        EXPECT_FALSE(parse_traceparent("00-" + kTrace + "-" + kParent + "-" + flags)->sampled) << flags;
}

TEST(Traceparent, OfALaterVersionTheBeginningIsRead) {
    EXPECT_TRUE(parse_traceparent("01-" + kTrace + "-" + kParent + "-01"));
    EXPECT_TRUE(parse_traceparent("cc-" + kTrace + "-" + kParent + "-01-what.comes"));
    EXPECT_FALSE(parse_traceparent("cc-" + kTrace + "-" + kParent + "-01.what"));
}

TEST(Traceparent, WhatIsNotExactlyThatIsNone) {
    const std::string good = "00-" + kTrace + "-" + kParent + "-01";
    for (std::size_t length = 0; length < good.size(); ++length)
        EXPECT_FALSE(parse_traceparent(good.substr(0, length))) << length;
    for (std::size_t at = 0; at < good.size(); ++at) {
        std::string bad = good;
        bad[at] = 'G';
        EXPECT_FALSE(parse_traceparent(bad)) << bad;
    }
    EXPECT_FALSE(parse_traceparent(good + "-x")) << "version 00 ends there";
    EXPECT_FALSE(parse_traceparent(" " + good));
    EXPECT_FALSE(parse_traceparent("ff-" + kTrace + "-" + kParent + "-01"));
    EXPECT_FALSE(parse_traceparent("00-" + std::string(32, '0') + "-" + kParent + "-01"));
    EXPECT_FALSE(parse_traceparent("00-" + kTrace + "-" + std::string(16, '0') + "-01"));
    EXPECT_FALSE(parse_traceparent("00-4BF92F3577B34DA6A3CE929D0E0E4736-" + kParent + "-01"));
}

TEST(Traceparent, TwoOfThemAreNone) {
    const std::string good = "00-" + kTrace + "-" + kParent + "-01";
    EXPECT_TRUE(trace_context_of({{"accept", "*/*"}, {"traceparent", good}}));
    EXPECT_FALSE(trace_context_of({{"traceparent", good}, {"traceparent", good}}));
    EXPECT_FALSE(trace_context_of({}));
}

}  // namespace
}  // namespace hearth::serve
