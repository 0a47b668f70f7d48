#include "history/restore.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "history/history_fixture.h"

namespace hearth::history {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class RestoreTest : public HistoryTest {
protected:
    // Takes back what happened from one snapshot to the other.
    Restored take_back(const std::string& before, const std::string& after,
                       Overwrite overwrite = Overwrite::kNothing) {
        const std::vector<Changes> changes = {inverse(between(before, after))};
        auto restored = restorer().restore(compose(changes), overwrite);
        EXPECT_TRUE(restored) << restored.error().message();
        return restored ? *restored : Restored();
    }

    Restorer restorer() { return *Restorer::open(store_, workspace_, "token"); }

    static std::vector<std::string> left(const Restored& restored) {
        std::vector<std::string> out;
        for (const auto& each : restored.left)
            out.push_back(each.path);
        return out;
    }
};

TEST_F(RestoreTest, AllIsAsItWas) {
    put("changed.txt", "old");
    put("gone/deep/file.txt", "old");
    put("run.sh", "#!/bin/sh\n");
    put("swapped/inside.txt", "old");
    put("file", "old");
    fs::permissions(workspace_ / "run.sh", fs::perms::owner_all);
    fs::create_symlink("changed.txt", workspace_ / "link");
    const auto before = take();
    put("changed.txt", "new");
    fs::remove_all(workspace_ / "gone");
    fs::permissions(workspace_ / "run.sh", fs::perms::owner_read | fs::perms::owner_write);
    put("new/deep/file.txt", "new");
    fs::remove(workspace_ / "link");
    fs::create_symlink("elsewhere", workspace_ / "link");
    fs::remove_all(workspace_ / "swapped");
    put("swapped", "a file now");
    fs::remove(workspace_ / "file");
    put("file/inside.txt", "a folder now");
    const auto after = take();
    const auto restored = take_back(before, after);
    EXPECT_THAT(left(restored), IsEmpty());
    EXPECT_EQ(take(), before);
    EXPECT_EQ(get("changed.txt"), "old");
    EXPECT_FALSE(exists("new"));
    EXPECT_EQ(fs::read_symlink(workspace_ / "link"), "changed.txt");
    // And forth again.
    take_back(after, before);
    EXPECT_EQ(take(), after);
}

TEST_F(RestoreTest, WhatSomebodyElseChangedSinceIsNamedAndLeft) {
    put("a", "1");
    put("b", "1");
    const auto before = take();
    put("a", "2");
    put("b", "2");
    put("made", "2");
    const auto after = take();
    put("a", "by a person");
    put("made", "by a person");
    put("unrelated", "by a person");
    const auto restored = take_back(before, after);
    EXPECT_THAT(left(restored), ElementsAre("made", "a"));
    EXPECT_TRUE(restored.left[0].of_others);
    EXPECT_EQ(get("a"), "by a person");
    EXPECT_EQ(get("b"), "1");
    EXPECT_EQ(get("made"), "by a person");
    EXPECT_THAT(left(take_back(before, after, Overwrite::kOfOthers)), IsEmpty());
    EXPECT_EQ(get("a"), "1");
    EXPECT_FALSE(exists("made"));
    EXPECT_EQ(get("unrelated"), "by a person");
}

TEST_F(RestoreTest, APlanChangesNothing) {
    put("a", "1");
    const auto before = take();
    put("a", "2");
    const auto after = take();
    const std::vector<Changes> changes = {inverse(between(before, after))};
    const auto plan = restorer().plan(compose(changes), Overwrite::kNothing);
    ASSERT_TRUE(plan);
    EXPECT_THAT(words(plan->done), ElementsAre("changed a"));
    EXPECT_EQ(get("a"), "2");
}

TEST_F(RestoreTest, AFolderWithSomethingElseInItStays) {
    const auto before = take();
    put("made/a", "1");
    const auto after = take();
    put("made/mine", "x");
    const auto restored = take_back(before, after);
    EXPECT_THAT(left(restored), ElementsAre("made"));
    EXPECT_FALSE(exists("made/a"));
    EXPECT_EQ(get("made/mine"), "x");
}

TEST_F(RestoreTest, NothingIsWrittenThroughALink) {
    const auto outside = folder_.path() / "outside";
    fs::create_directories(outside);
    put("sub/a", "1");
    put("b", "1");
    std::ofstream(outside / "a") << "not ours";
    std::ofstream(outside / "b") << "not ours";
    const auto before = take();
    put("sub/a", "2");
    put("b", "2");
    const auto after = take();
    fs::remove_all(workspace_ / "sub");
    fs::create_directory_symlink(outside, workspace_ / "sub");
    fs::remove(workspace_ / "b");
    fs::create_symlink(outside / "b", workspace_ / "b");
    const auto restored = take_back(before, after, Overwrite::kOfOthers);
    EXPECT_EQ(std::string(*os::read_file(outside / "a")), "not ours");
    EXPECT_EQ(std::string(*os::read_file(outside / "b")), "not ours");
    EXPECT_THAT(left(restored), ElementsAre("sub/a"));
    EXPECT_THAT(restored.left[0].why, HasSubstr("link"));
    EXPECT_EQ(get("b"), "1");
    EXPECT_FALSE(fs::is_symlink(workspace_ / "b"));
}

TEST_F(RestoreTest, ProtectedNamesAreNeverTouched) {
    const std::vector<Step> steps = {
        {".git/hooks/post-commit", std::nullopt, FileState{Kind::kFile, 0755, 0, os::sha256("")}}};
    ASSERT_TRUE(store_.put(os::sha256(""), ""));
    const auto restored = restorer().restore(steps, Overwrite::kOfOthers);
    ASSERT_TRUE(restored);
    EXPECT_THAT(left(*restored), ElementsAre(".git/hooks/post-commit"));
    EXPECT_FALSE(exists(".git"));
}

TEST_F(RestoreTest, AHugeFileThatWasChangedStaysAndOneThatWasMadeGoes) {
    put("old", "");
    fs::resize_file(workspace_ / "old", 17U << 20U);
    const auto before = take();
    fs::resize_file(workspace_ / "old", 18U << 20U);
    put("new", "");
    fs::resize_file(workspace_ / "new", 17U << 20U);
    const auto after = take();
    const auto restored = take_back(before, after);
    EXPECT_THAT(left(restored), ElementsAre("old"));
    EXPECT_THAT(restored.left[0].why, HasSubstr("not kept"));
    EXPECT_FALSE(exists("new"));
    EXPECT_EQ(fs::file_size(workspace_ / "old"), 18U << 20U);
}

TEST_F(RestoreTest, AContentThatWasDroppedOrDamagedIsSaidAndLeavesTheFile) {
    put("a", "dropped");
    put("b", "damaged");
    const auto before = take();
    put("a", "2");
    put("b", "2");
    const auto after = take();
    const auto path_of = [&](const std::string& id) {
        return store_.objects() / id.substr(0, 2) / id.substr(2);
    };
    fs::remove(path_of(os::sha256("dropped")));
    std::ofstream(path_of(os::sha256("damaged"))) << "DAMAGED";
    const auto restored = take_back(before, after, Overwrite::kOfOthers);
    EXPECT_THAT(left(restored), ElementsAre("a", "b"));
    EXPECT_THAT(restored.left[0].why, HasSubstr("not kept any more"));
    EXPECT_THAT(restored.left[1].why, HasSubstr("damaged"));
    EXPECT_EQ(get("a") + get("b"), "22");
}

TEST_F(RestoreTest, WhatAKilledRunLeftIsRemoved) {
    put("sub/a", "1");
    const auto before = take();
    put("sub/a", "2");
    const auto after = take();
    put("sub/.hearth-undo-token", "half");
    const std::vector<Changes> changes = {inverse(between(before, after))};
    restorer().clean_up(compose(changes));
    EXPECT_FALSE(exists("sub/.hearth-undo-token"));
}

}  // namespace
}  // namespace hearth::history
