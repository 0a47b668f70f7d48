#include "agent/compaction.h"

#include <gtest/gtest.h>
#include <list>
#include <string>

namespace hearth::agent {
namespace {

using chat::Role;

class CompactionTest : public testing::Test {
protected:
    void add(Role role, std::size_t bytes, std::int64_t prompt_tokens = 0,
             const std::string& type = "message") {
        auto& entry = entries_.emplace_back();
        entry.id = std::string(1, static_cast<char>('a' + entries_.size() - 1));
        entry.type = type;
        entry.message = chat::Message{.role = role, .text = std::string(bytes, 'x')};
        entry.facts.usage.prompt_tokens = {prompt_tokens};
        if (role == Role::kTool) entry.message->tool_call_id = "c";
        if (role == Role::kAssistant) entry.message->tool_calls = {{"c", "t", "{}"}};
        path_.push_back(&entry);
    }

    std::vector<ContextItem> items() const { return branch_context(path_); }

    std::list<Entry> entries_;
    std::vector<const Entry*> path_;
};

TEST_F(CompactionTest, ABudgetAlwaysLeavesRoomForAnAnswer) {
    for (const std::int64_t window : {512, 2048, 8192, 32'768, 131'072}) {
        const auto budget = context_budget({window}, {8192});
        EXPECT_GE(budget.answer.value, std::min<std::int64_t>(window / 4, 8192)) << window;
        EXPECT_LE(budget.limit.value + budget.answer.value, window) << window;
        EXPECT_LT(budget.kept.value + budget.summary.value * 2, budget.limit.value) << window;
    }
}

TEST_F(CompactionTest, TheEnginesCountIsTakenWhereThereIsOne) {
    add(Role::kUser, 300);
    add(Role::kAssistant, 30, 5000);
    add(Role::kTool, 3000);
    const auto tokens = estimated_tokens(path_, 9000).value;
    EXPECT_GE(tokens, 6000);
    EXPECT_LE(tokens, 6020);
}

TEST_F(CompactionTest, AnImageCountsAsMuchTextWould) {
    add(Role::kUser, 300);
    const auto without = estimated_tokens(path_, 0).value;
    entries_.back().message->images.assign(2, {"image/png", std::string(100'000, 'A')});
    EXPECT_EQ(estimated_tokens(path_, 0).value, without + 2400);
}

TEST_F(CompactionTest, ACountFromBeforeACompactionIsNotTaken) {
    add(Role::kUser, 300);
    add(Role::kAssistant, 30, 5000);
    add(Role::kTool, 30);
    add(Role::kUser, 60, 0, "compaction");
    EXPECT_LT(estimated_tokens(path_, 0).value, 1000);
}

TEST_F(CompactionTest, TheCutIsBeforeAnAnswerNeverBeforeAResult) {
    add(Role::kUser, 3000);
    add(Role::kAssistant, 30);  // b
    add(Role::kTool, 3000);
    add(Role::kAssistant, 30);  // d
    add(Role::kTool, 600);
    const auto cut = find_cut(items(), {1000});
    ASSERT_TRUE(cut);
    EXPECT_EQ(cut->first_kept, "d");
    EXPECT_EQ(cut->summarised.size(), 3U);
}

TEST_F(CompactionTest, NothingIsKeptWhereTheLatestIsTooMuch) {
    add(Role::kUser, 30);
    add(Role::kAssistant, 30);
    add(Role::kTool, 9000);
    const auto cut = find_cut(items(), {100});
    ASSERT_TRUE(cut);
    EXPECT_TRUE(cut->first_kept.empty());
    EXPECT_EQ(cut->summarised.size(), 3U);
}

TEST_F(CompactionTest, AShortTalkIsNotCut) {
    add(Role::kUser, 30);
    EXPECT_FALSE(find_cut(items(), {1000}));
}

}  // namespace
}  // namespace hearth::agent
