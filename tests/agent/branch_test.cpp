#include "agent/branch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "agent/detail/session_json.h"

namespace hearth::agent {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class BranchTest : public testing::Test {
protected:
    // A line without its place: id and parent are added, the parent being the entry before it unless it is given.
    void add(const std::string& id, const std::string& type, const std::string& fields,
             std::string parent = "-") {
        if (parent == "-") parent = entries_.empty() ? "" : entries_.back().id;
        const auto line = detail::encode_fields(type, id, parent, 0, fields);
        ASSERT_TRUE(line) << line.error().message();
        const auto entry = detail::decode_entry(*line);
        ASSERT_TRUE(entry);
        entries_.push_back(*entry);
    }

    void say(const std::string& id, const std::string& role, const std::string& text,
             const std::string& more = "", const std::string& parent = "-") {
        add(id, "message",
            R"({"message":{"role":")" + role + R"(","content":[{"type":"text","text":")" + text + R"("}])" +
                more + "}}",
            parent);
    }

    void call(const std::string& id, const std::string& call_id) {
        add(id, "message",
            R"({"message":{"role":"assistant","content":[{"type":"toolCall","id":")" + call_id +
                R"(","name":"bash","arguments":{}}],"stopReason":"toolUse"}})");
    }

    std::vector<std::string> told(const std::string& leaf) const {
        std::vector<std::string> out;
        for (const auto& item : branch_context(branch_path(entries_, leaf))) {
            constexpr const char* kNames[] = {"system", "user", "assistant", "tool"};
            out.push_back(std::string(kNames[static_cast<int>(item.message.role)]) + ": " +
                          item.message.text);
        }
        return out;
    }

    std::vector<Entry> entries_;
};

TEST_F(BranchTest, OnlyTheBranchOfTheLeafIsTold) {
    say("a", "user", "one");
    say("b", "assistant", "left");
    say("c", "assistant", "taken", "", "a");
    EXPECT_THAT(told("c"), ElementsAre("user: one", "assistant: taken"));
    EXPECT_THAT(told("b"), ElementsAre("user: one", "assistant: left"));
}

TEST_F(BranchTest, ALineThatIsGoneLosesOnlyItself) {
    say("a", "user", "one");
    say("b", "assistant", "two");
    say("d", "user", "three", "", "lost");
    EXPECT_THAT(told("d"), ElementsAre("user: one", "assistant: two", "user: three"));
}

TEST_F(BranchTest, ACompactionTakesThePlaceOfWhatItDoesNotKeep) {
    say("s", "system", "be brief");
    say("a", "user", "old");
    say("b", "assistant", "older");
    say("c", "user", "kept");
    add("d", "compaction", R"({"summary":"it was so","firstKeptEntryId":"c","tokensBefore":9})");
    say("e", "user", "new");
    EXPECT_THAT(told("e"),
                ElementsAre("system: be brief", HasSubstr("it was so"), "user: kept", "user: new"));
}

TEST_F(BranchTest, ACompactionMayKeepNothing) {
    say("a", "user", "old");
    add("d", "compaction", R"({"summary":"all","firstKeptEntryId":"d","tokensBefore":9})");
    EXPECT_THAT(told("d"), ElementsAre(HasSubstr("all")));
}

TEST_F(BranchTest, TheLatestCompactionCounts) {
    say("a", "user", "old");
    add("b", "compaction", R"({"summary":"first","firstKeptEntryId":"b","tokensBefore":9})");
    say("c", "user", "middle");
    add("d", "compaction", R"({"summary":"second","firstKeptEntryId":"c","tokensBefore":9})");
    EXPECT_THAT(told("d"), ElementsAre(HasSubstr("second"), "user: middle"));
}

TEST_F(BranchTest, TheCheckpointOfACompactionIsThePrompt) {
    say("s", "system", "old prompt");
    say("a", "user", "old");
    add("d", "compaction",
        R"({"summary":"x","firstKeptEntryId":"d","tokensBefore":9,"systemMessage":{"role":"system","content":"new prompt"}})");
    EXPECT_THAT(told("d"), ElementsAre("system: new prompt", HasSubstr("x")));
}

