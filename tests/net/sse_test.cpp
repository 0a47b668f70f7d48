#include "net/sse.h"

#include <gtest/gtest.h>
#include <string>
#include <utility>
#include <vector>

#include "os/files.h"

namespace hearth::net {
namespace {

using Events = std::vector<std::pair<std::string, std::string>>;

Events parse(const std::vector<std::string_view>& pieces) {
    SseParser parser;
    Events events;
    for (const std::string_view piece : pieces)
        EXPECT_TRUE(
            parser.feed(piece, [&](const SseEvent& event) { events.emplace_back(event.event, event.data); }));
    return events;
}

struct Case {
    const char* name;
    std::string stream;
    Events events;
};

class Sse : public testing::TestWithParam<Case> {};

TEST_P(Sse, WholeAndAtEverySplitPoint) {
    const std::string_view stream = GetParam().stream;
    EXPECT_EQ(parse({stream}), GetParam().events);
    for (std::size_t first = 0; first <= stream.size(); ++first)
        for (std::size_t second = first; second <= stream.size(); ++second)
            ASSERT_EQ(
                parse({stream.substr(0, first), stream.substr(first, second - first), stream.substr(second)}),
                GetParam().events)
                << first << " " << second;
    std::vector<std::string_view> bytes;
    for (std::size_t at = 0; at < stream.size(); ++at)
        bytes.push_back(stream.substr(at, 1));
    EXPECT_EQ(parse(bytes), GetParam().events);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Sse,
    testing::Values(
        Case{"Simple", "data: a\n\ndata: b\n\n", {{"message", "a"}, {"message", "b"}}},
        Case{"LineEnds",
             "data: a\r\n\r\ndata: b\r\rdata: c\n\n",
             {{"message", "a"}, {"message", "b"}, {"message", "c"}}},
        Case{"CrThenLfIsOneEnd", "data: a\r\ndata: b\r\n\r\n", {{"message", "a\nb"}}},
        Case{"Lines", "data: a\ndata:\ndata: b\n\n", {{"message", "a\n\nb"}}},
        Case{"OneSpaceIsNotData", "data:a\n\ndata:  b\n\n", {{"message", "a"}, {"message", " b"}}},
        Case{"Named", "event: ping\ndata: {}\n\ndata: x\n\n", {{"ping", "{}"}, {"message", "x"}}},
        Case{"LastNameCounts", "event: a\nevent: b\ndata: x\n\n", {{"b", "x"}}},
        Case{"WithoutDataIsDropped", "event: ping\n\ndata: x\n\n", {{"message", "x"}}},
        Case{"EmptyData",
             "data\n\ndata:\n\ndata\ndata\n\n",
             {{"message", ""}, {"message", ""}, {"message", "\n"}}},
        Case{"Comments", ": hello\n:\ndata: x\n: more\n\n", {{"message", "x"}}},
        Case{"OtherFields", "id: 1\nretry: 5\nnonsense\ndatax: y\n data: z\ndata: x\n\n", {{"message", "x"}}},
        Case{"ByteOrderMark",
             "\xEF\xBB\xBF"
             "data: x\n\n",
             {{"message", "x"}}},
        Case{"OnlyOneByteOrderMark",
             "\xEF\xBB\xBF\xEF\xBB\xBF"
             "data: x\n\ndata: y\n\n",
             {{"message", "y"}}},
        Case{"UnfinishedIsDropped", "data: a\n\ndata: b\n", {{"message", "a"}}},
        Case{"Colons", "data: a: b\n\n", {{"message", "a: b"}}},
        Case{"Utf8", "data: \xE2\x82\xAC\xF0\x9F\x98\x80\n\n", {{"message", "\xE2\x82\xAC\xF0\x9F\x98\x80"}}},
        Case{"BlankLines", "\n\n\r\r\n\ndata: x\n\n\n\n", {{"message", "x"}}}),
    [](const auto& each) { return each.param.name; });

TEST(SseGolden, EngineStreamAtEverySplitPoint) {
    const auto stream = os::read_file(HEARTH_SOURCE_DIR "/tests/data/net/engine_stream.sse");
    ASSERT_TRUE(stream) << stream.error().message();
    const std::string_view text = *stream;
    const Events whole = parse({text});
    ASSERT_EQ(whole.size(), 5U);
    EXPECT_EQ(whole.back().second, "[DONE]");
    for (std::size_t at = 0; at <= text.size(); ++at)
        ASSERT_EQ(parse({text.substr(0, at), text.substr(at)}), whole) << at;
}

TEST(SseLimit, AnEventMayNotGrowForEver) {
    const auto ignore = [](const SseEvent&) {};
    SseParser line(100);
    Status fed;
    for (int i = 0; i < 200 && fed; ++i)
        fed = line.feed("x", ignore);
    ASSERT_FALSE(fed);
    EXPECT_EQ(fed.error().code(), Code::kTooLarge);
    SseParser lines(100);
    fed = Status();
    for (int i = 0; i < 200 && fed; ++i)
        fed = lines.feed("data: x\n", ignore);
    EXPECT_FALSE(fed);
    SseParser many(100);
    for (int i = 0; i < 200; ++i)
        EXPECT_TRUE(many.feed("data: x\n\n", ignore));
}

}  // namespace
}  // namespace hearth::net
