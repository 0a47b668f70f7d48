#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <variant>
#include <vector>

#include "chat/described_stream.h"
#include "chat/openai_provider.h"
#include "core/json.h"
#include "net/sse.h"
#include "os/files.h"

// Streams recorded from llama-server 0.5.0 (and a few by hand, in the form of other servers), each beside the events,
// answers and counts that it stands for. A case is two files in tests/data/chat: NAME.sse and NAME.expected,
// whose first line says how many candidates were asked for. After a wanted change of the decoder, running these
// tests with HEARTH_UPDATE_GOLDEN=1 writes the .expected files anew; read the difference before it is kept.

namespace hearth::chat {
namespace {

namespace fs = std::filesystem;

const fs::path kData = fs::path(HEARTH_SOURCE_DIR) / "tests/data/chat";

std::string describe(const Reply& reply) {
    std::string out = describe_answers(reply);
    const auto& usage = reply.usage;
    out += fmt::format("usage prompt {} cached {} generated {} prefill {:.3f} s decode {:.3f} s\n",
                       usage.prompt_tokens.value, usage.cached_tokens.value, usage.generated_tokens.value,
                       usage.prompt_seconds, usage.decode_seconds);
    return out;
}

// Everything that a stream stands for, when it arrives in pieces of the given size.
std::string decode(int candidates, const std::vector<std::string_view>& pieces) {
    std::string out = fmt::format("candidates {}\n", candidates);
    OpenAiStreamDecoder decoder(candidates);
    net::SseParser events;
    std::optional<Error> error;
    const EventSink sink = [&](const Event& event) {
        out += std::visit(DescribeEvent{}, event) + "\n";
        return true;
    };
    for (const auto piece : pieces) {
        const auto fed = events.feed(piece, [&](const net::SseEvent& event) {
            if (error) return;
            if (auto status = decoder.feed(event.data, sink); !status) error = status.error();
        });
        if (!fed) error = fed.error();
        if (error) return out + fmt::format("error {}: {}\n", code_name(error->code()), error->message());
    }
    out += decoder.done() ? "end\n" : "no end\n";
    return out + describe(std::move(decoder).take());
}

std::vector<fs::path> recorded_streams() {
    std::vector<fs::path> found;
    for (const auto& entry : fs::directory_iterator(kData)) {
        if (entry.path().extension() == ".sse") found.push_back(entry.path());
    }
    std::ranges::sort(found);
    return found;
}

class RecordedStream : public ::testing::TestWithParam<fs::path> {
protected:
    void SetUp() override {
        auto read = os::read_file(GetParam());
        ASSERT_TRUE(read) << read.error().message();
        stream_ = std::move(*read);
        auto expected_path = GetParam();
        expected_path_ = expected_path.replace_extension(".expected");
        expected_ = os::read_file(expected_path_).value_or("candidates 1\n");
        ASSERT_TRUE(expected_.starts_with("candidates ")) << expected_path_;
        candidates_ = expected_[11] - '0';
    }

