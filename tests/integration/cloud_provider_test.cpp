// The agent's providers in the dialects that hearth serves itself, against a real `hearth serve` with the smallest model; and `hearth code` with a
// models.json that names such a server.
#include "chat/cloud_provider.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

#include <boost/json.hpp>

#include "agent/driver.h"
#include "core/json.h"
#include "core/text.h"
#include "integration/serve_fixture.h"
#include "os/files.h"
#include "os/process.h"

namespace hearth::serve {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kKey = "sk-planted-for-the-desk-4711";

class CloudProvider : public engine::EngineTest, public RunningServer {
protected:
    void SetUp() override {
        EngineTest::SetUp();
        prepare(paths_, net::TcpAddress{.host = "127.0.0.2", .port = "0"});
        start();
    }

    void TearDown() override { stop(); }

    [[nodiscard]] std::unique_ptr<chat::Provider> provider(chat::Dialect dialect) const {
        return chat::make_cloud_provider(
            {.provider = "desk",
             .model = "smollm2:135m",
             .dialect = dialect,
             .address = net::TcpAddress{.host = "127.0.0.2", .port = std::to_string(port_)},
             .tls = false,
             .path = "/v1",
             .context_window = {2048},
             .most_answer = {24},
             .prices = {.input = 1, .output = 2, .cache_read = 0.5, .cache_write = 0},
             .temperature = 0.0});
    }
};

chat::Request talk() {
    chat::Request request;
    request.messages = {
        {.role = chat::Role::kSystem, .text = "You are a friendly assistant who likes long stories."},
        {.role = chat::Role::kUser, .text = "Tell me about a dog that learned to swim."}};
    request.tools = {{.name = "read",
                      .description = "Reads a file.",
                      .parameters = R"({"type":"object","properties":{"path":{"type":"string"}}})"}};
    return request;
}

TEST_F(CloudProvider, ATalkGoesOnInEveryDialect) {
    for (const auto dialect :
         {chat::Dialect::kAnthropic, chat::Dialect::kOpenAiResponses, chat::Dialect::kOpenAiChat}) {
        SCOPED_TRACE(chat::dialect_name(dialect));
        auto asked = talk();
        std::string streamed;
        const auto first =
            provider(dialect)->stream(asked,
                                      [&](const chat::Event& event) {
                                          if (const auto* text = std::get_if<chat::TextDelta>(&event))
                                              streamed += text->text;
                                          return true;
                                      },
                                      {});
        ASSERT_TRUE(first) << first.error().message();
        const auto& answer = first->answers.front();
        EXPECT_EQ(answer.message.text, streamed);
        EXPECT_TRUE(!streamed.empty() || !answer.message.tool_calls.empty());
        EXPECT_NE(answer.reason, chat::StopReason::kError);
        EXPECT_GT(first->usage.prompt_tokens, Tokens{20});
        EXPECT_GT(first->usage.generated_tokens, Tokens{0});
        EXPECT_LE(first->usage.generated_tokens, Tokens{24});
        EXPECT_GT(first->usage.cost.total(), 0);
        // A call and its result go back as well, and what was said is taken from the engine's cache.
        asked.messages.push_back(
            {.role = chat::Role::kAssistant,
             .text = "Let me look.",
             .tool_calls = {{.id = "call.1", .name = "read", .arguments = R"({"path":"dog.txt"})"}}});
        asked.messages.push_back(
            {.role = chat::Role::kTool, .text = "The dog swims.", .tool_call_id = "call.1"});
        asked.messages.push_back({.role = chat::Role::kUser, .text = "And then?"});
        const auto second = provider(dialect)->stream(asked, {}, {});
        ASSERT_TRUE(second) << second.error().message();
        EXPECT_GT(second->usage.prompt_tokens, first->usage.prompt_tokens);
        EXPECT_GT(second->usage.cached_tokens, Tokens{0});
    }
}

TEST_F(CloudProvider, APromptThatDoesNotFitHasTheLoopCompact) {
    auto asked = talk();
    for (int i = 0; i < 3000; ++i)
        asked.messages.back().text += " and then the dog swam on";
    for (const auto dialect :
         {chat::Dialect::kAnthropic, chat::Dialect::kOpenAiResponses, chat::Dialect::kOpenAiChat}) {
        const auto reply = provider(dialect)->stream(asked, {}, {});
        ASSERT_FALSE(reply) << chat::dialect_name(dialect);
        EXPECT_TRUE(agent::is_overflow(reply.error())) << reply.error().message();
    }
}

TEST_F(CloudProvider, AModelThatIsNotThereIsSaid) {
    for (const auto dialect :
         {chat::Dialect::kAnthropic, chat::Dialect::kOpenAiResponses, chat::Dialect::kOpenAiChat}) {
        const auto reply =
            chat::make_cloud_provider(
                {.provider = "desk",
                 .model = "nobody:1b",
                 .dialect = dialect,
                 .address = net::TcpAddress{.host = "127.0.0.2", .port = std::to_string(port_)},
                 .tls = false,
                 .path = "/v1",
                 .context_window = {2048},
                 .most_answer = {24}})
                ->stream(talk(), {}, {});
        ASSERT_FALSE(reply);
        EXPECT_EQ(reply.error().code(), Code::kNotFound) << reply.error().message();
        EXPECT_THAT(reply.error().message(), HasSubstr("desk: "));
    }
}

// `hearth code` and `hearth run` in a home of their own, in which models.json names the running server.
class CodeElsewhere : public CloudProvider {
protected:
    void SetUp() override {
        CloudProvider::SetUp();
        const auto model = [](const std::string& id, const std::string& api) {
            return R"({"id":")" + id + R"(","api":")" + api + R"(","contextWindow":2048,"maxTokens":64,)" +
                   R"("cost":{"input":10,"output":20},"samplingParams":{"temperature":0}})";
        };
        const auto url = "http://127.0.0.2:" + std::to_string(port_) + "/v1";
        ASSERT_TRUE(os::make_directories(home_ / "config"));
        ASSERT_TRUE(os::write_file_atomic(
            home_ / "config" / "models.json",
            R"({"providers":{"desk":{"baseUrl":")" + url + R"(","apiKey":"$DESK_KEY","models":[)" +
                model("smollm2:135m", "anthropic-messages") + R"(]},"other":{"baseUrl":")" + url +
                R"(","apiKey":"unused-key-word","models":[)" + model("smollm2:135m", "openai-responses") +
                "]}}}"));
        ASSERT_TRUE(os::make_directories(work_));
    }

