#include "history/snapshot.h"

#include <array>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "history/history_fixture.h"
#include "os/fd.h"

namespace hearth::history {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST_F(HistoryTest, ASnapshotIsNamedByWhatItHolds) {
    put("a.txt", "1");
    const auto first = take();
    put("a.txt", "2");
    const auto second = take();
    EXPECT_NE(first, second);
    put("a.txt", "1");
    EXPECT_EQ(take(), first);
    EXPECT_EQ(store_.snapshots().size(), 3U);
}

// Changed files of one length in quick succession are what a look at size and time alone misses.
TEST_F(HistoryTest, EveryChangeIsSeenHoweverQuickly) {
    std::string before;
    for (int i = 0; i < 50; ++i) {
        put("a.txt", std::string(1, static_cast<char>('a' + i)));
        const auto now = take();
        EXPECT_NE(now, before) << i;
        before = now;
    }
}

TEST_F(HistoryTest, AChangeThatSetsTheTimeBackIsSeen) {
    put("a.txt", "1");
    const auto time = fs::last_write_time(workspace_ / "a.txt");
    const auto first = take();
    ::usleep(50'000);
    take();  // now the file is trusted
    put("a.txt", "2");
    fs::last_write_time(workspace_ / "a.txt", time);
    EXPECT_NE(take(), first);
}

TEST_F(HistoryTest, LinksModesAndEmptyFoldersAreKept) {
    put("run.sh", "#!/bin/sh\n");
    fs::create_directory(workspace_ / "empty");
    fs::create_symlink("/etc/passwd", workspace_ / "link");
    const auto before = take();
    fs::permissions(workspace_ / "run.sh", fs::perms::owner_exec, fs::perm_options::add);
    fs::remove(workspace_ / "empty");
    fs::remove(workspace_ / "link");
    fs::create_symlink("elsewhere", workspace_ / "link");
    const auto changes = between(before, take());
    EXPECT_THAT(words(changes), ElementsAre("removed empty", "changed link", "changed run.sh"));
    EXPECT_EQ(changes[1].after->content, "elsewhere");
    EXPECT_FALSE(store_.has(os::sha256(os::read_file("/etc/passwd").value_or(""))));
}

TEST_F(HistoryTest, AFileThatHoldsASecretIsNotKept) {
    auto known = std::make_shared<KnownSecrets>();
    ASSERT_TRUE(known->add("desk", "secret-1234"));
    put("notes.txt", "the key is secret-1234\n");
    put("other.txt", "nothing\n");
    auto snapshotter = Snapshotter::open(*ObjectStore::open(store_.folder()), workspace_, {}, known);
    ASSERT_TRUE(snapshotter) << snapshotter.error().message();
    ASSERT_TRUE(snapshotter->take());
    EXPECT_FALSE(store_.has(os::sha256("the key is secret-1234\n")));
    EXPECT_TRUE(store_.has(os::sha256("nothing\n")));
}

TEST_F(HistoryTest, VersionControlAndWhatToolsMadeIsLeftOut) {
    const auto empty = take();
    put(".git/config", "x");
    put("sub/.git/config", "x");
    put("node_modules/m/index.js", "x");
    put("sub/__pycache__/a.pyc", "x");
    ASSERT_EQ(::mkfifo((workspace_ / "pipe").c_str(), 0600), 0);
    EXPECT_THAT(words(between(empty, take())), ElementsAre("made sub"));
}

TEST_F(HistoryTest, OfAHugeFileOnlyItsChangeIsSeen) {
    const auto empty = take();
    put("huge", "");
    fs::resize_file(workspace_ / "huge", (16U << 20U) + 1);
    const auto with = take();
    const auto changes = between(empty, with);
    ASSERT_EQ(changes.size(), 1U);
    EXPECT_EQ(changes[0].after->kind, Kind::kUnkept);
    EXPECT_LT(store_.size().value, 10'000);
    EXPECT_EQ(take(), with);
}

TEST_F(HistoryTest, AFolderThatIsTooLargeIsRefusedInWords) {
    limits_.max_items = 3;
    for (const auto* name : {"a", "b", "c", "d"})
        put(name, "x");
    snapshotter_.emplace(*Snapshotter::open(store_, workspace_, limits_));
    const auto taken = snapshotter_->take();
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().code(), Code::kTooLarge);
    EXPECT_THAT(taken.error().message(), HasSubstr("more than 3 files"));
}

TEST_F(HistoryTest, UnchangedFilesAreNotReadAgain) {
    put("a.txt", "1");
    const auto first = take();
    ::usleep(50'000);
    take();  // once more: it was new
    const os::Fd watch(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
    ASSERT_TRUE(watch);
    ASSERT_GE(::inotify_add_watch(watch.get(), (workspace_ / "a.txt").c_str(), IN_OPEN), 0);
    const auto opened = [&] {
        std::array<char, 4096> events{};
        return ::read(watch.get(), events.data(), events.size()) > 0;
    };
    EXPECT_EQ(take(), first);
    EXPECT_FALSE(opened());
    // Nor by the next process.
    snapshotter_.reset();
    EXPECT_EQ(take(), first);
    EXPECT_FALSE(opened());
    ASSERT_EQ(::chmod((workspace_ / "a.txt").c_str(), 0600), 0);
    EXPECT_NE(take(), first);
    EXPECT_TRUE(opened());
}

TEST_F(HistoryTest, WithoutItsIndexAndWithADamagedOneItIsTheSame) {
    put("a.txt", "1");
    const auto first = take();
    snapshotter_.reset();
    for (const auto& each : fs::directory_iterator(store_.folder() / "index"))
        std::ofstream(each.path()) << "hearth-index 1\nno line of it\n";
    EXPECT_EQ(take(), first);
}

TEST_F(HistoryTest, NothingOfTheStoreIsOpenToOthers) {
    put("a.txt", "secret");
    take();
    snapshotter_.reset();
    for (const auto& each : fs::recursive_directory_iterator(store_.folder())) {
        struct stat info{};
        ASSERT_EQ(::lstat(each.path().c_str(), &info), 0);
        EXPECT_EQ(info.st_mode & 0077U, 0U) << each.path();
    }
}

}  // namespace
}  // namespace hearth::history
