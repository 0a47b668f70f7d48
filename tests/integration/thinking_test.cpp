// Thinking within a budget, on the real engine: a model that does not think by itself is given a template that has it begin with thinking.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>
#include <string>

#include "chat/openai_provider.h"
#include "chat/thinking_provider.h"
#include "integration/engine_fixture.h"
#include "probe/small_probes.h"

namespace hearth::engine {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

// In the manner of templates of thinking models: earlier thoughts stand in tags, and an answer begins with an open tag unless that is turned off.
constexpr const char* kTemplate =
    R"({%- for message in messages -%}
{{- '<|im_start|>' + message.role + '\n' -}}
{%- if message.role == 'assistant' and message.reasoning_content -%}
{{- '<think>' + message.reasoning_content + '</think>\n\n' -}}
{%- endif -%}
{{- message.content + '<|im_end|>\n' -}}
{%- endfor -%}
{%- if add_generation_prompt -%}
{{- '<|im_start|>assistant\n' -}}
{%- if enable_thinking is defined and enable_thinking is false -%}
{{- '<think>\n\n</think>\n\n' -}}
{%- else -%}
{{- '<think>' -}}
{%- endif -%}
{%- endif -%})";

class Thinking : public EngineTest {
protected:
    void SetUp() override {
        EngineTest::SetUp();
        const fs::path file = folder_.path() / "template.jinja";
        std::ofstream(file) << kTemplate;
        const Variant* cpu = nullptr;
        for (const Variant& each : real_.variants)
            if (each.extra_backend.empty() && cpu == nullptr) cpu = &each;
        ASSERT_NE(cpu, nullptr);
        const fs::path wrapper = folder_.path() / "llama-server";
        std::ofstream(wrapper) << "#!/bin/sh\ncd '" << cpu->directory.string() << "' && exec '"
                               << real_.server.string() << "' \"$@\" --chat-template-file '" << file.string()
                               << "'\n";
        fs::permissions(wrapper, fs::perms::owner_all);
        ::setenv("HEARTH_ENGINE", wrapper.c_str(), 1);
        supervisor_ = open();
        ASSERT_NE(supervisor_, nullptr);
        auto lease = supervisor_->acquire("thinker", model("qwen2.5-coder:1.5b"), small_options(), {}, {});
        ASSERT_TRUE(lease) << lease.error().message();
        lease_ = *std::move(lease);
    }

    void TearDown() override { ::unsetenv("HEARTH_ENGINE"); }

    [[nodiscard]] std::unique_ptr<chat::Provider> provider() const {
        return chat::make_openai_provider(
            {.address = lease_.address, .model = lease_.model, .context_window = lease_.context_window});
    }

    static chat::Request request() {
        chat::Request request;
        request.messages.push_back(
            {.role = chat::Role::kUser,
             .text = "A farmer has 17 sheep. All but 9 run away, and then he buys 4. How many has he? Think "
                     "about each number at length before you answer."});
        request.max_tokens = {160};
        return request;
    }

    std::unique_ptr<Supervisor> supervisor_;
    Lease lease_;
};

TEST_F(Thinking, EndsAtItsBudgetWithTheGivenWordsAndIsFollowedByAnAnswer) {
    auto way = provider();
    auto bounded = request();
    bounded.thinking_budget = Tokens{24};
    bounded.thinking_end = "\nThat is enough.\n";
    const auto reply = way->stream(bounded, {}, {});
    ASSERT_TRUE(reply) << reply.error().message();
    const auto& message = reply->answers.front().message;
    EXPECT_THAT(message.reasoning, HasSubstr("That is enough."));
    const auto tokens = way->count_tokens(message.reasoning);
    ASSERT_TRUE(tokens);
    EXPECT_LE(tokens->value, 24 + 10);
    EXPECT_THAT(message.text, testing::Not(HasSubstr("That is enough.")));
    EXPECT_THAT(message.text, testing::Not(HasSubstr("<think>")));
}

TEST_F(Thinking, IsNoneWithABudgetOfNothing) {
    auto way = provider();
    auto none = request();
    none.thinking_budget = Tokens{0};
    const auto reply = way->stream(none, {}, {});
    ASSERT_TRUE(reply) << reply.error().message();
    EXPECT_EQ(reply->answers.front().message.reasoning, "");
    EXPECT_FALSE(reply->answers.front().message.text.empty());
}

TEST_F(Thinking, OfSeveralAnswersIsBoundedInEach) {
    const auto way = chat::make_thinking_provider(provider(), {.budget = {16}, .end_words = "\nEnough.\n"});
    auto several = request();
    several.candidates = 2;
    several.sampling.temperature = 0.8;
    several.sampling.seed = 5;
    const auto reply = way->stream(several, [](const chat::Event&) { return true; }, {});
    ASSERT_TRUE(reply) << reply.error().message();
    ASSERT_EQ(reply->answers.size(), 2U);
    for (const auto& answer : reply->answers) {
        const auto tokens = way->count_tokens(answer.message.reasoning);
        ASSERT_TRUE(tokens);
        EXPECT_LE(tokens->value, 16 + 8) << answer.message.reasoning;
    }
}

TEST_F(Thinking, HasNoPlaceInAnAnswerThatIsBegun) {
    const auto way = chat::make_thinking_provider(provider(), {});
    auto begun = request();
    begun.messages.push_back({.role = chat::Role::kAssistant, .text = "He has"});
    begun.max_tokens = {24};
    const auto reply = way->stream(begun, {}, {});
    ASSERT_TRUE(reply) << reply.error().message();
    EXPECT_EQ(reply->answers.front().message.reasoning, "");
    EXPECT_FALSE(reply->answers.front().message.text.empty());
}

TEST_F(Thinking, IsFoundByTheProbe) {
    const auto way = provider();
    const probe::Desk desk{.provider = *way, .effort = {}, .tick = {}, .stop = {}};
    const auto found = probe::probe_thinking(desk);
    ASSERT_TRUE(found) << found.error().message();
    EXPECT_TRUE(found->thinks);
    EXPECT_EQ(found->where, "field");
    EXPECT_TRUE(found->can_be_off);
    EXPECT_GT(found->tokens.value, 0);
}

}  // namespace
}  // namespace hearth::engine
