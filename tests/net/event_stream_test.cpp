#include "net/event_stream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "core/base64.h"

// The streams were made by the encoder of @smithy/eventstream-codec 2, as base64: an answer of five events, an exception, and a message with
// headers of every type.

namespace hearth::net {
namespace {

using testing::ElementsAre;
using testing::Pair;

constexpr const char* kAnswer =
    "AAAAdgAAAFKW1freCzpldmVudC10eXBlBwAMbWVzc2FnZVN0YXJ0DTpjb250ZW50LXR5cGUHABBhcHBsaWNhdGlvbi9qc29uDTpt"
    "ZXNzYWdlLXR5cGUHAAVldmVudHsicm9sZSI6ImFzc2lzdGFudCJ9b6jFmQAAAJ4AAABX/huCTws6ZXZlbnQtdHlwZQcAEWNvbnRl"
    "bnRCbG9ja0RlbHRhDTpjb250ZW50LXR5cGUHABBhcHBsaWNhdGlvbi9qc29uDTptZXNzYWdlLXR5cGUHAAVldmVudHsiY29udGVu"
    "dEJsb2NrSW5kZXgiOjAsImRlbHRhIjp7InRleHQiOiJIaSJ9LCJwIjoiYWJjIn2TQ/AQAAAAfQAAAFbmaA/WCzpldmVudC10eXBl"
    "BwAQY29udGVudEJsb2NrU3RvcA06Y29udGVudC10eXBlBwAQYXBwbGljYXRpb24vanNvbg06bWVzc2FnZS10eXBlBwAFZXZlbnR7"
    "ImNvbnRlbnRCbG9ja0luZGV4IjowfbMuTTQAAAB6AAAAUcosRmULOmV2ZW50LXR5cGUHAAttZXNzYWdlU3RvcA06Y29udGVudC10"
    "eXBlBwAQYXBwbGljYXRpb24vanNvbg06bWVzc2FnZS10eXBlBwAFZXZlbnR7InN0b3BSZWFzb24iOiJlbmRfdHVybiJ9X78J/AAA"
    "ANoAAABONwPUBgs6ZXZlbnQtdHlwZQcACG1ldGFkYXRhDTpjb250ZW50LXR5cGUHABBhcHBsaWNhdGlvbi9qc29uDTptZXNzYWdl"
    "LXR5cGUHAAVldmVudHsidXNhZ2UiOnsiaW5wdXRUb2tlbnMiOjEwMDAsIm91dHB1dFRva2VucyI6MTAwLCJ0b3RhbFRva2VucyI6"
    "MzYwMCwiY2FjaGVSZWFkSW5wdXRUb2tlbnMiOjIwMDAsImNhY2hlV3JpdGVJbnB1dFRva2VucyI6NTAwfX0JjUo4";

constexpr const char* kThrottled =
    "AAAAdgAAAFKW1freCzpldmVudC10eXBlBwAMbWVzc2FnZVN0YXJ0DTpjb250ZW50LXR5cGUHABBhcHBsaWNhdGlvbi9qc29uDTpt"
    "ZXNzYWdlLXR5cGUHAAVldmVudHsicm9sZSI6ImFzc2lzdGFudCJ9b6jFmQAAALAAAABhT1CGsw86ZXhjZXB0aW9uLXR5cGUHABN0"
    "aHJvdHRsaW5nRXhjZXB0aW9uDTpjb250ZW50LXR5cGUHABBhcHBsaWNhdGlvbi9qc29uDTptZXNzYWdlLXR5cGUHAAlleGNlcHRp"
    "b257Im1lc3NhZ2UiOiJUb28gbWFueSB0b2tlbnMsIHBsZWFzZSB3YWl0IGJlZm9yZSB0cnlpbmcgYWdhaW4uIn33CuV/";

constexpr const char* kOdd =
    "AAAAXgAAAE5zZcJUA3llcwACbm8BAWIC/wFzA//+AWkEAAAAAwJieQYAAgD/AXQIAAABnOzlJHABdQkAESIzRFVmd4iZqrvM3e7/"
    "BHRleHQHAAd3w7ZydGVykMpxBw==";

std::string bytes_of(const char* base64) { return decode_base64(base64).value_or(""); }

struct Parsed {
    std::vector<EventStreamMessage> messages;
    std::string failure;
};

Parsed parse(std::string_view stream, std::size_t step, std::size_t most = 1000) {
    EventStreamParser parser(most);
    Parsed out;
    for (std::size_t at = 0; at < stream.size() && out.failure.empty(); at += step) {
        const auto fed = parser.feed(stream.substr(at, step),
                                     [&](const EventStreamMessage& each) { out.messages.push_back(each); });
        if (!fed) out.failure = fed.error().message();
    }
    return out;
}

TEST(EventStream, IsTheSameInPiecesOfAnySize) {
    const auto stream = bytes_of(kAnswer);
    ASSERT_EQ(stream.size(), 741U);
    for (const std::size_t step : {1, 2, 3, 11, 64, 1000}) {
        const auto parsed = parse(stream, step);
        EXPECT_EQ(parsed.failure, "");
        ASSERT_EQ(parsed.messages.size(), 5U) << step;
        EXPECT_EQ(parsed.messages[0].text(":event-type"), "messageStart");
        EXPECT_EQ(parsed.messages[0].text(":message-type"), "event");
        EXPECT_EQ(parsed.messages[0].payload, R"({"role":"assistant"})");
        EXPECT_EQ(parsed.messages[3].payload, R"({"stopReason":"end_turn"})");
        EXPECT_EQ(parsed.messages[4].text("absent"), "");
    }
}

TEST(EventStream, HasExceptions) {
    const auto parsed = parse(bytes_of(kThrottled), 1000);
    ASSERT_EQ(parsed.messages.size(), 2U) << parsed.failure;
    EXPECT_EQ(parsed.messages[1].text(":message-type"), "exception");
    EXPECT_EQ(parsed.messages[1].text(":exception-type"), "throttlingException");
}

TEST(EventStream, PassesOverHeadersThatAreNoText) {
    const auto parsed = parse(bytes_of(kOdd), 1000);
    ASSERT_EQ(parsed.messages.size(), 1U) << parsed.failure;
    EXPECT_THAT(parsed.messages[0].texts, ElementsAre(Pair("text", "w\xc3\xb6rter")));
    EXPECT_EQ(parsed.messages[0].payload, "");
}

TEST(EventStream, EveryBitThatChangedIsFound) {
    const auto stream = bytes_of(kOdd);
    for (std::size_t at = 0; at < stream.size(); ++at) {
        auto broken = stream;
        broken[at] = static_cast<char>(broken[at] ^ 4);
        const auto parsed = parse(broken, broken.size());
        EXPECT_TRUE(parsed.messages.empty()) << at;
        EXPECT_NE(parsed.failure, "") << at;
    }
}

TEST(EventStream, WhatIsCutOffIsDropped) {
    const auto stream = bytes_of(kOdd);
    for (std::size_t size = 0; size < stream.size(); ++size) {
        const auto parsed = parse(std::string_view(stream).substr(0, size), 1000);
        EXPECT_TRUE(parsed.messages.empty() && parsed.failure.empty()) << size;
    }
}

TEST(EventStream, BoundsAMessage) {
    EventStreamParser parser(100);
    const auto fed = parser.feed(bytes_of(kAnswer), [](const EventStreamMessage&) {});
    ASSERT_FALSE(fed);
    EXPECT_EQ(fed.error().code(), Code::kTooLarge);
    EXPECT_FALSE(parser.feed("", [](const EventStreamMessage&) {})) << "nothing follows an error";
}

TEST(EventStream, OtherBytesAreNone) {
    const auto parsed = parse("HTTP/1.1 502 Bad Gateway", 1000);
    EXPECT_EQ(parsed.failure, "the answer is no event stream of Amazon's: the checksum of a length is wrong");
}

}  // namespace
}  // namespace hearth::net
