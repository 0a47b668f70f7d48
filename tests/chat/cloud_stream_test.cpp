#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "chat/cloud_provider.h"
#include "chat/described_stream.h"
#include "core/json.h"
#include "net/sse.h"
#include "os/files.h"

// Streams in the dialects of providers elsewhere, in the form of their documentation, each beside the events, answers and counts that it stands
// for. A case is two files in tests/data/chat/cloud: DIALECT.NAME.sse and DIALECT.NAME.expected. HEARTH_UPDATE_GOLDEN=1 writes what is
// expected anew; read the difference before it is kept.

namespace hearth::chat {
namespace {

namespace fs = std::filesystem;

const fs::path kData = fs::path(HEARTH_SOURCE_DIR) / "tests/data/chat/cloud";

Dialect dialect_of(const fs::path& file) {
    const auto name = file.filename().string();
    const auto dialect = parse_dialect(name.substr(0, name.find('.')));
    EXPECT_TRUE(dialect) << file << ": " << dialect_names();
    return dialect.value_or(Dialect::kOpenAiChat);
}

// An id that the stream lacks is drawn anew each time.
std::string without_drawn_ids(std::string text) {
    constexpr std::string_view kPrefix = "call_";
    constexpr std::size_t kDigits = 24;
    for (auto at = text.find(kPrefix); at != std::string::npos; at = text.find(kPrefix, at + 1)) {
        const auto digits = std::string_view(text).substr(at + kPrefix.size(), kDigits);
        if (digits.size() == kDigits &&
            digits.find_first_not_of("0123456789abcdef") == std::string_view::npos)
            text.replace(at + kPrefix.size(), kDigits, "DRAWN");
    }
    return text;
}

std::string describe(const Reply& reply) {
    std::string out = describe_answers(reply);
    const auto& message = reply.answers.front().message;
    for (const auto& thought : message.thoughts)
        out += fmt::format("  signed {} {}{}\n", json_quote(thought.text), json_quote(thought.signature),
                           thought.redacted ? " redacted" : "");
    for (const auto& call : message.tool_calls)
        if (!call.signature.empty()) out += fmt::format("  call signed {}\n", json_quote(call.signature));
    if (const auto& stop = reply.answers.front().stop_sequence; !stop.empty())
        out += fmt::format("  ended by {}\n", json_quote(stop));
    const auto& usage = reply.usage;
    return out + fmt::format("usage prompt {} cached {} written {} generated {}\n", usage.prompt_tokens.value,
                             usage.cached_tokens.value, usage.written_tokens.value,
                             usage.generated_tokens.value);
}

// Everything that a stream stands for, when it arrives in these pieces.
std::string decode(Dialect dialect, const std::vector<std::string_view>& pieces) {
    std::string out;
    const auto decoder = make_cloud_decoder(dialect);
    net::SseParser events;
    std::optional<Error> error;
    const EventSink sink = [&](const Event& event) {
        out += std::visit(DescribeEvent{}, event) + "\n";
        return true;
    };
    for (const auto piece : pieces) {
        const auto fed = events.feed(piece, [&](const net::SseEvent& event) {
            if (error) return;
            if (auto status = decoder->feed(event.data, sink); !status) error = status.error();
        });
        if (!fed) error = fed.error();
        if (error) {
            const auto wait = error->retry_after().count();
            return out + fmt::format("error {}: {}{}\n", code_name(error->code()), error->message(),
                                     wait > 0 ? fmt::format(" (in {} s)", wait) : "");
        }
    }
    out += decoder->done() ? "end\n" : "no end\n";
    return without_drawn_ids(out + describe(decoder->take()));
}

std::vector<fs::path> recorded_streams() {
    std::vector<fs::path> found;
    for (const auto& entry : fs::directory_iterator(kData)) {
        if (entry.path().extension() == ".sse") found.push_back(entry.path());
    }
    std::ranges::sort(found);
    return found;
}

class CloudStream : public ::testing::TestWithParam<fs::path> {
protected:
    void SetUp() override {
        dialect_ = dialect_of(GetParam());
        auto stream = os::read_file(GetParam());
        ASSERT_TRUE(stream);
        stream_ = *std::move(stream);
        expected_path_ = fs::path(GetParam()).replace_extension(".expected");
        expected_ = os::read_file(expected_path_).value_or("");
    }