TEST_F(BranchTest, SectionsOfAPromptAreReplacedAndTakenAway) {
    add("a", "message",
        R"({"message":{"role":"system","content":"","sections":{"preamble":"P","tools":"T","cwd":"C"}}})");
    say("b", "user", "hi");
    add("c", "message", R"({"message":{"role":"system","content":"","sections":{"tools":"T2","cwd":null}}})");
    EXPECT_THAT(told("c"), ElementsAre("system: P\n\nT2", "user: hi"));
}

TEST_F(BranchTest, AContextEditChangesOrRemovesWhatIsTold) {
    say("a", "user", "one");
    say("b", "assistant", "two");
    add("c", "context_edit", R"({"targetId":"a","replacement":{"content":"ONE"}})");
    add("d", "context_edit", R"({"targetId":"b","replacement":null})");
    EXPECT_THAT(told("d"), ElementsAre("user: ONE"));
    EXPECT_THAT(told("b"), ElementsAre("user: one", "assistant: two"));  // before the edit it does not count
}

TEST_F(BranchTest, AnswersThatFailedAreNotTold) {
    say("a", "user", "one");
    say("b", "assistant", "half", R"(,"stopReason":"aborted")");
    say("c", "assistant", "", R"(,"stopReason":"error","errorMessage":"down")");
    say("d", "user", "two");
    EXPECT_THAT(told("d"), ElementsAre("user: one", "user: two"));
}

TEST_F(BranchTest, ACallWithoutAResultGetsOneThatSaysSo) {
    say("a", "user", "one");
    call("b", "x");
    say("c", "user", "two");
    EXPECT_THAT(told("c"), ElementsAre("user: one", "assistant: ", HasSubstr("not run"), "user: two"));
}

TEST_F(BranchTest, AResultWithoutItsCallIsNotTold) {
    say("a", "user", "one");
    say("b", "toolResult", "stray", R"(,"toolCallId":"x","toolName":"bash","isError":false)");
    EXPECT_THAT(told("b"), ElementsAre("user: one"));
}

TEST_F(BranchTest, SummariesAndMessagesOfExtensionsAreTheUsers) {
    add("a", "branch_summary", R"({"fromId":"z","summary":"tried A"})");
    add("b", "custom_message", R"({"customType":"note","content":"mind this","display":true})");
    add("c", "custom", R"({"customType":"state","data":{"x":1}})");
    EXPECT_THAT(told("c"), ElementsAre(HasSubstr("tried A"), "user: mind this"));
}

TEST_F(BranchTest, ACommandOfAPersonIsToldUnlessItIsLeftOut) {
    add("a", "message",
        R"({"message":{"role":"bashExecution","command":"make","output":"bad\n","exitCode":2,"cancelled":false,"truncated":false}})");
    add("b", "message",
        R"({"message":{"role":"bashExecution","command":"ls","output":"","exitCode":0,"cancelled":false,"truncated":false,"excludeFromContext":true}})");
    EXPECT_THAT(told("b"),
                ElementsAre("user: I ran this command: `make`\n```\nbad\n```\nIt ended with exit status 2."));
}

TEST_F(BranchTest, NameAndModelAreThoseSaidLast) {
    add("a", "session_info", R"({"name":"first"})");
    add("b", "model_change", R"({"provider":"p","modelId":"m"})");
    add("c", "session_info", R"({"name":"second"})");
    const auto facts = branch_facts(branch_path(entries_, "c"));
    EXPECT_EQ(facts.name, "second");
    EXPECT_EQ(facts.provider + "/" + facts.model, "p/m");
    add("d", "session_info", "{}");
    EXPECT_FALSE(branch_facts(branch_path(entries_, "d")).name);
}

TEST_F(BranchTest, TheLastLabelOfAnEntryCounts) {
    say("a", "user", "one");
    EXPECT_FALSE(label_of(entries_, "a"));
    add("b", "label", R"({"targetId":"a","label":"here"})");
    EXPECT_EQ(label_of(entries_, "a"), "here");
    add("c", "label", R"({"targetId":"a"})");
    EXPECT_FALSE(label_of(entries_, "a"));
}

TEST_F(BranchTest, FirstWordsAreOneShortLine) {
    say("a", "user", "  one\\ntwo three");
    EXPECT_EQ(first_words(branch_path(entries_, "a"), 100), "one two three");
    EXPECT_EQ(first_words(branch_path(entries_, "a"), 3), "one…");
    EXPECT_THAT(told("nowhere"), IsEmpty());
}

}  // namespace
}  // namespace hearth::agent
