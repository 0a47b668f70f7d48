#include <cstdint>
#include <filesystem>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "app/code_job.h"
#include "app/code_models.h"
#include "core/json.h"
#include "net/test_server.h"
#include "os/files.h"

namespace hearth::app {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;

// Speaks the chat API; each answer is a thought that is cut at its limit.
class ThinkingServer {
public:
    [[nodiscard]] std::string url(std::string_view target) const { return server_.url(target); }

    // The limit that each request had for its answer, in their order.
    [[nodiscard]] std::vector<std::int64_t> limits() {
        const std::scoped_lock lock(mutex_);
        return limits_;
    }

private:
    void serve(const net::test::Peer& peer, std::string_view request) {
        if (const auto body = parse_json(request.substr(request.find("\r\n\r\n") + 4))) {
            const std::scoped_lock lock(mutex_);  // guards limits_: each connection has a thread
            limits_.push_back(integer_member(*body, "max_tokens").value_or(-1));
        }
        peer.send(
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
            "data: "
            "{\"choices\":[{\"index\":0,\"delta\":{\"reasoning_content\":\"hm\"},\"finish_reason\":null}]}"
            "\n\n"
            "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"length\"}]}\n\n"
            "data: [DONE]\n\n");
    }

    std::mutex mutex_;
    std::vector<std::int64_t> limits_;
    net::test::TestServer server_{[this](net::test::Peer& peer) { serve(peer, peer.read_request()); }};
};

// A model at a server of a person's own, and the same elsewhere, as "desk/m" of models.json.
class ThinkingBounds : public testing::Test {
protected:
    void SetUp() override {
        fs::create_directories(paths_.config);
        fs::create_directories(project_);
        const auto models = fmt::format(
            R"({{"providers":{{"desk":{{"baseUrl":"{}","api":"openai-completions","apiKey":"any","models":[)"
            R"({{"id":"m","contextWindow":8000,"maxTokens":6000}}]}}}}}})",
            server_.url("/v1"));
        ASSERT_TRUE(os::write_file_atomic(paths_.config / "models.json", models));
        ASSERT_TRUE(os::write_file_atomic(project_ / "notes.txt", "Nothing yet.\n"));
    }

    // Asks for an answer of 100 tokens, with a budget of 64 for thinking.
    Result<chat::Reply> ask(const agent::ModelInfo& model) {
        CodeModels models(paths_, {.server = server_.url(""), .thinking_budget = 64}, {});
        auto* provider = TRY(models.open(model));
        chat::Request request;
        request.messages.push_back({.role = chat::Role::kUser, .text = "How many?"});
        request.max_tokens = {100};
        return provider->stream(request, {}, {});
    }

    // Not under /tmp, which the container hides.
    os::TempDir folder_ = *os::TempDir::create("hearth-thinking-bounds", "/var/tmp");
    os::Paths paths_{.config = folder_.path() / "config",
                     .data = folder_.path() / "data",
                     .state = folder_.path() / "state",
                     .cache = folder_.path() / "cache",
                     .runtime = folder_.path() / "run"};
    fs::path project_ = folder_.path() / "project";
    ThinkingServer server_;
};

TEST_F(ThinkingBounds, AThoughtOfTheServersIsFollowedByAnAnswerWithoutAny) {
    const auto reply = ask({.provider = "server", .id = "m", .context_window = {8000}});
    ASSERT_TRUE(reply) << reply.error().message();
    EXPECT_THAT(server_.limits(), ElementsAre(164, 100));
}

TEST_F(ThinkingBounds, AThoughtOfAModelElsewhereIsPaidForOnce) {
    const auto reply = ask({.provider = "desk", .id = "m", .context_window = {8000}, .most_answer = {6000}});
    ASSERT_TRUE(reply) << reply.error().message();
    EXPECT_EQ(reply->answers.front().reason, chat::StopReason::kLength);
    EXPECT_THAT(server_.limits(), ElementsAre(100));
}

TEST_F(ThinkingBounds, TheJobGivesAModelElsewhereNoBudgetEither) {
    CodeRequest request;
    request.workspace = project_;
    request.prompt = "Say what the notes say.";
    request.run_tests = false;
    request.model = "desk/m";
    request.thinking_budget = 64;
    const auto result = run_code_job(paths_, request, {}, {});
    const auto limits = server_.limits();
    ASSERT_FALSE(limits.empty()) << (result ? result->end : result.error().message());
    EXPECT_EQ(limits.front(), 3000) << "half of its longest answer, and nothing on top of it";
}

}  // namespace
}  // namespace hearth::app
