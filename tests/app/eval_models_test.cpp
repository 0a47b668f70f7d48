#include "app/eval_models.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "core/json.h"
#include "net/test_server.h"

namespace hearth::app {
namespace {

using testing::HasSubstr;

TEST(Verdict, IsTheFirstYesOrNoThatIsAWord) {
    EXPECT_EQ(verdict_of("yes"), true);
    EXPECT_EQ(verdict_of(" No.\n"), false);
    EXPECT_EQ(verdict_of("**Yes**, there is no doubt"), true);
    EXPECT_EQ(verdict_of("The answer is: NO"), false);
    EXPECT_EQ(verdict_of("Nothing is known; not yesterday"), std::nullopt);
    EXPECT_EQ(verdict_of(""), std::nullopt);
    EXPECT_EQ(verdict_of(" \n"), std::nullopt);
}

// A server of the chat API that says the same to everyone.
class SayingServer {
public:
    explicit SayingServer(std::string text)
        : text_(std::move(text)), server_([this](net::test::Peer& peer) { serve(peer); }) {}

    [[nodiscard]] std::string url() const { return server_.url(""); }

    [[nodiscard]] std::string asked() {
        const std::scoped_lock lock(mutex_);
        return asked_;
    }

private:
    void serve(net::test::Peer& peer) {
        const auto request = peer.read_request();
        {
            const std::scoped_lock lock(mutex_);  // guards asked_: each connection has a thread
            asked_ = request;
        }
        const auto choice = [](json::object delta, const json::value& reason) {
            return "data: " +
                   json::serialize(json::object{
                       {"choices",
                        json::array{json::object{
                            {"index", 0}, {"delta", std::move(delta)}, {"finish_reason", reason}}}}}) +
                   "\n\n";
        };
        peer.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n" +
                  choice({{"content", text_}}, nullptr) + choice({}, "stop") + "data: [DONE]\n\n");
    }

    std::string text_;
    std::mutex mutex_;
    std::string asked_;
    net::test::TestServer server_;
};

const eval::Question kQuestion{
    .id = "sky", .prompt = "Why is the sky blue?", .answer = "It scatters blue light."};

Result<bool> judged(const std::string& server) {
    return model_judge(server, "judge-model")(kQuestion, "Because of scattering.");
}

TEST(Judge, SaysWhatTheModelSays) {
    EXPECT_EQ(judged(SayingServer("Yes.").url()).value(), true);
    EXPECT_EQ(judged(SayingServer("\n**no**").url()).value(), false);
}

TEST(Judge, IsShownQuestionExpectationAndAnswer) {
    SayingServer server("yes");
    ASSERT_TRUE(judged(server.url()));
    for (const auto* part :
         {"Why is the sky blue?", "It scatters blue light.", "Because of scattering.", "judge-model"})
        EXPECT_THAT(server.asked(), HasSubstr(part));
}

TEST(Judge, AnAnswerWithoutAVerdictIsAnErrorAndNotAWrongAnswer) {
    for (const std::string text : {"", "The answer is correct."}) {
        const auto verdict = judged(SayingServer(text).url());
        ASSERT_FALSE(verdict) << text;
        EXPECT_EQ(verdict.error().code(), Code::kCorrupt);
        EXPECT_THAT(verdict.error().message(), HasSubstr("neither yes nor no about sky"));
    }
}

TEST(Judge, AServerThatIsGoneIsAnErrorAndNotAWrongAnswer) {
    std::string url;
    {
        const SayingServer server("yes");
        url = server.url();
    }
    const auto verdict = judged(url);
    ASSERT_FALSE(verdict);
    EXPECT_EQ(verdict.error().code(), Code::kUnavailable);
}

TEST(Judge, AServerThatFailsIsAnErrorAndNotAWrongAnswer) {
    net::test::TestServer server([](net::test::Peer& peer) {
        static_cast<void>(peer.read_request());
        const std::string body = R"({"error":{"code":500,"message":"out of memory"}})";
        peer.send(fmt::format("HTTP/1.1 500 X\r\nContent-Length: {}\r\n\r\n{}", body.size(), body));
    });
    const auto verdict = judged(server.url(""));
    ASSERT_FALSE(verdict);
    EXPECT_THAT(verdict.error().message(), HasSubstr("out of memory"));
}

}  // namespace
}  // namespace hearth::app
