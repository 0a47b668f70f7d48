#include "net/detail/part_state.h"

#include <gtest/gtest.h>

#include "core/units.h"

namespace hearth::net::detail {
namespace {

TEST(PartState, ComesBackAsItWas) {
    const PartState state{"abc", 30, "\"e\\t\"", "Mon, 01 Jan 2024 00:00:00 GMT", {{0, 10, 10}, {10, 30, 5}}};
    EXPECT_EQ(parse_part_state(render(state)), state);
    EXPECT_EQ(state.done(), 15);
    EXPECT_FALSE(state.complete());
}

TEST(PartState, WhatCannotBeTrueIsNothing) {
    const auto with = [](std::string_view segments, std::string_view total = "30") {
        return parse_part_state(R"({"version":1,"source":"a","total":)" + std::string(total) +
                                R"(,"etag":"","last_modified":"","segments":[)" + std::string(segments) +
                                "]}");
    };
    EXPECT_TRUE(with(R"({"begin":0,"end":30,"done":0})"));
    EXPECT_FALSE(with(R"({"begin":0,"end":30,"done":31})"));
    EXPECT_FALSE(with(R"({"begin":0,"end":30,"done":-1})"));
    EXPECT_FALSE(with(R"({"begin":0,"end":20,"done":0})"));
    EXPECT_FALSE(with(R"({"begin":5,"end":30,"done":0})"));
    EXPECT_FALSE(with(R"({"begin":0,"end":20,"done":0},{"begin":21,"end":30,"done":0})"));
    EXPECT_FALSE(with(R"({"begin":0,"end":0,"done":0},{"begin":0,"end":30,"done":0})"));
    EXPECT_FALSE(with(R"({"begin":0,"end":"30","done":0})"));
    EXPECT_FALSE(with(R"({"begin":0,"end":30,"done":0})", "31"));
    EXPECT_FALSE(parse_part_state(""));
    EXPECT_FALSE(parse_part_state("{}"));
    EXPECT_FALSE(parse_part_state(R"({"version":2})"));
    EXPECT_FALSE(parse_part_state("\xff\xfe"));
}

TEST(PartState, DividesWithoutGapsIntoPiecesWorthARequest) {
    for (const std::int64_t total :
         {std::int64_t{1}, 4 * kMiB - 1, 4 * kMiB, 4 * kMiB + 1, 100 * kMiB, 40 * kGiB})
        for (const int connections : {1, 4, 16}) {
            const auto segments = divide(total, 4 * kMiB, connections);
            std::int64_t at = 0;
            for (const Segment& segment : segments) {
                EXPECT_EQ(segment.begin, at);
                EXPECT_GT(segment.end, segment.begin);
                EXPECT_LE(segment.end - segment.begin, 96 * kMiB);
                at = segment.end;
            }
            EXPECT_EQ(at, total);
            EXPECT_EQ(segments.front().end, std::min(total, 4 * kMiB));
        }
    EXPECT_TRUE(divide(0, 4 * kMiB, 4).empty());
    EXPECT_GE(divide(100 * kMiB, 4 * kMiB, 4).size(), 8U);
}

TEST(PartState, ReadsContentRanges) {
    const auto range = parse_content_range("bytes 5-9/100");
    ASSERT_TRUE(range);
    EXPECT_EQ(range->begin, 5);
    EXPECT_EQ(range->end, 10);
    EXPECT_EQ(range->total, 100);
    for (const char* bad :
         {"", "bytes", "bytes 5-9/*", "bytes */100", "bytes 9-5/100", "bytes 5-100/100", "items 5-9/100",
          "bytes 5-9", "bytes -5-9/100", "bytes 5-9/100x", "bytes 99999999999999999999-9/100"})
        EXPECT_FALSE(parse_content_range(bad)) << bad;
}

}  // namespace
}  // namespace hearth::net::detail
