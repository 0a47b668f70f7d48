#include "agent/session_store.h"

#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>

#include "agent/branch.h"
#include "agent/export_html.h"
#include "agent/session_report.h"
#include "core/json.h"
#include "os/files.h"

namespace hearth::agent {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

class SessionStoreTest : public testing::Test {
protected:
    // A session of a folder with one prompt; its file.
    fs::path session_of(const fs::path& workspace, const std::string& text, int minutes_ago) {
        auto session = *new_session({.folder = folder_.path(), .workspace = workspace});
        EXPECT_TRUE(session.append({.text = text}));
        fs::last_write_time(session.file(),
                            fs::file_time_type::clock::now() - std::chrono::minutes(minutes_ago));
        return session.file();
    }

    os::TempDir folder_ = *os::TempDir::create("hearth-store-test");
    SessionPlace place_{.folder = folder_.path(), .workspace = "/w"};
};

TEST_F(SessionStoreTest, ListsThoseOfTheFolderLatestFirst) {
    session_of("/w", "old", 9);
    const auto latest = session_of("/w", "new\nline", 1);
    session_of("/other", "else", 0);
    const auto own = list_sessions(place_, false);
    ASSERT_TRUE(own);
    ASSERT_THAT(*own, SizeIs(2));
    EXPECT_EQ((*own)[0].file, latest);
    EXPECT_EQ((*own)[0].first_words, "new line");
    EXPECT_THAT(*list_sessions(place_, true), SizeIs(3));
    EXPECT_EQ(*latest_session(place_), latest);
}

TEST_F(SessionStoreTest, FilesThatAreNoSessionsArePassedOver) {
    session_of("/w", "one", 0);
    ASSERT_TRUE(os::write_file_atomic(folder_.path() / "--w--" / "x.jsonl", "{}\n"));
    EXPECT_THAT(*list_sessions(place_, false), SizeIs(1));
}

TEST_F(SessionStoreTest, IsFoundByFileAndByTheBeginningOfItsId) {
    const auto file = session_of("/other", "one", 0);
    EXPECT_EQ(*find_session(place_, file.string()), file);
    const auto id = Session::read_all(file)->header.id;
    EXPECT_EQ(*find_session(place_, id.substr(0, 30)), file);
    EXPECT_EQ(find_session(place_, "ffffffff").error().code(), Code::kNotFound);
    session_of("/w", "two", 0);
    EXPECT_EQ(find_session(place_, id.substr(0, 4)).error().code(), Code::kConflict);
}

TEST_F(SessionStoreTest, AForkIsTheBranchUnderItsOwnIds) {
    const auto file = session_of("/w", "one", 0);
    {
        auto session = Session::open(file);
        ASSERT_TRUE(session);
        const auto first = session->leaf();
        ASSERT_TRUE(session->append({.role = chat::Role::kAssistant, .text = "left"}));
        ASSERT_TRUE(session->branch_from(first));
        ASSERT_TRUE(session->append({.role = chat::Role::kAssistant, .text = "taken"}));
    }
    const auto content = Session::read_all(file);
    const auto forked = fork_session(place_, content->entries, content->leaf, file);
    ASSERT_TRUE(forked) << forked.error().message();
    EXPECT_THAT(forked->entries(), SizeIs(2));
    EXPECT_EQ(forked->entries().front().id, content->entries.front().id);
    EXPECT_EQ(forked->header().parent_session, file.string());
    EXPECT_EQ(forked->messages().back().text, "taken");
}

TEST_F(SessionStoreTest, AForkTakesTheStateBesideItsBranchAlong) {
    const auto file = session_of("/w", "one", 0);
    {
        auto session = Session::open(file);
        ASSERT_TRUE(session);
        const auto first = session->leaf();
        ASSERT_TRUE(session->append_custom("an.extension", R"({"of":"both"})"));
        ASSERT_TRUE(session->append({.role = chat::Role::kAssistant, .text = "left"}));
        ASSERT_TRUE(session->append_custom("an.extension", R"({"of":"left"})"));
        ASSERT_TRUE(session->branch_from(first));
        ASSERT_TRUE(session->append({.role = chat::Role::kAssistant, .text = "taken"}));
    }
    const auto content = Session::read_all(file);
    const auto forked = fork_session(place_, content->entries, content->leaf, file);
    ASSERT_TRUE(forked) << forked.error().message();
    ASSERT_THAT(forked->entries(), SizeIs(3));
    EXPECT_EQ(forked->entries()[1].custom_data, R"({"of":"both"})");
    EXPECT_EQ(forked->messages().back().text, "taken");
}

TEST_F(SessionStoreTest, OlderFormatsAreReadAndForkedButNotWritten) {
    const auto file = folder_.path() / "old.jsonl";
    ASSERT_TRUE(os::write_file_atomic(
        file,
        "{\"type\":\"session\",\"id\":\"x\",\"timestamp\":\"t\",\"cwd\":\"/w\"}\n"
        "{\"type\":\"message\",\"timestamp\":\"t\",\"message\":{\"role\":\"user\",\"content\":\"one\"}}\n"
        "{\"type\":\"message\",\"timestamp\":\"t\",\"message\":{\"role\":\"assistant\",\"content\":\"two\"}}"
        "\n"));
    const auto content = Session::read_all(file);
    ASSERT_TRUE(content) << content.error().message();
    EXPECT_THAT(branch_context(branch_path(content->entries, content->leaf)), SizeIs(2));
    EXPECT_EQ(Session::open(file).error().code(), Code::kUnsupported);
    EXPECT_THAT(fork_session(place_, content->entries, content->leaf, file)->messages(), SizeIs(2));
}

TEST_F(SessionStoreTest, WhatIsKeptInMemoryHasNoFile) {
    place_.in_memory = true;
    auto session = *new_session(place_);
    ASSERT_TRUE(session.append({.text = "one"}));
    EXPECT_TRUE(session.file().empty());
    EXPECT_THAT(session.messages(), SizeIs(1));
}

TEST_F(SessionStoreTest, SettingsAloneAreNotWorthAFile) {
    auto session = *new_session(place_);
    ASSERT_TRUE(session.append_entry("model_change", R"({"provider":"p","modelId":"m"})"));
    EXPECT_FALSE(fs::exists(session.file()));
    ASSERT_TRUE(session.append({.text = "one"}));
    const auto content = Session::read_all(session.file());
    ASSERT_TRUE(content);
    ASSERT_THAT(content->entries, SizeIs(2));
    EXPECT_EQ(content->entries[1].parent_id, content->entries[0].id);
}

TEST_F(SessionStoreTest, ATreeHasItsBranchesAndLabels) {
    auto session = *new_session(place_);
    const auto first = *session.append({.text = "one"});
    ASSERT_TRUE(session.append({.role = chat::Role::kAssistant, .text = "left"}));
    ASSERT_TRUE(session.branch_from(first));
    ASSERT_TRUE(session.append({.role = chat::Role::kAssistant, .text = "taken"}));
    ASSERT_TRUE(session.append_entry("label", R"({"targetId":")" + first + R"(","label":"here"})"));
    const auto tree = parse_json(tree_json(session.entries(), session.leaf()));
    ASSERT_TRUE(tree);
    const auto& roots = *array_member(*tree, "tree");
    ASSERT_EQ(roots.size(), 1U);
    EXPECT_EQ(array_member(roots[0], "children")->size(), 2U);
    EXPECT_EQ(string_member(roots[0], "label"), "here");
}

TEST_F(SessionStoreTest, APageShowsTheBranchAndRunsNothing) {
    auto session = *new_session(place_);
    const auto first = *session.append({.text = "<script>alert(1)</script>"});
    ASSERT_TRUE(session.append({.role = chat::Role::kAssistant, .text = "left behind"}));
    ASSERT_TRUE(session.branch_from(first));
    ASSERT_TRUE(session.append({.role = chat::Role::kAssistant, .text = "a & b"}));
    const auto page = session_page(session.header(), session.entries(), session.leaf());
    EXPECT_THAT(
        page, AllOf(HasSubstr("&lt;script&gt;"), HasSubstr("a &amp; b"), HasSubstr("1 left the conversation"),
                    Not(HasSubstr("<script")), Not(HasSubstr("left behind"))));
}

TEST_F(SessionStoreTest, APageShowsImagesThatItHoldsItself) {
    auto session = *new_session(place_);
    ASSERT_TRUE(session.append({.text = "look", .images = {{"image/png", "iVBORw0KGgo="}}}));
    const auto page = session_page(session.header(), session.entries(), session.leaf());
    EXPECT_THAT(page, HasSubstr(R"(<img alt="image/png" src="data:image/png;base64,iVBORw0KGgo=">)"));
    EXPECT_THAT(page, HasSubstr("img-src data:"));
}

}  // namespace
}  // namespace hearth::agent
