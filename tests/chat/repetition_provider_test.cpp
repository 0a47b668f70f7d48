#include "chat/repetition_provider.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "support/scripted_provider.h"

namespace hearth::chat {
namespace {

using test::ScriptedProvider;

std::string times(const std::string& part, int count) {
    std::string text;
    for (int i = 0; i < count; ++i)
        text += part;
    return text;
}

TEST(Repetition, TheSameSentenceOverAndOverIsOne) {
    EXPECT_TRUE(repeats_itself("It fails. " + times("The code does not handle the text. ", 14)));
    EXPECT_TRUE(repeats_itself(times("\n", 1300)));
    EXPECT_TRUE(repeats_itself("x = " + times("0, ", 500)));
}

TEST(Repetition, TablesAndCodeAreNone) {
    EXPECT_FALSE(repeats_itself(""));
    EXPECT_FALSE(repeats_itself("grid = [\n" + times("    [0, 0, 0, 0, 0, 0, 0, 0, 0],\n", 9) + "]\n"));
    EXPECT_FALSE(repeats_itself("# " + times("-", 120) + "\n"));
    std::string code;
    for (int i = 0; i < 60; ++i)
        code += "    if (n == " + std::to_string(i) + ") return " + std::to_string(i * i) + ";\n";
    EXPECT_FALSE(repeats_itself(code));
}

// Streams these pieces until it is told to stop.
ScriptedProvider::Step pieces(std::vector<Event> events, std::size_t& sent) {
    return [events = std::move(events), &sent](const Request&, const EventSink& sink,
                                               std::stop_token) -> Result<Reply> {
        Reply reply;
        reply.answers.resize(2);
        for (const auto& event : events) {
            ++sent;
            if (!sink(event)) break;
        }
        return reply;
    };
}

struct Watched {
    std::unique_ptr<Provider> provider;
    ScriptedProvider* script = nullptr;
};

Watched watched() {
    auto script = std::make_unique<ScriptedProvider>();
    auto* raw = script.get();
    return {make_repetition_provider(std::move(script)), raw};
}

TEST(Repetition, AnAnswerThatRepeatsItselfIsEnded) {
    auto [provider, script] = watched();
    std::size_t sent = 0;
    script->then_do(
        pieces(std::vector<Event>(1000, TextDelta{0, "The text is longer than the sign. "}), sent));
    std::vector<StopReason> ends;
    const auto reply = provider->stream({},
                                        [&](const Event& event) {
                                            if (const auto* done = std::get_if<CandidateDone>(&event))
                                                ends.push_back(done->reason);
                                            return true;
                                        },
                                        {});
    ASSERT_TRUE(reply);
    EXPECT_LT(sent, 30U);
    EXPECT_EQ(ends, std::vector<StopReason>{StopReason::kLength});
    EXPECT_EQ(reply->answers[0].reason, StopReason::kLength);
}

TEST(Repetition, OtherCandidatesAreWaitedFor) {
    auto [provider, script] = watched();
    std::vector<Event> events(40, TextDelta{0, "The text is longer than the sign. "});
    events.emplace_back(TextDelta{1, "return 4"});
    events.emplace_back(CandidateDone{1, StopReason::kStop});
    events.insert(events.end(), 40, TextDelta{0, "The text is longer than the sign. "});
    std::size_t sent = 0;
    script->then_do(pieces(events, sent));
    Request request;
    request.candidates = 2;
    std::vector<int> done_ones;
    const auto reply = provider->stream(request,
                                        [&](const Event& event) {
                                            if (const auto* done = std::get_if<CandidateDone>(&event))
                                                done_ones.push_back(done->candidate);
                                            return true;
                                        },
                                        {});
    ASSERT_TRUE(reply);
    EXPECT_EQ(sent, 42U);
    EXPECT_EQ(done_ones, (std::vector<int>{1, 0}));
    EXPECT_EQ(reply->answers[1].reason, StopReason::kStop);
}

TEST(Repetition, AnAnswerThatEndsIsLeftAlone) {
    auto [provider, script] = watched();
    script->then_text("Done.");
    const auto reply = provider->stream({}, {}, {});
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->answers[0].reason, StopReason::kStop);
}

}  // namespace
}  // namespace hearth::chat