    [[nodiscard]] os::Exit run(std::vector<std::string> arguments, std::string input = {}) const {
        os::Command command;
        command.argv = {HEARTH_PROGRAM};
        command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
        command.environment = os::environment_of({"PATH", "HOME", "TMPDIR"});
        command.environment.emplace_back("HEARTH_HOME", home_.string());
        command.environment.emplace_back("DESK_KEY", kKey);
        command.directory = work_;
        command.input = std::move(input);
        auto exit =
            os::run(command, {.timeout = std::chrono::minutes(4), .max_output = std::size_t{16} << 20U});
        EXPECT_TRUE(exit);
        return exit ? *exit : os::Exit{};
    }

    // Everything that the runs left behind.
    [[nodiscard]] std::string all_files() const {
        std::string all;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(home_)) {
            if (!entry.is_regular_file() || entry.path().filename() == "models.json") continue;
            all += os::read_file(entry.path()).value_or("");
        }
        return all;
    }

    std::filesystem::path home_ = folder_.path() / "elsewhere";
    std::filesystem::path work_ = folder_.path() / "work";
};

TEST_F(CodeElsewhere, ASessionIsAnsweredAndPaidFor) {
    // The project repeats the key: no model and no session gets it.
    ASSERT_TRUE(os::write_file_atomic(work_ / "AGENTS.md", std::string("The key is ") + kKey + "\n"));
    const auto exit = run({"code", "-m", "desk/smollm2:135m", "--mode", "json", "-p", "Say hello."});
    ASSERT_EQ(exit.code, 0) << exit.err << exit.out;
    EXPECT_THAT(exit.out,
                HasSubstr(R"("api":"anthropic-messages","provider":"desk","model":"smollm2:135m")"));
    EXPECT_THAT(exit.out, HasSubstr(R"("stopReason")"));
    bool paid = false;
    for (const auto line : split_lines(exit.out)) {
        const auto record = parse_json(line);
        ASSERT_TRUE(record) << line;
        const auto* message = member(*record, "message");
        if (string_member(*record, "type") != "message_end" || string_member(*message, "role") != "assistant")
            continue;
        EXPECT_EQ(string_member(*message, "errorMessage"), std::nullopt) << line;
        paid = paid || record->at_pointer("/message/usage/cost/total").to_number<double>() > 0;
    }
    EXPECT_TRUE(paid);
    EXPECT_THAT(exit.err + all_files(), Not(HasSubstr(kKey)));
}