    std::string stream_;
    std::string expected_;
    fs::path expected_path_;
    int candidates_ = 1;
};

TEST_P(RecordedStream, GivesItsEventsAndAnswers) {
    const auto got = decode(candidates_, {stream_});
    if (std::getenv("HEARTH_UPDATE_GOLDEN") != nullptr) {
        ASSERT_TRUE(os::write_file_atomic(expected_path_, got));
    } else {
        EXPECT_EQ(got, expected_);
    }
}

TEST_P(RecordedStream, IsTheSameInPiecesOfAnySize) {
    for (const std::size_t size : {1, 2, 3, 5, 7, 64, 1000}) {
        EXPECT_EQ(decode(candidates_, cut_into(stream_, size)), expected_) << "pieces of " << size;
    }
}

TEST_P(RecordedStream, IsTheSameWhereverItIsCutInTwo) {
    // Long streams repeat themselves: their ends are cut at every byte, their middle at some.
    const std::string_view bytes = stream_;
    const std::size_t step = bytes.size() > 5000 ? 97 : 1;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
        ASSERT_EQ(decode(candidates_, {bytes.substr(0, at), bytes.substr(at)}), expected_) << "cut at " << at;
    }
}

INSTANTIATE_TEST_SUITE_P(OpenAiStream, RecordedStream, ::testing::ValuesIn(recorded_streams()),
                         [](const auto& each) { return each.param.stem().string(); });

std::string text_chunk(std::string_view text, int generated) {
    return fmt::format(
        R"({{"choices":[{{"index":0,"delta":{{"content":{}}},"finish_reason":null}}],)"
        R"("timings":{{"cache_n":5,"prompt_n":2,"prompt_ms":1500,"predicted_n":{},"predicted_ms":250}}}})",
        json_quote(text), generated);
}

TEST(OpenAiStreamDecoder, TellsNothingAfterTheSinkHadEnough) {
    OpenAiStreamDecoder decoder(1);
    int told = 0;
    const EventSink sink = [&](const Event&) { return ++told < 2; };
    for (int n = 1; n <= 4; ++n)
        EXPECT_TRUE(decoder.feed(text_chunk("a", n), sink));
    EXPECT_TRUE(decoder.stopped());
    EXPECT_EQ(told, 2);
}

TEST(OpenAiStreamDecoder, KnowsTheLongestAnswerAndWhatWasDrafted) {
    OpenAiStreamDecoder decoder(2);
    const auto chunk = [](int index, int generated, int drafted) {
        return fmt::format(
            R"({{"choices":[{{"index":{},"delta":{{"content":"a"}},"finish_reason":"stop"}}],)"
            R"("timings":{{"prompt_n":2,"predicted_n":{},"predicted_ms":250,"draft_n":{},"draft_n_accepted":{}}}}})",
            index, generated, drafted, drafted - 1);
    };
    EXPECT_TRUE(decoder.feed(chunk(0, 7, 3), {}));
    EXPECT_TRUE(decoder.feed(chunk(1, 9, 4), {}));
    const auto reply = std::move(decoder).take();
    EXPECT_EQ(reply.usage.longest_answer, Tokens{9});
    EXPECT_EQ(reply.usage.drafted_tokens, Tokens{7});
    EXPECT_EQ(reply.usage.accepted_tokens, Tokens{5});
}

TEST(OpenAiStreamDecoder, CountsAStoppedStreamFromItsTimings) {
    OpenAiStreamDecoder decoder(1);
    int told = 0;
    const EventSink sink = [&](const Event&) { return ++told < 3; };
    for (int n = 1; n <= 4; ++n)
        EXPECT_TRUE(decoder.feed(text_chunk("a", n), sink));
    const auto reply = std::move(decoder).take();
    EXPECT_EQ(reply.answers[0].message.text, "aaa");
    EXPECT_EQ(reply.answers[0].reason, StopReason::kStop);
    EXPECT_EQ(reply.usage.generated_tokens, Tokens{3});
    EXPECT_EQ(reply.usage.prompt_tokens, Tokens{7});
    EXPECT_EQ(reply.usage.cached_tokens, Tokens{5});
    EXPECT_DOUBLE_EQ(reply.usage.prompt_seconds, 1.5);
    EXPECT_DOUBLE_EQ(reply.usage.decode_seconds, 0.25);
}

// llama-server with "verbose", vLLM and SGLang.
TEST(OpenAiStreamDecoder, KnowsWhichSequenceEndedAnAnswer) {
    for (const auto* chunk :
         {R"({"choices":[{"finish_reason":"stop"}],"__verbose":{"stop_type":"word","stopping_word":"END"}})",
          R"({"choices":[{"finish_reason":"stop","stop_reason":"END"}]})",
          R"({"choices":[{"finish_reason":"stop","matched_stop":"END"}]})"}) {
        OpenAiStreamDecoder decoder(1);
        EXPECT_TRUE(decoder.feed(chunk, {}));
        EXPECT_EQ(std::move(decoder).take().answers[0].stop_sequence, "END") << chunk;
    }
    OpenAiStreamDecoder decoder(1);
    EXPECT_TRUE(decoder.feed(
        R"({"choices":[{"finish_reason":"stop","stop_reason":2}],"__verbose":{"stop_type":"eos","stopping_word":""}})",
        {}));
    EXPECT_EQ(std::move(decoder).take().answers[0].stop_sequence, "") << "the model ended it";
}

TEST(OpenAiStreamDecoder, AnAnswerWithoutAFinishIsAnError) {
    OpenAiStreamDecoder decoder(2);
    EXPECT_TRUE(decoder.feed(R"({"choices":[{"index":1,"delta":{},"finish_reason":"stop"}]})", {}));
    EXPECT_TRUE(decoder.feed("[DONE]", {}));
    const auto reply = std::move(decoder).take();
    EXPECT_EQ(reply.answers[0].reason, StopReason::kError);
    EXPECT_EQ(reply.answers[1].reason, StopReason::kStop);
}

TEST(OpenAiStreamDecoder, BoundsTheNumberOfToolCalls) {
    OpenAiStreamDecoder decoder(1);
    const auto fed =
        decoder.feed(R"({"choices":[{"index":0,"delta":{"tool_calls":[{"index":1000000}]}}]})", {});
    ASSERT_FALSE(fed);
    EXPECT_EQ(fed.error().code(), Code::kCorrupt);
}

// What is told of calls and what the answer has of them.
std::string calls_of(std::initializer_list<const char*> chunks) {
    OpenAiStreamDecoder decoder(1);
    std::string told;
    for (const auto* chunk : chunks) {
        const auto fed = decoder.feed(chunk, [&](const Event& event) {
            const auto* call = std::get_if<ToolCallDelta>(&event);
            if (call == nullptr) return true;
            told += fmt::format("{} {} {}; ", call->index, call->name, call->arguments);
            EXPECT_EQ(call->id.empty(), call->name.empty());
            return true;
        });
        if (!fed) return told + fed.error().message();
    }
    const auto reply = std::move(decoder).take();
    for (const ToolCall& call : reply.answers[0].message.tool_calls)
        told += fmt::format("[{} {}{}]", call.name, call.arguments, call.id.empty() ? " without an id" : "");
    return told;
}

constexpr const char* kArguments =
    R"({"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{}"}}]}}]})";
constexpr const char* kName =
    R"({"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"name":"f"}}]}}]})";

