// What goes wrong with a stream, in each dialect, with the real engine: a prompt that does not fit, a client that leaves, an engine that is
// killed. The form of streams that go well is in tests/serve/stream_golden_test.cpp.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <memory>
#include <ostream>
#include <string>
#include <tuple>
#include <vector>

#include <boost/json.hpp>

#include "core/json.h"
#include "integration/serve_fixture.h"
#include "net/http_client.h"
#include "support/stream_rules.h"

namespace hearth::serve {
namespace {

using engine::happens;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;

struct Way {
    const char* name;
    const char* target;
    const char* question;  // around its prompt and the most tokens of its answer
    const char* delta;     // by which a stream shows that the engine writes
    const char* failure;   // by which it shows that it failed
    const char* overflow;  // in the answer to a prompt that does not fit
    rules::Broken (*broken_rule)(std::string_view stream);
};

void PrintTo(const Way& way, std::ostream* out) { *out << way.name; }

constexpr const char* kMessages =
    R"({{"model":"smollm2:135m","temperature":0,"stream":true,"max_tokens":{1},"messages":[{{"role":"user","content":"{0}"}}]}})";

const Way kWays[] = {
    {.name = "openai",
     .target = "/v1/chat/completions",
     .question = kMessages,
     .delta = R"("delta":{"content":")",
     .failure = R"(data: {"error":{"message":)",
     .overflow = R"("code":"context_length_exceeded")",
     .broken_rule = rules::openai},
    {.name = "anthropic",
     .target = "/v1/messages",
     .question = kMessages,
     .delta = "text_delta",
     .failure = "event: error",
     .overflow = R"("message":"prompt is too long: )",
     .broken_rule = rules::anthropic},
    {.name = "ollama",
     .target = "/api/chat",
     .question =
         R"({{"model":"smollm2:135m","options":{{"num_predict":{1},"temperature":0}},"messages":[{{"role":"user","content":"{0}"}}]}})",
     .delta = R"("done":false)",
     .failure = R"({"error":")",
     .overflow = R"({"error":"the prompt has)",
     .broken_rule = rules::ollama},
    {.name = "responses",
     .target = "/v1/responses",
     .question =
         R"({{"model":"smollm2:135m","input":"{0}","temperature":0,"stream":true,"max_output_tokens":{1}}})",
     .delta = "response.output_text.delta",
     .failure = "event: response.failed",
     .overflow = R"("code":"context_length_exceeded")",
     .broken_rule = rules::responses},
};

constexpr int kLong = 1500;  // tokens

std::string too_long() {
    std::string text;
    for (int i = 0; i < 3000; ++i)
        text += "word ";
    return text;
}

class ServeStreams : public Serve {
protected:
    net::HttpResponse ask_in(const Way& way, const std::string& prompt, int most_tokens,
                             const net::BodySink& sink = {}) const {
        return ask(way.target, fmt::format(fmt::runtime(way.question), prompt, most_tokens), sink);
    }

    // As the one engine itself says.
    [[nodiscard]] bool engine_writes() const {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(paths_.runtime)) {
            if (entry.path().extension() != ".sock") continue;
            const auto answer =
                net::exchange(net::UnixAddress{entry.path()},
                              {.method = "GET", .target = "/slots", .headers = {}, .body = {}}, {});
            if (answer) return answer->body.find(R"("is_processing":true)") != std::string::npos;
        }
        ADD_FAILURE() << "no engine answers";
        return false;
    }
};

TEST_F(ServeStreams, APromptThatIsTooLongIsRefusedWithBothCounts) {
    start_with_model();
    for (const Way& way : kWays) {
        SCOPED_TRACE(way.target);
        const auto refused = ask_in(way, too_long(), 4);
        EXPECT_EQ(refused.status, 400);
        EXPECT_THAT(refused.body, AllOf(HasSubstr(way.overflow), ContainsRegex("has 3[0-9]* tokens"),
                                        HasSubstr("the context window holds 2048")));
    }
}

