// Servers elsewhere behind a hearth: another hearth, a bare llama-server, and servers that fail in every way.
#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "core/json.h"
#include "guard/secret_store.h"
#include "integration/remote_fixture.h"
#include "net/test_server.h"

namespace hearth::serve {
namespace {

using engine::happens;
using net::test::Peer;
using net::test::TestServer;
using testing::AnyOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kModel = "smollm2:135m";
constexpr const char* kList = R"({"object":"list","data":[{"id":"smollm2:135m","owned_by":"somebody"}]})";

std::string chat(const std::string& more = "\"max_tokens\":8", const std::string& model = kModel) {
    return fmt::format(
        R"({{"model":"{}","temperature":0,"messages":[{{"role":"user","content":"Say a word."}}],{}}})",
        model, more);
}

std::string http(int status, const std::string& body, const std::string& more = {}) {
    return fmt::format(
        "HTTP/1.1 {} X\r\nContent-Type: application/json\r\n{}Connection: close\r\nContent-Length: "
        "{}\r\n\r\n{}",
        status, more, body.size(), body);
}

// Lists the model and answers everything else with `text`.
TestServer::Handler answering(std::string text) {
    return [text = std::move(text)](Peer& peer) {
        const std::string request = peer.read_request();
        peer.send(request.starts_with("GET /v1/models") ? http(200, kList) : text);
    };
}

const std::string kStreamed =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
    "data: "
    "{\"model\":\"other\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"from the "
    "double\"},\"finish_reason\":null}]}\n\n"
    "data: {\"model\":\"other\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
    "data: {\"model\":\"other\",\"choices\":[],\"usage\":{\"prompt_tokens\":11,\"completion_tokens\":3}}\n\n"
    "data: [DONE]\n\n";

class ServeRemote : public engine::EngineTest {
protected:
    // `models`: whether it has the models itself.
    std::unique_ptr<OwnServer> server(const std::string& name, bool models) const {
        return std::make_unique<OwnServer>(folder_.path() / name, paths_.data / "engines",
                                           models ? paths_.data / "models" : std::filesystem::path());
    }

    void start_llama_server() {
        llama_port_ = free_port();
        auto child = os::Child::start(
            {.argv = {real_.server.string(), "--model", small_.string(), "--host", "127.0.0.1", "--port",
                      llama_port_, "--alias", kModel, "--jinja", "--ctx-size", "4096", "--parallel", "2",
                      "--no-webui", "--offline", "--no-warmup"},
             .environment = os::environment_of({"PATH", "LD_LIBRARY_PATH"}),
             .directory = real_.variants.front().directory,
             .output_file = folder_.path() / "llama.log"});
        ASSERT_TRUE(child) << child.error().message();
        llama_ = std::make_unique<os::Child>(*std::move(child));
        ASSERT_TRUE(happens([&] {
            const auto health = net::exchange(net::TcpAddress{.host = "127.0.0.1", .port = llama_port_},
                                              {.target = "/health"});
            return health && health->status == 200;
        }));
    }

    [[nodiscard]] std::string llama_url() const { return "http://127.0.0.1:" + llama_port_ + "/v1"; }

    static std::string free_port() {
        const TestServer taken([](Peer&) {});
        return std::get<net::TcpAddress>(taken.address()).port;
    }

