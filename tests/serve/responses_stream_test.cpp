// What a client of the Responses API gets for a stream of the engine. A case is two files in tests/data/serve/responses:
// NAME.engine, the engine's stream, which for an engine that died ends in the middle, and NAME.expected, the events for a client
// that sent request.json. Ids that are made anew each time are named in their order, times are 0. After a wanted change, these tests with
// HEARTH_UPDATE_GOLDEN=1 write the .expected files anew; read the difference before it is kept.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "chat/openai_provider.h"
#include "core/json.h"
#include "core/text.h"
#include "net/sse.h"
#include "os/files.h"
#include "serve/openai_responses.h"

namespace hearth::serve {
namespace {

namespace fs = std::filesystem;

const fs::path kData = fs::path(HEARTH_SOURCE_DIR) / "tests/data/serve/responses";

struct Played {
    std::string stream;
    std::optional<chat::Reply> reply;
};

Played play(ReplyEncoder& encoder, const std::string& engine) {
    Played played;
    chat::OpenAiStreamDecoder decoder(1);
    net::SseParser parser;
    Status fed;
    EXPECT_TRUE(parser.feed(engine, [&](const net::SseEvent& event) {
        if (fed)
            fed = decoder.feed(event.data, [&](const chat::Event& each) {
                played.stream += encoder.event(each);
                return true;
            });
    }));
    played.stream.insert(0, encoder.begin());
    if (fed && !decoder.done()) fed = Error(Code::kUnavailable, "the engine was killed by signal 9");
    if (!fed) {
        played.stream += encoder.broken(fed.error());
        return played;
    }
    played.reply = std::move(decoder).take();
    played.stream += encoder.end(*played.reply, {});
    return played;
}

ResponsesCall call_of(const std::string& request) {
    auto call = responses_call(request, {});
    EXPECT_TRUE(call) << call.error().message();
    return call ? *call : ResponsesCall();
}

std::string without_what_changes(std::string text, const ResponsesCall& call) {
    text = replace_all(text, call.id.substr(call.id.find('_') + 1), "ID");
    for (auto at = text.find("\"created_at\":"); at != std::string::npos;
         at = text.find("\"created_at\":", at)) {
        at += 13;
        text.replace(at, text.find_first_not_of("0123456789", at) - at, "0");
    }
    return text;
}

class ResponsesStream : public testing::TestWithParam<std::string> {};

TEST_P(ResponsesStream, SaysWhatTheEngineSaid) {
    const auto request = os::read_file(kData / "request.json");
    const auto engine = os::read_file(kData / (GetParam() + ".engine"));
    ASSERT_TRUE(request && engine);
    const ResponsesCall call = call_of(*request);
    const auto encoder = responses_encoder(call);
    const Played played = play(*encoder, *engine);
    const std::string got = without_what_changes(played.stream, call);
    const fs::path file = kData / (GetParam() + ".expected");
    if (std::getenv("HEARTH_UPDATE_GOLDEN") != nullptr) {
        ASSERT_TRUE(os::write_file_atomic(file, got));
    }
    const auto expected = os::read_file(file);
    ASSERT_TRUE(expected) << expected.error().message();
    EXPECT_EQ(got, *expected);
}

// Whatever the engine said: events are numbered without a gap, each item opens once and closes once in its place, and the last event has
// the items that closed.
TEST_P(ResponsesStream, IsWellFormed) {
    const auto request = os::read_file(kData / "request.json");
    const auto engine = os::read_file(kData / (GetParam() + ".engine"));
    ASSERT_TRUE(request && engine);
    const auto encoder = responses_encoder(call_of(*request));
    const Played played = play(*encoder, *engine);
    net::SseParser parser;
    std::int64_t number = 0;
    json::array items;
    bool open = false;
    json::value last;
    ASSERT_TRUE(parser.feed(played.stream, [&](const net::SseEvent& event) {
        const auto value = parse_json(event.data);
        ASSERT_TRUE(value);
        EXPECT_EQ(value->at("sequence_number"), number++);
        const auto type = string_member(*value, "type").value_or("");
        EXPECT_EQ(type, event.event);
        if (const auto* index = member(*value, "output_index")) {
            EXPECT_EQ(*index, items.size());
        }
        if (type == "response.output_item.added") {
            EXPECT_FALSE(open);
            open = true;
        }
        if (type == "response.output_item.done") {
            EXPECT_TRUE(open);
            open = false;
            items.push_back(value->at("item"));
        }
        last = *value;
    }));
    EXPECT_FALSE(open);
    EXPECT_EQ(last.at_pointer("/response/output"), json::value(items));
    if (played.reply) {
        EXPECT_EQ(parse_json(encoder->response(*played.reply)).value(), last.at("response"));
    }
}

// The same answer without a stream has the same items.
TEST_P(ResponsesStream, IsTheWholeAnswerInPieces) {
    const auto request = os::read_file(kData / "request.json");
    const auto engine = os::read_file(kData / (GetParam() + ".engine"));
    ASSERT_TRUE(request && engine);
    const ResponsesCall call = call_of(*request);
    const auto streaming = responses_encoder(call);
    const Played played = play(*streaming, *engine);
    if (!played.reply) return;
    const auto whole = responses_encoder(call)->whole(*played.reply, {});
    EXPECT_EQ(whole.body, streaming->response(*played.reply));
}

INSTANTIATE_TEST_SUITE_P(Cases, ResponsesStream,
                         testing::Values("text", "reasoning", "one_call", "three_calls", "length", "call_cut",
                                         "silent", "error", "killed"),
                         [](const auto& each) { return each.param; });

}  // namespace
}  // namespace hearth::serve
