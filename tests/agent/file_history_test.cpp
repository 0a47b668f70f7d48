#include "agent/file_history.h"

#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iterator>

#include "agent/branch.h"
#include "agent/file_report.h"
#include "agent/session_store.h"
#include "os/files.h"

namespace hearth::agent {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Files = std::vector<std::pair<std::string, std::string>>;

class FileHistoryTest : public testing::Test {
protected:
    FileHistoryTest() { fs::create_directories(workspace_); }

    void put(const std::string& path, std::string_view content) const {
        fs::create_directories((workspace_ / path).parent_path());
        std::ofstream(workspace_ / path, std::ios::binary) << content;
    }

    [[nodiscard]] std::string get(const std::string& path) const {
        std::ifstream file(workspace_ / path, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    void say(const std::string& text) {
        ASSERT_TRUE(session_.append({.role = chat::Role::kUser, .text = text}));
    }

    // A turn of tools that write files.
    void turn(const Files& files) {
        ASSERT_TRUE(history_->begin_turn(session_));
        for (const auto& [path, content] : files)
            put(path, content);
        ASSERT_TRUE(session_.append({.role = chat::Role::kAssistant, .text = "done"}));
        ASSERT_TRUE(history_->end_turn(session_));
    }

    // As after a kill: nothing of this process is left but what is on the disk.
    void start_again() {
        const auto file = session_.file();
        {
            [[maybe_unused]] const auto gone = std::move(session_);
        }
        session_ = *Session::open(file);
        history_.emplace(folder_.path() / "snapshots", workspace_);
    }

    FilesMoved undo(const FileMove& move = {}) { return moved(history_->undo(session_, move)); }

    FilesMoved redo(const FileMove& move = {}) { return moved(history_->redo(session_, move)); }

    static FilesMoved moved(Result<FilesMoved> result) {
        EXPECT_TRUE(result) << result.error().message();
        return result ? *std::move(result) : FilesMoved();
    }

    static std::vector<std::string> left(const FilesMoved& moved) {
        std::vector<std::string> out;
        for (const auto& each : moved.files.left)
            out.push_back(each.path);
        return out;
    }

    [[nodiscard]] std::string last_told() const {
        const auto messages = session_.messages();
        return messages.empty() ? std::string() : messages.back().text;
    }

    os::TempDir folder_ = *os::TempDir::create("hearth-file-history-test");
    fs::path workspace_ = folder_.path() / "workspace";
    Session session_ = *Session::create(folder_.path() / "sessions", workspace_);
    std::optional<FileHistory> history_{std::in_place, folder_.path() / "snapshots", workspace_};
};

TEST_F(FileHistoryTest, TheTurnsOfTheLastMessageAreTakenBackAndTheModelIsTold) {
    put("a", "0");
    say("first");
    turn({{"a", "1"}});
    say("second");
    turn({{"a", "2"}, {"new/b", "2"}});
    turn({{"a", "3"}});
    const auto back = undo();
    EXPECT_EQ(back.prompt, "second");
    EXPECT_EQ(get("a"), "1");
    EXPECT_FALSE(fs::exists(workspace_ / "new"));
    EXPECT_THAT(last_told(),
                testing::AllOf(HasSubstr("took back"), HasSubstr("\"second\""), HasSubstr("new/b")));
    undo();
    EXPECT_EQ(get("a"), "0");
    EXPECT_EQ(history_->undo(session_, {}).error().code(), Code::kNotFound);
    redo();
    EXPECT_EQ(get("a"), "1");
    redo();
    EXPECT_EQ(get("a"), "3");
    EXPECT_EQ(get("new/b"), "2");
    EXPECT_EQ(history_->redo(session_, {}).error().code(), Code::kNotFound);
}

TEST_F(FileHistoryTest, ATurnThatChangedNothingIsNoEvent) {
    put("a", "0");
    say("look");
    turn({});
    EXPECT_THAT(session_.entries(), testing::SizeIs(2));
    EXPECT_EQ(history_->undo(session_, {}).error().code(), Code::kNotFound);
}

TEST_F(FileHistoryTest, WhatAPersonChangedSinceIsLeftAndWithForceItIsBackWithRedo) {
    put("a", "0");
    put("b", "0");
    say("go");
    turn({{"a", "1"}, {"b", "1"}});
    put("a", "mine");
    put("c", "mine");
    EXPECT_THAT(left(undo({.look_only = true})), ElementsAre("a"));
    EXPECT_EQ(get("b"), "1");
    EXPECT_THAT(left(undo()), ElementsAre("a"));
    EXPECT_EQ(get("a") + get("b") + get("c"), "mine0mine");
    redo();
    EXPECT_EQ(get("a") + get("b"), "mine1");
    EXPECT_THAT(left(undo({.overwrite = history::Overwrite::kOfOthers})), IsEmpty());
    EXPECT_EQ(get("a") + get("b"), "00");
    redo();
    EXPECT_EQ(get("a") + get("b"), "mine1");
}

// Else it could not be asked for once more, with force.
TEST_F(FileHistoryTest, AnUndoThatLeavesEverythingIsNone) {
    put("a", "0");
    say("go");
    turn({{"a", "1"}});
    put("a", "mine");
    EXPECT_THAT(left(undo()), ElementsAre("a"));
    EXPECT_THAT(left(undo({.overwrite = history::Overwrite::kOfOthers})), IsEmpty());
    EXPECT_EQ(get("a"), "0");
}

TEST_F(FileHistoryTest, WhatAPersonChangedBetweenTwoTurnsIsNotTakenBack) {
    put("a", "0");
    put("both", "0");
    say("go");
    turn({{"a", "1"}, {"both", "1"}});
    put("mine", "x");
    put("both", "mine");
    turn({{"a", "2"}, {"both", "2"}});
    EXPECT_THAT(left(undo()), ElementsAre("both"));
    EXPECT_EQ(get("a") + get("mine") + get("both"), "0x2");
}

TEST_F(FileHistoryTest, FilesOfAnEarlierPlaceComeBackAndGoAgain) {
    put("a", "0");
    say("one");
    turn({{"a", "1"}});
    const auto place = session_.leaf();
    say("two");
    turn({{"a", "2"}, {"b", "2"}});
    undo();
    say("three");
    turn({{"a", "3"}});
    moved(history_->restore(session_, place, {.tell_model = false}));
    EXPECT_EQ(get("a"), "1");
    EXPECT_FALSE(fs::exists(workspace_ / "b"));
    redo();
    EXPECT_EQ(get("a"), "3");
    moved(history_->restore(session_, "", {.tell_model = false}));
    EXPECT_EQ(get("a"), "0");
    EXPECT_EQ(history_->restore(session_, "nowhere", {}).error().code(), Code::kNotFound);
}

TEST_F(FileHistoryTest, AForkTakesTheTurnsOfItsBranchWithIt) {
    put("a", "0");
    say("one");
    turn({{"a", "1"}});
    say("two");
    turn({{"a", "2"}});
    const SessionPlace place{.folder = folder_.path() / "sessions", .workspace = workspace_};
    auto fork = *fork_session(place, session_.entries(), session_.leaf(), session_.file());
    EXPECT_EQ(fork.leaf(), session_.leaf());
    moved(history_->undo(fork, {}));
    EXPECT_EQ(get("a"), "1");
    const auto read = Session::read_all(fork.file());
    ASSERT_TRUE(read);
    EXPECT_EQ(file_timeline(read->entries).done.size(), 1U);
}

TEST_F(FileHistoryTest, ATurnThatWasKilledIsRecordedByTheNext) {
    put("a", "0");
    say("go");
    ASSERT_TRUE(history_->begin_turn(session_));
    put("a", "half");
    start_again();
    ASSERT_TRUE(history_->recover(session_));
    ASSERT_TRUE(history_->recover(session_));
    EXPECT_EQ(file_timeline(session_.entries()).events.size(), 1U);
    undo();
    EXPECT_EQ(get("a"), "0");
}

TEST_F(FileHistoryTest, AnUndoThatWasKilledIsFinishedByTheNext) {
    put("a", "0");
    put("b", "0");
    say("go");
    turn({{"a", "1"}, {"b", "1"}});
    undo();
    // As it was in the middle: written down, one file done, nothing said in the session.
    const auto entries = session_.entries();
    const auto file = session_.file();
    const auto begun =
        folder_.path() / "snapshots" / "begun" / os::sha256(session_.header().id).substr(0, 32);
    const auto timeline = file_timeline(entries);
    const auto before = timeline.events.back().before;
    {
        [[maybe_unused]] const auto gone = std::move(session_);
    }
    auto lines = *os::read_file(file);
    const auto at = lines.find(R"("kind":"undo")");
    ASSERT_NE(at, std::string::npos);
    lines.resize(lines.rfind('\n', at) + 1);
    std::ofstream(file, std::ios::binary) << lines;
    put("b", "1");
    fs::create_directories(begun.parent_path());
    std::ofstream(begun) << R"({"kind":"undo","before":")" << before << R"(","lastEvent":")"
                         << timeline.events.front().entry_id << R"(","tellModel":true})";
    session_ = *Session::open(file);
    history_.emplace(folder_.path() / "snapshots", workspace_);
    ASSERT_TRUE(history_->recover(session_));
    EXPECT_EQ(get("a") + get("b"), "00");
    EXPECT_FALSE(fs::exists(begun));
    EXPECT_THAT(last_told(), HasSubstr("took back"));
    EXPECT_EQ(history_->undo(session_, {}).error().code(), Code::kNotFound);
    redo();
    EXPECT_EQ(get("a") + get("b"), "11");
}