    std::string llama_port_;
    std::unique_ptr<os::Child> llama_;
};

TEST_F(ServeRemote, AModelOfAPeerIsAnsweredInEveryDialect) {
    const auto peer = server("peer", true);
    peer->start();
    const auto desk = server("desk", false);
    desk->add_remote("peer", peer->url());
    desk->start();
    const auto openai = desk->ask("/v1/chat/completions", chat("\"max_tokens\":8,\"stream\":true"));
    EXPECT_EQ(openai.status, 200) << openai.body;
    EXPECT_THAT(openai.body, HasSubstr("data: [DONE]"));
    const auto whole = parse_json(desk->ask("/v1/chat/completions", chat()).body);
    ASSERT_TRUE(whole);
    EXPECT_EQ(whole->at("model"), kModel);
    EXPECT_GT(whole->at_pointer("/usage/completion_tokens").as_int64(), 0);
    EXPECT_LE(whole->at_pointer("/usage/completion_tokens").as_int64(), 8);
    const auto ollama = desk->ask("/api/chat", chat("\"stream\":false"));
    EXPECT_THAT(ollama.body, HasSubstr(R"("done":true)"));
    const auto anthropic = desk->ask("/v1/messages", chat());
    EXPECT_THAT(anthropic.body, HasSubstr("\"type\":\"message\"")) << anthropic.body;
    const auto responses =
        desk->ask("/v1/responses",
                  fmt::format(R"({{"model":"{}","input":"Say a word.","max_output_tokens":16}})", kModel));
    EXPECT_THAT(responses.body, HasSubstr("output_text")) << responses.body;
    const auto text = desk->ask(
        "/v1/completions", fmt::format(R"({{"model":"{}","prompt":"Once upon","max_tokens":4}})", kModel));
    EXPECT_THAT(text.body, HasSubstr("text_completion")) << text.body;
    EXPECT_EQ(header_of(whole ? desk->ask("/v1/chat/completions", chat()) : openai, "x-hearth-engine"),
              "remote 'peer'");
    EXPECT_TRUE(happens([&] {
        return os::read_file(desk->home() / "access.log").value_or("").find("\"engine\":\"remote 'peer'\"") !=
               std::string::npos;
    }));
}

TEST_F(ServeRemote, AModelElsewhereIsListedWithItsMark) {
    const auto peer = server("peer", true);
    peer->start();
    const auto desk = server("desk", false);
    desk->add_remote(
        fmt::format("name = 'peer'\nurl = '{}'\nmodels = ['small={}']\ncontext = 1234", peer->url(), kModel));
    desk->start();
    EXPECT_THAT(desk->ask("/v1/models", "").body, HasSubstr(R"("id":"small")"));
    EXPECT_THAT(desk->ask("/v1/models/small", "").body, HasSubstr(R"("max_model_len":1234)"));
    const auto tags = parse_json(desk->ask("/api/tags", "").body).value();
    ASSERT_EQ(tags.at("models").as_array().size(), 1U) << "those that are not named are not offered";
    EXPECT_EQ(tags.at_pointer("/models/0/remote_model"), kModel);
    EXPECT_EQ(tags.at_pointer("/models/0/remote_host").as_string(), peer->url());
    EXPECT_THAT(desk->ask("/api/show", R"({"model":"small:latest"})").body, HasSubstr("remote_host"));
    EXPECT_EQ(desk->ask("/api/ps", "").body, R"({"models":[]})") << "before it is used";
    EXPECT_EQ(desk->ask("/api/chat", chat("\"stream\":false", "small")).status, 200);
    EXPECT_THAT(desk->ask("/api/ps", "").body, HasSubstr(R"("remotes":[{"name":"peer","good":true)"));
    EXPECT_THAT(desk->ask("/hearth/status", "").body, HasSubstr(R"("remotes":[{"name":"peer")"));
    EXPECT_THAT(desk->ask("/metrics", "").body,
                HasSubstr("hearth_remote_requests_total{remote=\"peer\"} 1\n"));
    const auto stopped = desk->ask("/hearth/stop", R"({"model":"small"})");
    EXPECT_THAT(stopped.body, HasSubstr("remote 'peer'"));
}

TEST_F(ServeRemote, ABareLlamaServerDoesAllThatAnEngineOfOursDoes) {
    start_llama_server();
    const auto desk = server("desk", false);
    desk->add_remote("llama", llama_url());
    desk->start();
    const auto forced = parse_json(
        desk->ask(
                "/v1/chat/completions",
                chat(
                    R"("max_tokens":80,"tool_choice":"required","tools":[{"type":"function","function":{"name":)"
                    R"("greet","parameters":{"type":"object","properties":{"loud":{"type":"boolean"}},)"
                    R"("required":["loud"],"additionalProperties":false}}}])"))
            .body);
    ASSERT_TRUE(forced);
    EXPECT_EQ(forced->at_pointer("/choices/0/message/tool_calls/0/function/name"), "greet");
    const auto counted = desk->ask("/v1/messages/count_tokens", chat());
    EXPECT_THAT(counted.body, HasSubstr("\"input_tokens\":")) << counted.body;
    const auto tokens =
        desk->ask("/tokenize", fmt::format(R"({{"model":"{}","content":"hello world"}})", kModel));
    EXPECT_THAT(tokens.body, HasSubstr("\"count\":2")) << tokens.body;
    const auto vectors =
        desk->ask("/v1/embeddings", fmt::format(R"({{"model":"{}","input":"hello"}})", kModel));
    EXPECT_NE(vectors.status, 200) << "it was not started for vectors";
    EXPECT_THAT(vectors.body, HasSubstr("remote 'llama'"));
}

TEST_F(ServeRemote, ThroughAPeerTokensAreCountedAndVectorsMade) {
    const auto peer = server("peer", true);
    peer->start();
    const auto desk = server("desk", false);
    desk->add_remote("peer", peer->url());
    desk->start();
    EXPECT_THAT(desk->ask("/v1/messages/count_tokens", chat()).body, HasSubstr("\"input_tokens\":"));
    EXPECT_THAT(desk->ask("/tokenize", fmt::format(R"({{"model":"{}","content":"a b"}})", kModel)).body,
                HasSubstr("\"count\":2"));
    EXPECT_THAT(desk->ask("/v1/embeddings", fmt::format(R"({{"model":"{}","input":"a"}})", kModel)).body,
                HasSubstr("\"embedding\":["));
}

TEST_F(ServeRemote, ALeastBusyReplicaIsTaken) {
    std::atomic<int> asked = 0;
    const auto slow = [&](Peer& peer) {
        const std::string request = peer.read_request();
        if (request.starts_with("GET /v1/models")) {
            peer.send(http(200, kList));
            return;
        }
        ++asked;
        engine::happens([&] { return asked >= 2; });
        peer.send(kStreamed);
    };
    const TestServer a(slow);
    const TestServer b(slow);
    const auto desk = server("desk", false);
    desk->add_remote("a", a.url("/v1"));
    desk->add_remote("b", b.url("/v1"));
    desk->start();
    ASSERT_EQ(desk->ask("/v1/models", "").status, 200);
    std::string first;
    std::string second;
    std::thread one([&] { first = header_of(desk->ask("/v1/chat/completions", chat()), "x-hearth-engine"); });
    std::thread two(
        [&] { second = header_of(desk->ask("/v1/chat/completions", chat()), "x-hearth-engine"); });
    one.join();
    two.join();
    EXPECT_NE(first, second) << "both answer only when both are asked";
}

TEST_F(ServeRemote, AnAnswerHasTheNameAndTheCountsOfTheRequest) {
    const TestServer double_server(answering(kStreamed));
    const auto desk = server("desk", false);
    desk->add_remote("double", double_server.url("/v1"));
    desk->start();
    const auto whole = parse_json(desk->ask("/v1/chat/completions", chat()).body).value();
    EXPECT_EQ(whole.at("model"), kModel);
    EXPECT_EQ(whole.at_pointer("/choices/0/message/content"), "from the double");
    EXPECT_EQ(whole.at_pointer("/usage/prompt_tokens"), 11);
    EXPECT_EQ(whole.at_pointer("/usage/completion_tokens"), 3);
    const auto streamed = desk->ask("/v1/chat/completions", chat("\"stream\":true"));
    EXPECT_THAT(streamed.body, Not(HasSubstr("other")));
    const auto counted = desk->ask("/v1/messages/count_tokens", chat());
    EXPECT_EQ(counted.status, 400);
    EXPECT_THAT(counted.body, HasSubstr("remote 'double' (OpenAI API) cannot count the tokens of a prompt"));
}

// What fails before the first byte is answered by the other one.
TEST_F(ServeRemote, AnotherReplicaAnswersWhatOneFails) {
    const TestServer good(answering(kStreamed));
    const std::vector<std::string> faults = {
        http(500, R"({"error":{"message":"out of memory"}})"),
        http(401, R"({"error":{"message":"no"}})"),
        http(429, "{}", "Retry-After: 30\r\n"),
        http(404, "<html>"),
        "this is no HTTP\r\n\r\n",
        "",
        http(200, "<html>hello</html>"),
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\ndata: garbage\n\n",
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"};
    for (std::size_t i = 0; i < faults.size(); ++i) {
        SCOPED_TRACE(faults[i]);
        const TestServer bad(answering(faults[i]));
        const auto desk = server("desk" + std::to_string(i), false);
        desk->add_remote("bad", bad.url("/v1"));
        desk->add_remote("good", good.url("/v1"));
        desk->start();
        ASSERT_EQ(desk->ask("/v1/models", "").status, 200);
        const auto answer = desk->ask("/v1/chat/completions", chat());
        EXPECT_EQ(answer.status, 200) << answer.body;
        EXPECT_EQ(header_of(answer, "x-hearth-engine"), "remote 'good'");
    }
}

TEST_F(ServeRemote, OneThatNeverAnswersIsLeftWhenItsMachineIsGone) {
    std::atomic<bool> gone = false;
    const TestServer silent([&](Peer& peer) {
        const std::string request = peer.read_request();
        if (request.starts_with("GET /v1/models") && !gone) {
            peer.send(http(200, kList));
            return;
        }
        gone = true;  // from the first question on
        peer.wait_for_close();
    });
    const TestServer good(answering(kStreamed));
    const auto desk = server("desk", false);
    desk->add_remote("silent", silent.url("/v1"));
    desk->add_remote("good", good.url("/v1"));
    desk->start();
    ASSERT_EQ(desk->ask("/v1/models", "").status, 200);
    const auto answer = desk->ask("/v1/chat/completions", chat());
    EXPECT_EQ(answer.status, 200) << answer.body;
    EXPECT_EQ(header_of(answer, "x-hearth-engine"), "remote 'good'");
}

TEST_F(ServeRemote, WhenNoneIsLeftItIsSaidInEachDialect) {
    const TestServer bad(answering(http(500, R"({"error":{"message":"out of memory"}})")));
    const auto desk = server("desk", false);
    desk->add_remote("bad", bad.url("/v1"));
    desk->start();
    for (const char* route : {"/v1/chat/completions", "/v1/messages", "/api/chat"}) {
        const auto answer = desk->ask(route, chat());
        EXPECT_THAT(answer.status, AnyOf(503, 529)) << route;  // 529: Anthropic's
        EXPECT_THAT(answer.body, HasSubstr("remote 'bad' failed (HTTP 500): out of memory")) << route;
    }
}

TEST_F(ServeRemote, APauseThatARemoteWantsIsPassedOn) {
    const TestServer busy(
        answering(http(429, R"({"error":{"message":"slow down"}})", "Retry-After: 30\r\n")));
    const auto desk = server("desk", false);
    desk->add_remote("busy", busy.url("/v1"));
    desk->start();
    for (int i = 0; i < 2; ++i) {
        const auto answer = desk->ask("/v1/chat/completions", chat());
        EXPECT_EQ(answer.status, 429) << answer.body;
        EXPECT_THAT(header_of(answer, "retry-after"), AnyOf("29", "30"));
        EXPECT_THAT(answer.body, HasSubstr("slow down"));
    }
}

TEST_F(ServeRemote, AWrongSecretIsSaidWithoutIt) {
    const auto peer = server("peer", true);
    peer->start();
    std::string seen;
    const TestServer strict([&](Peer& connection) {
        const std::string request = connection.read_request();
        if (request.starts_with("POST")) seen = request;
        const bool list = request.starts_with("GET /v1/models");
        connection.send(list ? http(200, kList)
                             : http(401, R"({"error":{"message":"bad key sk-very-secret"}})"));
    });
    const auto desk = server("desk", false);
    const guard::SecretStore secrets(desk->home() / "data/secrets");
    ASSERT_TRUE(secrets.set("mine", *guard::Secret::from_text("sk-very-secret")));
    desk->add_remote(fmt::format("name = 'strict'\nurl = '{}'\nsecret = 'mine'", strict.url("/v1")));
    desk->start();
    const auto answer = desk->ask("/v1/chat/completions", chat());
    EXPECT_EQ(answer.status, 503);
    EXPECT_THAT(seen, HasSubstr("Authorization: Bearer sk-very-secret"));
    EXPECT_THAT(answer.body, HasSubstr("does not accept the secret 'mine'"));
    EXPECT_THAT(answer.body, Not(HasSubstr("very-secret")));
    EXPECT_THAT(*os::read_file(desk->home() / "access.log"), Not(HasSubstr("very-secret")));
}

TEST_F(ServeRemote, TheRequestsOwnFaultIsNotAskedElsewhere) {
    std::atomic<int> asked = 0;
    const TestServer strict([&](Peer& peer) {
        const bool list = peer.read_request().starts_with("GET /v1/models");
        if (!list) ++asked;
        peer.send(list ? http(200, kList) : http(400, R"({"error":{"message":"temperature is 7"}})"));
    });
    const auto desk = server("desk", false);
    desk->add_remote("a", strict.url("/v1"));
    desk->add_remote("b", strict.url("/v1"));
    desk->start();
    const auto answer = desk->ask("/v1/chat/completions", chat());
    EXPECT_EQ(answer.status, 400);
    EXPECT_THAT(answer.body, HasSubstr("temperature is 7"));
    EXPECT_EQ(asked, 1);
}

TEST_F(ServeRemote, AServerThatWantsTheLimitByItsNewerNameGetsItSo) {
    const TestServer newer([&](Peer& peer) {
        const std::string request = peer.read_request();
        const bool list = request.starts_with("GET /v1/models");
        const bool old = request.find("\"max_tokens\"") != std::string::npos;
        const std::string refusal = http(
            400, R"({"error":{"message":"Unsupported parameter: use 'max_completion_tokens' instead."}})");
        peer.send(list ? http(200, kList) : old ? refusal : kStreamed);
    });
    const auto desk = server("desk", false);
    desk->add_remote("newer", newer.url("/v1"));
    desk->start();
    EXPECT_EQ(desk->ask("/v1/chat/completions", chat()).status, 200);
    EXPECT_EQ(desk->ask("/v1/messages", chat()).status, 200);
}

TEST_F(ServeRemote, ARingOfRemotesEnds) {
    const std::string port_a = free_port();
    const std::string port_b = free_port();
    const auto a = server("a", false);
    const auto b = server("b", true);
    a->settings_.listeners = {{.address = net::TcpAddress{.host = "127.0.0.1", .port = port_a}}};
    b->settings_.listeners = {{.address = net::TcpAddress{.host = "127.0.0.1", .port = port_b}}};
    // By name, so that both offer it whatever the other lists.
    a->add_remote(
        fmt::format("name = 'b'\nurl = 'http://127.0.0.1:{}/v1'\nmodels = ['ghost', '{}']", port_b, kModel));
    b->add_remote(
        fmt::format("name = 'a'\nurl = 'http://127.0.0.1:{}/v1'\nmodels = ['ghost', '{}']", port_a, kModel));
    a->start();
    b->start();
    const auto ghost = a->ask("/v1/chat/completions", chat("\"max_tokens\":4", "ghost"));
    EXPECT_NE(ghost.status, 200);
    EXPECT_THAT(ghost.body, HasSubstr("ring")) << ghost.status;
    const auto real = a->ask("/v1/chat/completions", chat());
    EXPECT_EQ(real.status, 200) << real.body;
}

TEST_F(ServeRemote, OneThatIsKilledUnderLoadIsNotNoticed) {
    start_llama_server();
    const auto peer = server("peer", true);
    peer->settings_.pool.serve.slots = 2;
    peer->start();
    const auto desk = server("desk", false);
    desk->add_remote("llama", llama_url());
    desk->add_remote("peer", peer->url());
    desk->start();
    ASSERT_EQ(peer->ask("/api/generate", fmt::format(R"({{"model":"{}"}})", kModel)).status, 200);
    ASSERT_EQ(desk->ask("/v1/models", "").status, 200);
    std::atomic<int> answered = 0;
    std::atomic<int> failed = 0;
    std::atomic<int> by_llama = 0;
    std::vector<std::thread> clients;
    for (int i = 0; i < 4; ++i)
        clients.emplace_back([&] {
            for (int n = 0; n < 6; ++n) {
                const auto answer = desk->ask("/v1/chat/completions", chat("\"max_tokens\":16"));
                // Whole answers: nothing of one that broke was sent, so it is asked again elsewhere.
                if (answer.status != 200) {
                    ++failed;
                    ADD_FAILURE() << answer.status << " " << answer.body;
                }
                if (header_of(answer, "x-hearth-engine") == "remote 'llama'") ++by_llama;
                ++answered;
            }
        });
    EXPECT_TRUE(happens([&] { return answered >= 4 && by_llama >= 1; }));
    ::kill(llama_->pid(), SIGKILL);
    for (auto& client : clients)
        client.join();
    EXPECT_EQ(failed, 0);
    EXPECT_EQ(answered, 24);
}

TEST_F(ServeRemote, TheChildAnswersTooWhereTheModelIsInstalled) {
    start_llama_server();
    const auto desk = server("desk", true);
    desk->add_remote("llama", llama_url());
    desk->start();
    ASSERT_EQ(desk->ask("/v1/models", "").status, 200) << "with those of the remote";
    EXPECT_EQ(header_of(desk->ask("/v1/chat/completions", chat()), "x-hearth-engine"), "remote 'llama'")
        << "a child would have to be loaded";
    ::kill(llama_->pid(), SIGKILL);
    const auto here = desk->ask("/v1/chat/completions", chat());
    EXPECT_EQ(here.status, 200) << here.body;
    EXPECT_THAT(header_of(here, "x-hearth-engine"), HasSubstr("llama.cpp"));
    const auto listed = parse_json(desk->ask("/v1/models", "").body).value();
    int times = 0;
    for (const auto& each : listed.at("data").as_array())
        times += each.at("id") == kModel ? 1 : 0;
    EXPECT_EQ(times, 1);
}

}  // namespace
}  // namespace hearth::serve
