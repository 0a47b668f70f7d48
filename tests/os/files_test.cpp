#include "os/files.h"

#include <chrono>
#include <fcntl.h>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "os/sha256.h"

namespace hearth::os {
namespace {

using testing::HasSubstr;

unsigned mode_of(const fs::path& path) {
    struct stat info{};
    return ::lstat(path.c_str(), &info) == 0 ? info.st_mode & 07777U : 0;
}

std::size_t count_in(const fs::path& folder) {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

class Files : public testing::Test {
protected:
    TempDir dir_ = *TempDir::create("files-test");

    fs::path path(std::string_view name) const { return dir_.path() / name; }
};

TEST_F(Files, WriteThenRead) {
    ASSERT_TRUE(write_file_atomic(path("a/b/c.txt"), "content", 0600));
    EXPECT_EQ(*read_file(path("a/b/c.txt")), "content");
    EXPECT_EQ(mode_of(path("a/b/c.txt")), 0600U);
    EXPECT_EQ(mode_of(path("a/b")), 0700U);
    EXPECT_EQ(count_in(path("a/b")), 1U);
}

TEST_F(Files, WriteReplacesALinkAndNotItsTarget) {
    ASSERT_TRUE(write_file_atomic(path("target"), "old"));
    fs::create_symlink("target", path("link"));
    ASSERT_TRUE(write_file_atomic(path("link"), "new"));
    EXPECT_EQ(*read_file(path("target")), "old");
    EXPECT_EQ(*read_file(path("link")), "new");
}

TEST_F(Files, FailedWriteLeavesNothingBehind) {
    fs::create_directories(path("folder/inside"));
    const auto written = write_file_atomic(path("folder"), "x");
    ASSERT_FALSE(written);
    EXPECT_THAT(written.error().message(), HasSubstr(path("folder").string()));
    EXPECT_EQ(count_in(dir_.path()), 1U);
    EXPECT_EQ(write_file_atomic("/", "x").error().code(), Code::kInvalidInput);
    ASSERT_TRUE(write_file_atomic(path("file"), "x"));
    EXPECT_EQ(write_file_atomic(path("file/below"), "x").error().code(), Code::kConflict);
}

TEST_F(Files, ReadersSeeOldOrNewAndNothingElse) {
    const std::string one(200'000, '1');
    const std::string two(100'000, '2');
    ASSERT_TRUE(write_file_atomic(path("file"), one));
    std::jthread writer([&](const std::stop_token& stop) {
        for (bool first = false; !stop.stop_requested(); first = !first)
            ASSERT_TRUE(write_file_atomic(path("file"), first ? one : two));
    });
    for (int i = 0; i < 200; ++i) {
        const auto content = read_file(path("file"));
        ASSERT_TRUE(content);
        ASSERT_TRUE(*content == one || *content == two);
    }
}

TEST_F(Files, ReadRefusesWhatItCannotHold) {
    ASSERT_TRUE(write_file_atomic(path("file"), "12345"));
    EXPECT_EQ(*read_file(path("file"), 5), "12345");
    EXPECT_EQ(read_file(path("file"), 4).error().code(), Code::kTooLarge);
    EXPECT_EQ(read_file(path("absent")).error().code(), Code::kNotFound);
    EXPECT_EQ(read_file(dir_.path()).error().code(), Code::kInvalidInput);
    EXPECT_EQ(read_file("/dev/zero").error().code(), Code::kInvalidInput);
    ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
    EXPECT_EQ(read_file(path("pipe")).error().code(), Code::kInvalidInput);
    EXPECT_THAT(read_file(path("absent")).error().message(), HasSubstr("absent"));
}

TEST_F(Files, ReadsFilesThatDoNotKnowTheirSize) {
    EXPECT_THAT(*read_file("/proc/self/status"), HasSubstr("Pid:"));
}

TEST_F(Files, MakeDirectoriesIsPrivateAndRepeatable) {
    ASSERT_TRUE(make_directories(path("a/b/c")));
    ASSERT_TRUE(make_directories(path("a/b/c/")));
    EXPECT_EQ(mode_of(path("a")), 0700U);
}

TEST_F(Files, RemoveTreeDoesNotFollowLinks) {
    ASSERT_TRUE(write_file_atomic(path("kept/file"), "x"));
    ASSERT_TRUE(make_directories(path("tree/sub")));
    fs::create_directory_symlink(path("kept"), path("tree/sub/link"));
    fs::create_directory_symlink(path("kept"), path("top"));
    ASSERT_TRUE(remove_tree(path("tree")));
    EXPECT_FALSE(fs::exists(path("tree")));
    ASSERT_TRUE(remove_tree(path("top") / ""));
    EXPECT_FALSE(fs::is_symlink(path("top")));
    EXPECT_EQ(*read_file(path("kept/file")), "x");
}

TEST_F(Files, RemoveTreeTakesVeryDeepTrees) {
    // Deeper than PATH_MAX and than the number of descriptors a process may have.
    const Fd start(::open(".", O_RDONLY | O_DIRECTORY));
    ASSERT_EQ(::chdir(dir_.path().c_str()), 0);
    ASSERT_EQ(::mkdir("deep", 0700), 0);
    ASSERT_EQ(::chdir("deep"), 0);
    for (int i = 0; i < 3000; ++i) {
        ASSERT_EQ(::mkdir("d", 0700), 0);
        ASSERT_EQ(::chdir("d"), 0);
    }
    ASSERT_EQ(::fchdir(start.get()), 0);
    const auto removed = remove_tree(path("deep"));
    EXPECT_TRUE(removed) << removed.error().message();
    EXPECT_EQ(count_in(dir_.path()), 0U);
}

TEST_F(Files, RemoveTreeOpensClosedFolders) {
    // Root may enter any folder, so an unprivileged process tries it.
    const pid_t pid = ::fork();
    if (pid == 0) {
        if (::geteuid() == 0 && ::setuid(65534) != 0) ::_exit(2);
        auto mine = TempDir::create("files-test", "/tmp");
        if (!mine) ::_exit(3);
        const fs::path top = mine->path() / "top";
        fs::create_directories(top / "a/b");
        std::ofstream(top / "a/b/file") << "x";
        ::chmod((top / "a/b").c_str(), 0);
        ::chmod((top / "a").c_str(), 0500);
        ::chmod(top.c_str(), 0);
        const bool removed = remove_tree(top).has_value() && !fs::exists(top);
        static_cast<void>(remove_tree(mine->path()));
        ::_exit(removed ? 0 : 1);
    }
    int status = -1;
    ::waitpid(pid, &status, 0);
    EXPECT_EQ(status, 0);
}

TEST_F(Files, RemoveTreeIsFineWithNothingAndRefusesTheRoot) {
    EXPECT_TRUE(remove_tree(path("absent")));
    EXPECT_EQ(remove_tree("/").error().code(), Code::kInvalidInput);
    EXPECT_EQ(remove_tree("").error().code(), Code::kInvalidInput);
}

TEST_F(Files, TempDirIsPrivateAndGoesAway) {
    fs::path seen;
    {
        auto made = TempDir::create("x", dir_.path());
        ASSERT_TRUE(made);
        TempDir moved = std::move(*made);
        seen = moved.path();
        EXPECT_EQ(mode_of(seen), 0700U);
        ASSERT_TRUE(write_file_atomic(seen / "a/b", "x"));
    }
    EXPECT_FALSE(fs::exists(seen));
    EXPECT_EQ(TempDir::create("x", path("absent")).error().code(), Code::kNotFound);
}

TEST_F(Files, LockIsExclusiveUntilItEnds) {
    {
        const auto first = FileLock::try_acquire(path("run/lock"));
        ASSERT_TRUE(first);
        const auto second = FileLock::try_acquire(path("run/lock"));
        ASSERT_FALSE(second);
        EXPECT_EQ(second.error().code(), Code::kConflict);
        EXPECT_THAT(second.error().message(), HasSubstr("lock"));
    }
    EXPECT_TRUE(FileLock::try_acquire(path("run/lock")));
}

TEST_F(Files, ALockIsWaitedForAsLongAsIsSaid) {
    auto first = FileLock::try_acquire(path("run/lock"));
    ASSERT_TRUE(first);
    const auto late = FileLock::acquire(path("run/lock"), std::chrono::milliseconds(1));
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().code(), Code::kConflict);
    std::jthread waiting(
        [this] { EXPECT_TRUE(FileLock::acquire(path("run/lock"), std::chrono::seconds(60))); });
    first = Error(Code::kCancelled, "given back");
    waiting.join();
}

TEST_F(Files, FreeSpaceOfWhatIsNotThereYet) {
    const auto space = free_space(path("not/yet/here"));
    ASSERT_TRUE(space);
    EXPECT_GT(space->value, 0);
    EXPECT_TRUE(free_space("relative/name"));
}

TEST_F(Files, Sha256OfKnownTexts) {
    EXPECT_EQ(sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    const std::string million(1'000'000, 'a');
    constexpr auto kMillion = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";
    EXPECT_EQ(sha256(million), kMillion);
    Sha256 pieces;
    for (int i = 0; i < 1000; ++i)
        pieces.update(std::string_view(million).substr(0, 1000));
    EXPECT_EQ(pieces.finish(), kMillion);
}

TEST_F(Files, Sha256OfAFileTellsProgressAndStops) {
    ASSERT_TRUE(write_file_atomic(path("file"), std::string(3'000'000, 'a')));
    std::int64_t seen = 0;
    const auto hash = sha256_file(path("file"), [&](Bytes bytes) { seen = bytes.value; });
    ASSERT_TRUE(hash);
    EXPECT_EQ(*hash, sha256(std::string(3'000'000, 'a')));
    EXPECT_EQ(seen, 3'000'000);
    std::stop_source stop;
    stop.request_stop();
    EXPECT_EQ(sha256_file(path("file"), {}, stop.get_token()).error().code(), Code::kCancelled);
    EXPECT_EQ(sha256_file(path("absent")).error().code(), Code::kNotFound);
    EXPECT_EQ(sha256_file(dir_.path()).error().code(), Code::kInvalidInput);
}

}  // namespace
}  // namespace hearth::os