TEST(OpenAiStreamDecoder, ACallBeginsWithItsNameAndAlwaysHasAnId) {
    constexpr const char* kFinish = R"({"choices":[{"delta":{},"finish_reason":"tool_calls"}]})";
    EXPECT_EQ(calls_of({kArguments, kName, kFinish}), "0 f {}; [f {}]");
    EXPECT_EQ(calls_of({kName, kArguments, kFinish}), "0 f ; 0  {}; [f {}]");
    EXPECT_THAT(calls_of({kArguments, kFinish}), testing::HasSubstr("a tool call has no name"));
}

TEST(OpenAiStreamDecoder, ACallThatIsCutBeforeItsNameIsNone) {
    EXPECT_EQ(calls_of({kArguments, R"({"choices":[{"delta":{},"finish_reason":"length"}]})"}), "");
    EXPECT_EQ(calls_of({kArguments, "[DONE]"}), "");
}

TEST(StopReason, HasANameForPeople) {
    EXPECT_STREQ(stop_reason_name(StopReason::kStop), "stop");
    EXPECT_STREQ(stop_reason_name(StopReason::kLength), "length");
    EXPECT_STREQ(stop_reason_name(StopReason::kToolCalls), "tool_calls");
    EXPECT_STREQ(stop_reason_name(StopReason::kError), "error");
}

}  // namespace
}  // namespace hearth::chat
