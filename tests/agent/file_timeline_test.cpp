#include "agent/file_timeline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "agent/detail/session_json.h"

namespace hearth::agent {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class FileTimelineTest : public testing::Test {
protected:
    void say(const std::string& id, const std::string& role, std::string parent = "-") {
        if (parent == "-") parent = leaf_;
        add(id, "message", R"({"message":{"role":")" + role + R"(","content":[{"type":"text","text":"x"}]}})",
            parent);
        leaf_ = id;
    }

    // An event behind the leaf. The snapshots are of no interest here.
    void event(FileEvent::Kind kind, const std::string& target = {}) {
        FileEvent event;
        event.kind = kind;
        event.before = std::string(64, 'a');
        event.after = std::string(64, 'b');
        event.target = target;
        add("e" + std::to_string(entries_.size()), "custom",
            R"({"customType":"hearth.files","data":)" + file_event_json(event) + "}", leaf_);
    }

    void add(const std::string& id, const std::string& type, const std::string& fields,
             const std::string& parent) {
        const auto line = detail::encode_fields(type, id, parent, 0, fields);
        ASSERT_TRUE(line) << line.error().message();
        entries_.push_back(*detail::decode_entry(*line));
    }

    // A prompt and its answer with `turns` turns that changed files.
    void work(const std::string& name, int turns = 1) {
        say(name, "user");
        for (int i = 0; i < turns; ++i) {
            say(name + std::to_string(i), "toolResult");
            event(FileEvent::Kind::kTurn);
        }
    }

    std::vector<Entry> entries_;
    std::string leaf_;
};

TEST_F(FileTimelineTest, TurnsOfOneMessageAreTakenBackTogether) {
    work("a", 2);
    work("b");
    const auto timeline = file_timeline(entries_);
    EXPECT_THAT(timeline.done, ElementsAre(ElementsAre(0U, 1U), ElementsAre(2U)));
    EXPECT_EQ(timeline.events[1].prompt_id, "a");
    EXPECT_EQ(timeline.events[2].behind, "b0");
    EXPECT_THAT(turns_of(timeline), ElementsAre(0U, 1U, 2U));
}

TEST_F(FileTimelineTest, AnUndoCanBeRedoneUntilTheNextTurn) {
    work("a");
    work("b");
    event(FileEvent::Kind::kUndo);
    EXPECT_THAT(file_timeline(entries_).done, ElementsAre(ElementsAre(0U)));
    EXPECT_EQ(file_timeline(entries_).undone.back().event, 2U);
    event(FileEvent::Kind::kUndo);
    EXPECT_THAT(file_timeline(entries_).done, IsEmpty());
    event(FileEvent::Kind::kRedo);
    EXPECT_THAT(file_timeline(entries_).done, ElementsAre(ElementsAre(0U)));
    event(FileEvent::Kind::kRedo);
    EXPECT_THAT(file_timeline(entries_).done, ElementsAre(ElementsAre(0U), ElementsAre(1U)));
    EXPECT_THAT(file_timeline(entries_).undone, IsEmpty());
    event(FileEvent::Kind::kUndo);
    work("c");
    EXPECT_THAT(file_timeline(entries_).done, ElementsAre(ElementsAre(0U), ElementsAre(7U)));
    EXPECT_THAT(file_timeline(entries_).undone, IsEmpty());
}

TEST_F(FileTimelineTest, ARestoreLeavesWhatWasDoneAtThatPoint) {
    work("a");
    work("b");
    work("c");
    event(FileEvent::Kind::kRestore, "a0");
    EXPECT_THAT(file_timeline(entries_).done, ElementsAre(ElementsAre(0U)));
    event(FileEvent::Kind::kRedo);
    EXPECT_EQ(file_timeline(entries_).done.size(), 3U);
    event(FileEvent::Kind::kRestore);
    EXPECT_THAT(file_timeline(entries_).done, IsEmpty());
}

TEST_F(FileTimelineTest, EventsSinceAnEntryBeginBehindItsOwnTurn) {
    work("a");
    work("b", 2);
    event(FileEvent::Kind::kUndo);
    const auto timeline = file_timeline(entries_);
    EXPECT_THAT(events_since(timeline, entries_, "a0"), ElementsAre(1U, 2U, 3U));
    EXPECT_THAT(events_since(timeline, entries_, "b"), ElementsAre(1U, 2U, 3U));
    EXPECT_THAT(events_since(timeline, entries_, "b1"), ElementsAre(3U));
    EXPECT_THAT(events_since(timeline, entries_, ""), ElementsAre(0U, 1U, 2U, 3U));
}

// The files are one, whatever the branch: what happened on another one since counts, too.
TEST_F(FileTimelineTest, EventsOfOtherBranchesCountInTheOrderOfTheLog) {
    work("a");
    say("other", "user", "");
    say("other0", "toolResult");
    event(FileEvent::Kind::kTurn);
    const auto timeline = file_timeline(entries_);
    EXPECT_THAT(timeline.done, ElementsAre(ElementsAre(0U), ElementsAre(1U)));
    EXPECT_THAT(events_since(timeline, entries_, "a0"), ElementsAre(1U));
}

TEST_F(FileTimelineTest, ACopyForAnotherFolderHasNoEvents) {
    work("a");
    drop_file_events(entries_);
    EXPECT_THAT(entries_, testing::SizeIs(2));
    EXPECT_THAT(file_timeline(entries_).events, IsEmpty());
}

TEST_F(FileTimelineTest, WhatIsNoEventIsPassedOver) {
    work("a");
    add("x", "custom",
        R"({"customType":"hearth.files","data":{"kind":"turn","before":"no hash","after":"x"}})", leaf_);
    add("y", "custom", R"({"customType":"hearth.files","data":"text"})", leaf_);
    add("z", "custom", R"({"customType":"another","data":{"kind":"turn"}})", leaf_);
    event(FileEvent::Kind::kRedo);  // of nothing
    EXPECT_EQ(file_timeline(entries_).events.size(), 2U);
    EXPECT_EQ(file_timeline(entries_).done.size(), 1U);
}

}  // namespace
}  // namespace hearth::agent