TEST_F(CodeElsewhere, AnotherModelGoesOnWithTheSession) {
    const auto exit = run({"code", "-m", "desk/smollm2:135m", "--mode", "rpc"},
                          R"({"id":"1","type":"get_available_models"})"
                          "\n"
                          R"({"id":"2","type":"set_model","provider":"other","modelId":"smollm2:135m"})"
                          "\n"
                          R"({"id":"3","type":"set_model","provider":"nowhere","modelId":"x"})"
                          "\n"
                          R"({"id":"4","type":"get_state"})"
                          "\n");
    ASSERT_EQ(exit.code, 0) << exit.err;
    EXPECT_THAT(exit.out, HasSubstr(R"("api":"anthropic-messages","provider":"desk")"));
    EXPECT_THAT(exit.out, HasSubstr(R"("id":"2","type":"response","command":"set_model","success":true)"));
    EXPECT_THAT(exit.out, HasSubstr("Model not found: nowhere/x"));
    EXPECT_THAT(
        exit.out,
        HasSubstr(
            R"("id":"4","type":"response","command":"get_state","success":true,"data":{"model":{"id":"smollm2:135m","name":"smollm2:135m","api":"openai-responses")"));
}

TEST_F(CodeElsewhere, OneQuestionIsAnsweredWithItsPrice) {
    const auto exit = run({"run", "other/smollm2:135m", "--json", "--max-tokens", "8", "Say hello."}, "");
    ASSERT_EQ(exit.code, 0) << exit.err;
    const auto answer = parse_json(exit.out);
    ASSERT_TRUE(answer) << exit.out;
    EXPECT_EQ(string_member(*answer, "model"), "other/smollm2:135m");
    EXPECT_GT(answer->at_pointer("/usage/cost_usd").to_number<double>(), 0);
}

TEST_F(CodeElsewhere, ModelsAndProvidersAreListed) {
    const auto exit = run({"code", "--list-models", "smollm2", "--json"});
    ASSERT_EQ(exit.code, 0) << exit.err;
    const auto listed = parse_json(exit.out);
    ASSERT_TRUE(listed) << exit.out;
    EXPECT_EQ(listed->at("models").as_array().size(), 2U);
    EXPECT_THAT(exit.out, Not(HasSubstr(kKey)));
    const auto table = run({"code", "--list-models", "anthropic"});
    EXPECT_THAT(table.out, HasSubstr("ANTHROPIC_API_KEY is not set"));
    const auto wrong = run({"code", "-m", "anthropic/x", "-p", "hi", "--mode", "json"});
    EXPECT_NE(wrong.code, 0);
    EXPECT_THAT(wrong.err, HasSubstr("anthropic needs a key: set ANTHROPIC_API_KEY"));
}

TEST_F(CodeElsewhere, AMistakeInModelsJsonHasItsPlace) {
    ASSERT_TRUE(os::write_file_atomic(home_ / "config" / "models.json",
                                      R"({"providers":{"desk":{"models":[{"id":"a","maxTokens":-1}]}}})"));
    const auto exit = run({"code", "-m", "desk/a", "-p", "hi", "--mode", "json"});
    EXPECT_EQ(exit.code, 2) << exit.out;
    EXPECT_THAT(exit.err, HasSubstr("models.json: providers.desk.models[0].maxTokens: it has to be"));
}

}  // namespace
}  // namespace hearth::serve