    Dialect dialect_ = Dialect::kOpenAiChat;
    std::string stream_;
    std::string expected_;
    fs::path expected_path_;
};

TEST_P(CloudStream, GivesItsEventsAndAnswers) {
    const auto got = decode(dialect_, {stream_});
    if (std::getenv("HEARTH_UPDATE_GOLDEN") != nullptr) {
        ASSERT_TRUE(os::write_file_atomic(expected_path_, got));
    } else {
        EXPECT_EQ(got, expected_);
    }
}

TEST_P(CloudStream, IsTheSameInPiecesOfAnySize) {
    for (const std::size_t size : {1, 2, 3, 7, 64, 1000})
        EXPECT_EQ(decode(dialect_, cut_into(stream_, size)), expected_) << "pieces of " << size;
}

INSTANTIATE_TEST_SUITE_P(CloudDecoder, CloudStream, ::testing::ValuesIn(recorded_streams()),
                         [](const auto& each) {
                             auto name = each.param.stem().string();
                             std::ranges::replace_if(name, [](char c) { return c == '-' || c == '.'; }, '_');
                             return name;
                         });

// Each dialect's shortest answer with a second event behind it.
struct TwoPieces {
    Dialect dialect;
    std::vector<std::string_view> payloads;
};

std::vector<TwoPieces> two_pieces() {
    return {
        {Dialect::kAnthropic,
         {R"({"type":"content_block_start","index":0,"content_block":{"type":"text","text":"a"}})",
          R"({"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"b"}})"}},
        {Dialect::kOpenAiResponses,
         {R"({"type":"response.output_text.delta","delta":"a"})",
          R"({"type":"response.output_text.delta","delta":"b"})"}},
        {Dialect::kGoogle,
         {R"({"candidates":[{"content":{"parts":[{"text":"a"}]}}]})",
          R"({"candidates":[{"content":{"parts":[{"text":"b"}]}}]})"}},
        {Dialect::kBedrock,
         {R"({"contentBlockDelta":{"contentBlockIndex":0,"delta":{"text":"a"}}})",
          R"({"contentBlockDelta":{"contentBlockIndex":0,"delta":{"text":"b"}}})"}},
        {Dialect::kMistral,
         {R"({"choices":[{"index":0,"delta":{"content":"a"}}]})",
          R"({"choices":[{"index":0,"delta":{"content":[{"type":"text","text":"b"}]}}]})"}},
        {Dialect::kOpenAiChat,
         {R"({"choices":[{"index":0,"delta":{"content":"a"}}]})",
          R"({"choices":[{"index":0,"delta":{"content":"b"}}]})"}},
    };
}

TEST(CloudDecoder, TellsNothingAfterTheSinkHadEnough) {
    for (const auto& each : two_pieces()) {
        const auto decoder = make_cloud_decoder(each.dialect);
        int told = 0;
        const EventSink sink = [&](const Event&) { return ++told < 1; };
        for (const auto payload : each.payloads)
            EXPECT_TRUE(decoder->feed(payload, sink)) << dialect_name(each.dialect);
        EXPECT_TRUE(decoder->stopped()) << dialect_name(each.dialect);
        EXPECT_EQ(told, 1) << dialect_name(each.dialect);
        EXPECT_EQ(decoder->take().answers.front().reason, StopReason::kStop);
    }
}

TEST(CloudDecoder, AnAnswerWithoutItsEndIsAnError) {
    for (const auto& each : two_pieces()) {
        const auto decoder = make_cloud_decoder(each.dialect);
        for (const auto payload : each.payloads)
            EXPECT_TRUE(decoder->feed(payload, {})) << dialect_name(each.dialect);
        EXPECT_FALSE(decoder->done()) << dialect_name(each.dialect);
        const auto reply = decoder->take();
        EXPECT_EQ(reply.answers.front().reason, StopReason::kError);
        EXPECT_EQ(reply.answers.front().message.text, "ab");
    }
}

TEST(CloudDecoder, WhatIsNoStreamIsSaid) {
    for (const auto dialect : {Dialect::kAnthropic, Dialect::kOpenAiResponses, Dialect::kGoogle,
                               Dialect::kMistral, Dialect::kOpenAiChat, Dialect::kBedrock}) {
        for (const auto* payload : {"no json", "[1]", "\"x\""}) {
            const auto fed = make_cloud_decoder(dialect)->feed(payload, {});
            ASSERT_FALSE(fed) << dialect_name(dialect) << " " << payload;
            EXPECT_EQ(fed.error().code(), Code::kCorrupt) << dialect_name(dialect) << " " << payload;
        }
    }
}

TEST(CloudDecoder, BoundsTheNumberOfToolCalls) {
    const auto decoder = make_cloud_decoder(Dialect::kGoogle);
    Status fed;
    for (int i = 0; i < 200 && fed; ++i)
        fed = decoder->feed(
            R"({"candidates":[{"content":{"parts":[{"functionCall":{"name":"f","args":{}}}]}}]})", {});
    ASSERT_FALSE(fed);
    EXPECT_EQ(fed.error().code(), Code::kCorrupt);
}

TEST(Dialect, HasANameThatIsReadAgain) {
    for (const auto dialect : {Dialect::kOpenAiChat, Dialect::kOpenAiResponses, Dialect::kAzureResponses,
                               Dialect::kAnthropic, Dialect::kGoogle, Dialect::kMistral})
        EXPECT_EQ(parse_dialect(dialect_name(dialect)), dialect);
    EXPECT_EQ(parse_dialect("telepathy"), std::nullopt);
}

}  // namespace
}  // namespace hearth::chat
