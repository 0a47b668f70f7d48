#include "chat/guarded_provider.h"

#include <gtest/gtest.h>

#include "support/scripted_provider.h"

namespace hearth::chat {
namespace {

TEST(GuardedProvider, AModelIsToldOfNoSecret) {
    auto script = std::make_unique<test::ScriptedProvider>();
    auto& asked = *script;
    asked.then_text("x");
    auto known = std::make_shared<KnownSecrets>();
    ASSERT_TRUE(known->add("desk", "secret-1234"));
    const auto provider = make_guarded_provider(std::move(script), known);
    Request request;
    request.messages = {{.role = Role::kSystem, .text = "use secret-1234"},
                        {.role = Role::kAssistant,
                         .reasoning = "secret-1234",
                         .tool_calls = {{"1", "bash", R"({"command":"echo \"secret-1234\""})"}}}};
    ASSERT_TRUE(provider->stream(request, [](const Event&) { return true; }, {}));
    const auto& sent = asked.requests.front().messages;
    EXPECT_EQ(sent[0].text, "use [secret desk]");
    EXPECT_EQ(sent[1].reasoning, "[secret desk]");
    EXPECT_EQ(sent[1].tool_calls[0].arguments, R"({"command":"echo \"[secret desk]\""})");
}

// What was signed goes back word for word or not at all.
TEST(GuardedProvider, ASignedThoughtWithASecretIsLeftOut) {
    auto script = std::make_unique<test::ScriptedProvider>();
    auto& asked = *script;
    asked.then_text("x");
    auto known = std::make_shared<KnownSecrets>();
    ASSERT_TRUE(known->add("desk", "secret-1234"));
    const auto provider = make_guarded_provider(std::move(script), known);
    Request request;
    request.messages = {{.role = Role::kAssistant,
                         .thoughts = {{.text = "use secret-1234", .signature = "a"},
                                      {.text = "plain", .signature = "b"},
                                      {.text = "", .signature = R"({"summary":"secret-1234"})"}}}};
    ASSERT_TRUE(provider->stream(request, [](const Event&) { return true; }, {}));
    const auto& sent = asked.requests.front().messages.front().thoughts;
    ASSERT_EQ(sent.size(), 1U);
    EXPECT_EQ(sent.front().signature, "b");
}

TEST(GuardedProvider, AGapIsShownWithoutSecrets) {
    auto script = std::make_unique<test::ScriptedProvider>();
    FillRequest sent;
    script->fills = [&](const FillRequest& request) -> Result<FillReply> {
        sent = request;
        return FillReply();
    };
    auto known = std::make_shared<KnownSecrets>();
    ASSERT_TRUE(known->add("desk", "secret-1234"));
    const auto provider = make_guarded_provider(std::move(script), known);
    FillRequest request;
    request.context = {{"test.py", "a secret-1234\n"}};
    request.prefix = "b secret-1234\n";
    request.suffix = "c secret-1234\n";
    ASSERT_TRUE(provider->fill(request, {}));
    EXPECT_EQ(sent.context.front().second, "a [secret desk]\n");
    EXPECT_EQ(sent.prefix, "b [secret desk]\n");
    EXPECT_EQ(sent.suffix, "c [secret desk]\n");
}

TEST(GuardedProvider, WithoutSecretsThereIsNone) {
    auto script = std::make_unique<test::ScriptedProvider>();
    const Provider* const same = script.get();
    EXPECT_EQ(make_guarded_provider(std::move(script), std::make_shared<KnownSecrets>()).get(), same);
}

}  // namespace
}  // namespace hearth::chat
