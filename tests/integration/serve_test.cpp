// The server with the real engine and the smallest model, asked in all three dialects over a Unix socket.
#include <gmock/gmock.h>
#include <thread>
#include <tuple>

#include <boost/json.hpp>

#include "core/ids.h"
#include "core/json.h"
#include "guard/key_book.h"
#include "guard/ledger.h"
#include "integration/serve_fixture.h"

namespace hearth::serve {
namespace {

using engine::happens;
using testing::Contains;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Key;
using testing::Not;
using testing::StartsWith;

constexpr const char* kCount =
    R"("model":"smollm2:135m","temperature":0,"messages":[{"role":"user","content":"Write a long story about a dog."}])";

TEST_F(Serve, AnswersInThreeDialects) {
    start();
    const auto openai =
        ask("/v1/chat/completions", std::string("{\"stream\":true,\"max_tokens\":8,") + kCount + "}");
    EXPECT_EQ(openai.status, 200) << openai.body;
    EXPECT_THAT(openai.body, HasSubstr(R"("delta":{"role":"assistant")"));
    EXPECT_THAT(openai.body, EndsWith("data: [DONE]\n\n"));
    const auto ollama =
        ask("/api/chat", std::string("{\"options\":{\"num_predict\":8,\"temperature\":0},") + kCount + "}");
    EXPECT_EQ(ollama.status, 200) << ollama.body;
    EXPECT_THAT(ollama.body, HasSubstr(R"("done":true)"));
    EXPECT_THAT(ollama.body, HasSubstr(R"("eval_count":8)"));
    const auto anthropic =
        ask("/v1/messages", std::string("{\"stream\":true,\"max_tokens\":8,") + kCount + "}");
    EXPECT_EQ(anthropic.status, 200) << anthropic.body;
    EXPECT_THAT(anthropic.body, HasSubstr(R"("stop_reason":"max_tokens")"));
    EXPECT_THAT(anthropic.body, HasSubstr("event: message_stop"));
    const auto whole = parse_json(
        ask("/v1/chat/completions", std::string("{\"max_tokens\":8,\"n\":2,") + kCount + "}").body);
    ASSERT_TRUE(whole);
    EXPECT_EQ(whole->at("choices").as_array().size(), 2U);
    EXPECT_LE(whole->at_pointer("/usage/completion_tokens").as_int64(), 16);
    EXPECT_GT(whole->at_pointer("/usage/completion_tokens").as_int64(), 8) << "of both answers";
    EXPECT_EQ(engines().size(), 1U) << "one engine for all";
}

TEST_F(Serve, AForcedCallIsAlwaysACall) {
    start();
    const auto answer =
        parse_json(ask("/v1/chat/completions",
                       std::string("{\"max_tokens\":80,\"tool_choice\":\"required\",\"tools\":[{\"type\":"
                                   "\"function\",\"function\":{\"name\":"
                                   "\"greet\",\"parameters\":{\"type\":\"object\",\"properties\":{\"loud\":{"
                                   "\"type\":\"boolean\"}},"
                                   "\"required\":[\"loud\"],\"additionalProperties\":false}}}],") +
                           kCount + "}")
                       .body);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->at_pointer("/choices/0/finish_reason"), "tool_calls");
    EXPECT_EQ(answer->at_pointer("/choices/0/message/tool_calls/0/function/name"), "greet");
    const auto arguments =
        parse_json(answer->at_pointer("/choices/0/message/tool_calls/0/function/arguments").as_string());
    ASSERT_TRUE(arguments);
    EXPECT_TRUE(arguments->at("loud").is_bool());
}

TEST_F(Serve, RequestsWaitForASlot) {
    start();
    std::vector<std::thread> clients;
    std::atomic<int> answered = 0;
    for (int i = 0; i < 4; ++i)
        clients.emplace_back([&] {
            if (ask("/v1/chat/completions", std::string("{\"max_tokens\":16,") + kCount + "}").status == 200)
                ++answered;
        });
    for (auto& client : clients)
        client.join();
    EXPECT_EQ(answered, 4);
}

TEST_F(Serve, WhoWaitsIsToldItsPlaceInEachDialect) {
    start();
    const std::string busy =
        R"({"model":"smollm2:135m","messages":[{"role":"user","content":"Write a long story about a dog."}],)"
        R"("temperature":0,"max_tokens":400})";
    const auto ask_while_busy = [&](const std::string& target, const std::string& body) {
        const Occupied first([&] { EXPECT_EQ(ask("/v1/chat/completions", busy).status, 200); });
        EXPECT_TRUE(
            happens([&] { return !loaded().as_array().empty() && loaded().at(0).at("running") == 1; }));
        return ask(target, body);
    };
    const auto place = [](const net::HttpResponse& answer) {
        const auto found =
            std::ranges::find(answer.headers, "x-hearth-queue", &std::pair<std::string, std::string>::first);
        return found == answer.headers.end() ? std::string() : found->second;
    };
    const auto openai = ask_while_busy("/v1/chat/completions",
                                       std::string("{\"stream\":true,\"max_tokens\":2,") + kCount + "}");
    EXPECT_THAT(place(openai), HasSubstr("position=1"));
    EXPECT_THAT(openai.body, StartsWith(": waiting, 1st in line"));
    EXPECT_THAT(openai.body, EndsWith("data: [DONE]\n\n"));
    const auto anthropic =
        ask_while_busy("/v1/messages", std::string("{\"stream\":true,\"max_tokens\":2,") + kCount + "}");
    EXPECT_THAT(anthropic.body, StartsWith("event: ping\ndata: {\"type\":\"ping\"}\n\n"));
    EXPECT_THAT(anthropic.body, HasSubstr("event: message_start"));
    const auto ollama =
        ask_while_busy("/api/chat", std::string("{\"options\":{\"num_predict\":2},") + kCount + "}");
    EXPECT_THAT(ollama.body, HasSubstr(R"("content":""},"done":false})"));
    EXPECT_THAT(ollama.body, HasSubstr(R"("eval_count":2)"));
    const auto whole =
        ask_while_busy("/v1/chat/completions", std::string("{\"max_tokens\":2,") + kCount + "}");
    EXPECT_THAT(place(whole), HasSubstr("seconds=")) << "by now the model's speed is known";
    EXPECT_THAT(whole.body, StartsWith("{")) << "a whole answer is nothing else";
}

TEST_F(Serve, AFullQueueSaysWhenToComeBack) {
    settings_.pool.max_queue = 1;
    start();
    EXPECT_EQ(ask("/v1/chat/completions", std::string("{\"max_tokens\":60,") + kCount + "}").status, 200);
    std::vector<std::unique_ptr<Occupied>> others;
    const std::string busy = std::string("{\"max_tokens\":150,") + kCount + "}";
    for (int i = 0; i < 2; ++i)
        others.push_back(
            std::make_unique<Occupied>([&] { std::ignore = ask("/v1/chat/completions", busy); }));
    EXPECT_TRUE(happens([&] { return loaded().at(0).at("waiting") == 1; }));
    const auto refused = ask("/v1/chat/completions", busy);
    EXPECT_EQ(refused.status, 429) << refused.body;
    EXPECT_THAT(refused.headers, Contains(Key("retry-after")));
}

TEST_F(Serve, StopEndsAModelAndWithNowThoseThatUseIt) {
    start();
    EXPECT_EQ(ask("/hearth/stop", R"({"model":"smollm2:135m"})").status, 404) << "it is not loaded";
    EXPECT_EQ(ask("/api/generate", R"({"model":"smollm2:135m"})").status, 200);
    EXPECT_THAT(ask("/hearth/stop", R"({"model":"smollm2:135m"})").body, HasSubstr(R"("ended":true)"));
    EXPECT_TRUE(engines().empty());
    std::string stream;
    {
        const Occupied first([&] { stream = ask("/v1/chat/completions", kEndless).body; });
        EXPECT_TRUE(happens(
            [&] { return ask("/hearth/status", "").body.find(R"("stage":"decode")") != std::string::npos; }));
        EXPECT_THAT(ask("/hearth/stop", R"({"model":"smollm2:135m"})").body, HasSubstr(R"("ended":false)"));
        EXPECT_FALSE(engines().empty()) << "it is in use";
        EXPECT_THAT(ask("/hearth/stop", R"({"model":"smollm2:135m","now":true})").body,
                    HasSubstr(R"("ended":true)"));
    }
    EXPECT_THAT(stream, HasSubstr("was stopped by"));
    EXPECT_EQ(ask("/v1/chat/completions", std::string("{\"max_tokens\":4,") + kCount + "}").status, 200);
}

TEST_F(Serve, MetricsAndTheAccessLogTellOfEachRequest) {
    settings_.access_log.file = folder_.path() / "access.log";
    auto keys = guard::KeyBook::open(paths_.data / "keys.db");
    ASSERT_TRUE(keys);
    const auto chat_only = keys->create({.name = "chat", .routes = {guard::Route::kChat}}, unix_ms_now());
    ASSERT_TRUE(chat_only);
    start();
    EXPECT_EQ(ask("/k/" + chat_only->secret + "/v1/chat/completions",
                  std::string("{\"max_tokens\":4,") + kCount + "}")
                  .status,
              200);
    EXPECT_EQ(ask("/k/" + chat_only->secret + "/metrics", "").status, 403);
    EXPECT_EQ(ask("/k/" + chat_only->secret + "/hearth/status", "").status, 403);
    const std::string metrics = ask("/metrics", "").body;
    EXPECT_THAT(metrics, HasSubstr("hearth_generated_tokens_total{model=\"smollm2:135m\",key=\"" +
                                   chat_only->key.id + "\"} 4\n"));
    EXPECT_THAT(metrics, HasSubstr("hearth_model_loaded{model=\"smollm2:135m\"} 1\n"));
    std::string log;
    EXPECT_TRUE(happens([&] {
        log = os::read_file(settings_.access_log.file).value_or("");
        return std::ranges::count(log, '\n') >= 4;
    }));
    EXPECT_THAT(log, HasSubstr(R"("path":"/v1/chat/completions")"));
    EXPECT_THAT(log, HasSubstr(R"("generated_tokens":4)"));
    EXPECT_THAT(log, Not(HasSubstr(std::string(guard::kSecretPrefix)))) << "no secret";
    EXPECT_THAT(log, Not(HasSubstr("dog"))) << "nothing of a prompt";
}

TEST_F(Serve, AResponseBelongsToItsKeyAndOutlivesTheServer) {
    auto keys = guard::KeyBook::open(paths_.data / "keys.db");
    ASSERT_TRUE(keys) << keys.error().message();
    const auto one = keys->create({.name = "one"}, unix_ms_now());
    const auto other = keys->create({.name = "other"}, unix_ms_now());
    ASSERT_TRUE(one && other);
    start();
    const auto answer = parse_json(ask("/k/" + one->secret + "/v1/responses",
                                       R"({"model":"smollm2:135m","input":"Hello","max_output_tokens":4})")
                                       .body);
    ASSERT_TRUE(answer);
    const std::string page = "/v1/responses/" + std::string(answer->at("id").as_string());
    stop();
    std::filesystem::remove(folder_.path() / "hearth.sock");
    start();
    EXPECT_EQ(parse_json(ask("/k/" + one->secret + page, "").body).value(), *answer);
    EXPECT_EQ(ask("/k/" + other->secret + page, "").status, 404);
    EXPECT_EQ(ask(page, "").status, 404) << "nor is it for those without a key";
}

TEST_F(Serve, AModelIsLoadedAndUnloadedOnRequest) {
    start();
    EXPECT_THAT(ask("/api/generate", R"({"model":"smollm2:135m"})").body,
                HasSubstr(R"("done_reason":"load")"));
    EXPECT_EQ(loaded().as_array().size(), 1U);
    EXPECT_THAT(ask("/api/generate", R"({"model":"smollm2:135m","keep_alive":0})").body,
                HasSubstr(R"("done_reason":"unload")"));
    EXPECT_TRUE(loaded().as_array().empty());
    EXPECT_TRUE(happens([&] { return engines().empty(); }));
}

TEST_F(Serve, AnUnusedModelLeavesByItself) {
    start();
    EXPECT_EQ(ask("/api/generate", R"({"model":"smollm2:135m","keep_alive":"1s"})").status, 200);
    EXPECT_TRUE(happens([&] { return engines().empty(); }));
}

TEST_F(Serve, AKeyIsHeldToItsTermsAndTheLedgerCounts) {
    auto keys = guard::KeyBook::open(paths_.data / "keys.db");
    ASSERT_TRUE(keys) << keys.error().message();
    const auto now = unix_ms_now();
    const auto small =
        keys->create({.name = "small", .models = {"smollm2:*"}, .tokens_per_day = Tokens{200}}, now);
    const auto other = keys->create({.name = "other", .models = {"absent"}}, now);
    ASSERT_TRUE(small && other);
    start();
    const auto ask_as = [&](const std::string& secret) {
        return ask("/k/" + secret + "/v1/chat/completions",
                   std::string("{\"max_tokens\":16,") + kCount + "}");
    };
    EXPECT_EQ(ask_as(small->secret).status, 200);
    EXPECT_EQ(ask_as(other->secret).status, 403);
    EXPECT_EQ(ask_as(std::string(guard::kSecretPrefix) + std::string(64, '0')).status, 401);
    int answered = 1;
    while (answered < 30 && ask_as(small->secret).status == 200)
        ++answered;
    EXPECT_LT(answered, 30) << "the day's tokens end";
    EXPECT_EQ(ask_as(small->secret).status, 429);
    auto ledger = guard::Ledger::open(paths_.state / "ledger.db");
    ASSERT_TRUE(ledger);
    const auto lines = (*ledger)->usage(guard::UsageBy::kKey, 0, now + 3'600'000);
    ASSERT_TRUE(lines);
    const auto line = std::ranges::find(*lines, small->key.id, &guard::UsageLine::name);
    ASSERT_NE(line, lines->end());
    EXPECT_EQ(line->total.requests - line->total.errors, answered);
    EXPECT_GT(line->total.generated.value, 0);
}

TEST_F(Serve, WhatSpeculationGuessedIsInTheAnswerAndInTheLedger) {
    settings_.pool.serve.edit_speculation = true;
    start();
    const auto response = ask(
        "/v1/chat/completions",
        R"({"max_tokens":160,"temperature":0,"model":"smollm2:135m","messages":[{"role":"user","content":"Write one two three )"
        R"(four a hundred times, again and again: one two three four one two three four one two three four"}]})");
    ASSERT_EQ(response.status, 200) << response.body;
    const auto answer = parse_json(response.body);
    ASSERT_TRUE(answer);
    const json::value& timings = answer->at("timings");
    EXPECT_EQ(timings.at("predicted_n"), answer->at_pointer("/usage/completion_tokens"));
    EXPECT_GT(timings.at("predicted_per_second").as_double(), 0);
    const std::int64_t accepted = timings.at("draft_n_accepted").as_int64();
    EXPECT_GT(accepted, 0);
    EXPECT_LE(accepted, timings.at("draft_n").as_int64());
    const auto ledger = guard::Ledger::open(paths_.state / "ledger.db");
    ASSERT_TRUE(ledger);
    const auto lines = (*ledger)->usage(guard::UsageBy::kModel, 0, unix_ms_now() + 1);
    ASSERT_TRUE(lines);
    ASSERT_EQ(lines->size(), 1U);
    EXPECT_EQ(lines->front().total.draft_accepted, Tokens{accepted});
}

