#include "chat/hand_off.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

namespace hearth::chat {
namespace {

Message answer_of(const std::string& author) {
    return {.role = Role::kAssistant,
            .text = "said",
            .reasoning = "thought",
            .tool_calls = {{.id = "1", .name = "f", .arguments = "{}", .signature = "sig"}},
            .thoughts = {{.text = "thought", .signature = "sig"}},
            .author = author};
}

TEST(HandOff, ThoughtsOfAnotherModelAreNotTold) {
    const auto messages = handed_over({answer_of("a/x"), answer_of("b/y"), answer_of("")}, "a/x");
    ASSERT_EQ(messages.size(), 3U);
    for (const std::size_t kept : {0U, 2U}) {
        EXPECT_EQ(messages[kept].reasoning, "thought");
        EXPECT_EQ(messages[kept].thoughts.size(), 1U);
        EXPECT_EQ(messages[kept].tool_calls[0].signature, "sig");
    }
    EXPECT_EQ(messages[1].text, "said");
    EXPECT_EQ(messages[1].reasoning, "");
    EXPECT_TRUE(messages[1].thoughts.empty());
    EXPECT_EQ(messages[1].tool_calls[0].signature, "");
    EXPECT_EQ(messages[1].tool_calls[0].id, "1");
}

std::vector<std::string> ids_of(std::vector<std::string> ids, const CallIdForm& form) {
    std::vector<Message> messages(2);
    messages[0].role = Role::kAssistant;
    for (const auto& id : ids)
        messages[0].tool_calls.push_back({.id = id, .name = "f", .arguments = "{}"});
    messages[1].role = Role::kTool;
    messages[1].tool_call_id = ids.back();
    put_call_ids_right(messages, form);
    std::vector<std::string> out;
    for (const auto& call : messages[0].tool_calls)
        out.push_back(call.id);
    EXPECT_EQ(messages[1].tool_call_id, out.back()) << "a result goes with its call";
    return out;
}

TEST(CallIds, WhatHasTheFormStays) {
    EXPECT_THAT(ids_of({"call_1", "toolu-01A"}, {.most = 64}), testing::ElementsAre("call_1", "toolu-01A"));
    EXPECT_THAT(ids_of({"abcdefghi"}, {.most = 9, .exact_alnum = true}), testing::ElementsAre("abcdefghi"));
}

TEST(CallIds, TwoNeverBecomeOne) {
    const std::string one(100, 'a');
    const auto ids = ids_of({one + "1", one + "2", "a/b", "a:b", "a b"}, {.most = 40});
    for (std::size_t i = 0; i < ids.size(); ++i) {
        EXPECT_LE(ids[i].size(), 40U);
        EXPECT_EQ(ids[i].find_first_of("/: "), std::string::npos);
        for (std::size_t j = 0; j < i; ++j)
            EXPECT_NE(ids[i], ids[j]);
    }
}

TEST(CallIds, TheSameIdBecomesTheSame) {
    const CallIdForm form{.most = 9, .exact_alnum = true};
    EXPECT_EQ(ids_of({"call_1|fc_2"}, form), ids_of({"call_1|fc_2"}, form));
    EXPECT_EQ(ids_of({"call_1|fc_2"}, form).front().size(), 9U);
}

}  // namespace
}  // namespace hearth::chat