// They were told that they wait, so the status was sent.
TEST_F(ServeStreams, WhoWaitedTooLongAPromptIsToldInItsStream) {
    start_with_model();
    constexpr std::size_t kClients = std::size(kWays);
    std::vector<int> statuses(kClients);
    std::vector<std::string> streams(kClients);
    std::atomic<std::size_t> told = 0;
    {
        const Occupied first([&] {
            std::ignore =
                ask("/v1/chat/completions", kEndless, [&](int, std::string_view) { return told < kClients; });
        });
        EXPECT_TRUE(happens([&] { return loaded().at(0).at("running") == 1; }));
        std::vector<std::unique_ptr<Occupied>> others;
        for (std::size_t i = 0; i < kClients; ++i)
            others.push_back(std::make_unique<Occupied>([&, i] {
                const auto answer = ask_in(kWays[i], too_long(), 4, [&](int, std::string_view piece) {
                    if (streams[i].empty()) ++told;
                    streams[i] += piece;
                    return true;
                });
                statuses[i] = answer.status;
            }));
    }
    for (std::size_t i = 0; i < kClients; ++i) {
        SCOPED_TRACE(kWays[i].target);
        EXPECT_EQ(statuses[i], 200);
        EXPECT_EQ(kWays[i].broken_rule(streams[i]).value_or("none"), "none");
        EXPECT_THAT(streams[i], AllOf(HasSubstr(kWays[i].failure), HasSubstr(kWays[i].overflow)));
    }
}

// A machine that is busy with other things may be late now and then, hence the best of some.
TEST_F(ServeStreams, TheEngineStopsWithin200MsOfAClientThatLeaves) {
    start_with_model();
    for (const Way& way : kWays) {
        SCOPED_TRACE(way.target);
        milliseconds best = milliseconds::max();
        for (int attempt = 0; attempt < 5 && best >= milliseconds(200); ++attempt) {
            std::string body;
            const auto left = ask_in(way, "Count to one thousand.", kLong, [&](int, std::string_view piece) {
                body += piece;
                return !body.contains(way.delta);
            });
            const auto gone = steady_clock::now();
            EXPECT_EQ(left.status, 0);
            EXPECT_TRUE(happens([&] { return !engine_writes(); }));
            best = std::min(best, std::chrono::duration_cast<milliseconds>(steady_clock::now() - gone));
        }
        EXPECT_LT(best, milliseconds(200));
        RecordProperty(way.target, std::to_string(best.count()));
        EXPECT_TRUE(happens([&] { return loaded().at(0).at("running") == 0; })) << "its slot is free";
        EXPECT_EQ(ask_in(way, "Hello", 4).status, 200);
    }
}

// A server each: one whose engine is killed again and again gives it up for a while.
class KilledStream : public ServeStreams, public testing::WithParamInterface<Way> {};

TEST_P(KilledStream, EndsInWordsAndTheNextRequestWorks) {
    const Way& way = GetParam();
    start_with_model();
    std::string body;
    bool killed = false;
    const auto broken = ask_in(way, "Count to one thousand.", kLong, [&](int, std::string_view piece) {
        body += piece;
        if (killed || !body.contains(way.delta)) return true;
        ::kill(engines().front(), SIGKILL);
        killed = true;
        return true;
    });
    EXPECT_EQ(broken.status, 200) << "the stream had begun";
    EXPECT_TRUE(killed);
    EXPECT_EQ(way.broken_rule(body).value_or("none"), "none");
    EXPECT_THAT(body, AllOf(HasSubstr(way.failure), HasSubstr("killed by signal 9")));
    const auto next = ask_in(way, "Hello", 4);
    EXPECT_EQ(next.status, 200);
    EXPECT_EQ(way.broken_rule(next.body).value_or("none"), "none") << next.body;
    if (const auto at = body.find("resp_"); at != std::string::npos) {
        EXPECT_EQ(ask("/v1/responses/" + body.substr(at, body.find('"', at) - at), "").status, 404)
            << "a response that failed is not kept";
    }
}

INSTANTIATE_TEST_SUITE_P(Ways, KilledStream, testing::ValuesIn(kWays),
                         [](const auto& each) { return std::string(each.param.name); });

TEST_F(ServeStreams, WhichSequenceStoppedAnAnswerIsTold) {
    start_with_model();
    const auto answer = parse_json(
        ask("/v1/messages",
            R"({"model":"smollm2:135m","max_tokens":60,"temperature":0,"stop_sequences":["zebra","e"],)"
            R"("messages":[{"role":"user","content":"Write a story about a dog."}]})")
            .body);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->at("stop_reason"), "stop_sequence");
    EXPECT_EQ(answer->at("stop_sequence"), "e");
}

}  // namespace
}  // namespace hearth::serve
