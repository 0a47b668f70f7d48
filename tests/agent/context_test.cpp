#include "agent/context.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace hearth::agent {
namespace {

using chat::Message;
using chat::Role;

std::vector<Message> sample_log() {
    return {{.role = Role::kSystem, .text = "system"},
            {.role = Role::kUser, .text = "task"},
            {.role = Role::kAssistant,
             .text = "two files",
             .tool_calls = {{"1", "write", "{}"}, {"2", "write", "{}"}}},
            {.role = Role::kTool, .text = "Wrote a.", .tool_call_id = "1"},
            {.role = Role::kTool, .text = "Wrote b.\n\nstill red", .tool_call_id = "2"},
            {.role = Role::kAssistant, .text = "words"},
            {.role = Role::kUser, .text = "more"},
            {.role = Role::kAssistant, .text = "again", .tool_calls = {{"3", "write", "{}"}}},
            {.role = Role::kTool, .text = "Wrote c.", .tool_call_id = "3"},
            {.role = Role::kUser, .text = "a new prompt"}};
}

// As a template would lay the messages out, without what closes the last one.
std::string laid_out(const std::vector<Message>& messages) {
    std::string out;
    for (const auto& each : messages) {
        out += "<" + std::to_string(static_cast<int>(each.role)) + each.tool_call_id + ">" + each.text;
        for (const auto& call : each.tool_calls)
            out += "[" + call.id + call.name + call.arguments + "]";
    }
    return out;
}

TEST(Context, MessagesThatBecomeOneKeepTheirImages) {
    const std::vector<Message> log = {{.role = Role::kUser, .text = "a", .images = {{"image/png", "AAAA"}}},
                                      {.role = Role::kUser, .text = "b", .images = {{"image/gif", "BBBB"}}}};
    const auto messages = build_context(log, CallForm::kTools);
    ASSERT_EQ(messages.size(), 1U);
    EXPECT_EQ(messages[0].images, (std::vector<chat::Image>{{"image/png", "AAAA"}, {"image/gif", "BBBB"}}));
}

TEST(Context, WithToolsTheLogIsSentAsItIs) {
    EXPECT_EQ(laid_out(build_context(sample_log(), CallForm::kTools)), laid_out(sample_log()));
}

TEST(Context, AsTextResultsOfABatchBecomeOneUserMessage) {
    const auto messages = build_context(sample_log(), CallForm::kText);
    ASSERT_EQ(messages.size(), 8U);
    EXPECT_EQ(messages[3].role, Role::kUser);
    EXPECT_EQ(messages[3].text, "Wrote a.\n\nWrote b.\n\nstill red");
    EXPECT_TRUE(messages[2].tool_calls.empty());
    EXPECT_TRUE(messages[3].tool_call_id.empty());
    EXPECT_EQ(messages[7].text, "Wrote c.\n\na new prompt");
}

TEST(Context, AsTextUserAndAssistantTakeTurns) {
    const auto messages = build_context(sample_log(), CallForm::kText);
    for (std::size_t i = 2; i < messages.size(); ++i)
        EXPECT_NE(messages[i].role, messages[i - 1].role) << i;
}

TEST(Context, AppendingToTheLogOnlyAppendsToTheContext) {
    const auto log = sample_log();
    for (const auto form : {CallForm::kTools, CallForm::kText}) {
        std::string before;
        for (std::size_t n = 0; n <= log.size(); ++n) {
            const std::vector<Message> part(log.begin(), log.begin() + static_cast<std::ptrdiff_t>(n));
            const auto now = laid_out(build_context(part, form));
            EXPECT_TRUE(now.starts_with(before)) << "with " << n << " entries";
            before = now;
        }
    }
}

}  // namespace
}  // namespace hearth::agent