// All seats are taken by one client's long answers; another client's short question has its first token long before they end.
TEST_F(Serve, AShortQuestionDoesNotWaitBehindAnotherClientsLongOnes) {
    auto keys = guard::KeyBook::open(paths_.data / "keys.db");
    ASSERT_TRUE(keys) << keys.error().message();
    const auto person = keys->create({.name = "person"}, unix_ms_now());
    ASSERT_TRUE(person);
    start();
    std::atomic<int> ended = 0;
    std::atomic<int> begun = 0;
    std::atomic<bool> enough = false;
    std::vector<std::thread> flood;
    for (int i = 0; i < 2; ++i)
        flood.emplace_back([&] {
            const auto answer = ask("/v1/chat/completions", kEndless, [&](int, std::string_view) {
                ++begun;
                return !enough;
            });
            EXPECT_TRUE(enough) << answer.body;
            ++ended;
        });
    ASSERT_TRUE(happens([&] { return begun > 0; }));
    const auto answer = ask("/k/" + person->secret + "/v1/chat/completions",
                            std::string("{\"max_tokens\":4,") + kCount + "}");
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(ended, 0) << "the question did not wait for the others";
    enough = true;
    for (std::thread& each : flood)
        each.join();
}

// Stopped from outside, it neither ends nor answers: who waits for it gets the reason, and the next one a fresh engine.
TEST_F(Serve, AnEngineThatIsStoppedEndsTheStreamInWordsAndTheNextRequestWorks) {
    start_with_model();
    std::string body;
    bool stopped = false;
    const auto broken = ask("/v1/chat/completions", kEndless, [&](int, std::string_view piece) {
        body += piece;
        if (stopped || !body.contains("delta")) return true;  // it may say first that the model loads
        ::kill(engines().front(), SIGSTOP);
        stopped = true;
        return true;
    });
    EXPECT_EQ(broken.status, 200) << "the stream had begun";
    EXPECT_THAT(body, HasSubstr("hung and was ended: it slept for"));
    const auto next = ask("/v1/chat/completions", std::string("{\"max_tokens\":4,") + kCount + "}");
    EXPECT_EQ(next.status, 200) << next.body;
}

TEST_F(Serve, AMissingModelIsNotFoundInEachDialect) {
    start();
    const std::string body = R"({"model":"absent","messages":[{"role":"user","content":"q"}]})";
    EXPECT_THAT(ask("/api/chat", body).body, HasSubstr(R"({"error":"model 'absent' is not installed)"));
    EXPECT_THAT(ask("/v1/chat/completions", body).body, HasSubstr("model_not_found"));
    EXPECT_THAT(ask("/v1/messages", body).body, HasSubstr("not_found_error"));
    EXPECT_EQ(ask("/v1/nothing", "").status, 404);
    // A file of this machine is not looked at for others.
    const std::string path = R"({"model":"/etc/passwd","messages":[{"role":"user","content":"q"}]})";
    EXPECT_EQ(ask("/v1/chat/completions", path).status, 400);
}

}  // namespace
}  // namespace hearth::serve