TEST_F(FileHistoryTest, TurnsAndTheirDifferencesAreShown) {
    put("a", "zero\n");
    say("one");
    turn({{"a", "first\n"}});
    say("two");
    turn({{"a", "second\n"}, {"b", "new\n"}});
    undo();
    const auto turns = history_->turns(session_.entries());
    ASSERT_TRUE(turns);
    ASSERT_EQ(turns->size(), 2U);
    EXPECT_EQ((*turns)[1].prompt, "two");
    EXPECT_TRUE((*turns)[1].taken_back);
    EXPECT_THAT(turns_words(*turns), HasSubstr("2 files: 1 new, 1 changed: two  (taken back)"));
    const auto& entries = session_.entries();
    EXPECT_THAT(*history_->diff(entries, std::nullopt, std::nullopt), HasSubstr("-zero\n+first"));
    EXPECT_THAT(*history_->diff(entries, 2, std::nullopt),
                testing::AllOf(HasSubstr("-first\n+second"), HasSubstr("b/b")));
    EXPECT_THAT(*history_->diff(entries, 0, 2), HasSubstr("-zero\n+second"));
    EXPECT_THAT(*history_->diff(entries, 2, 1), HasSubstr("-second\n+first"));
    for (const auto& [from, to] : {std::pair<int, int>{3, 3}, {0, 3}, {-1, 1}, {1, -1}})
        EXPECT_EQ(history_->diff(entries, from, to).error().code(), Code::kNotFound);
    EXPECT_EQ(history_->diff(entries, 0, std::nullopt).error().code(), Code::kNotFound);
}

TEST_F(FileHistoryTest, SnapshotsThatCannotBeTakenAreSaidOnceAndTheRunGoesOn) {
    std::ofstream(folder_.path() / "snapshots") << "a file in the way";
    say("go");
    EXPECT_FALSE(history_->begin_turn(session_));
    EXPECT_TRUE(history_->end_turn(session_));
    EXPECT_TRUE(history_->begin_turn(session_));
    EXPECT_TRUE(history_->end_turn(session_));
}

TEST_F(FileHistoryTest, SnapshotsThatWereDroppedAreSaid) {
    put("a", "0");
    say("go");
    turn({{"a", "1"}});
    fs::remove_all(folder_.path() / "snapshots" / "objects");
    const auto back = history_->undo(session_, {});
    ASSERT_FALSE(back);
    EXPECT_THAT(back.error().message(), HasSubstr("not kept any more"));
    EXPECT_EQ(get("a"), "1");
}

TEST(MayChangeFiles, ReadingAloneDoesNot) {
    EXPECT_FALSE(may_change_files({{"1", "read", "{}"}}));
    EXPECT_TRUE(may_change_files({{"1", "read", "{}"}, {"2", "bash", "{}"}}));
}

}  // namespace
}  // namespace hearth::agent
