#include "sandbox/workspace_files.h"

#include <atomic>
#include <chrono>
#include <fcntl.h>
#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include "sandbox_fixture.h"

namespace hearth::sandbox {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class WorkspaceFilesTest : public testing::Test {
protected:
    WorkspaceFiles files(const std::vector<fs::path>& read_only = {}) {
        auto opened = WorkspaceFiles::open(ws_, read_only);
        if (!opened) {
            ADD_FAILURE() << opened.error().message();
            std::abort();
        }
        return *std::move(opened);
    }

    // What a call failed with, or no code that a test expects.
    template <typename T>
    static Code code(const Result<T>& result) {
        return result ? Code::kInternal : result.error().code();
    }

    Ground ground_;
    fs::path ws_ = ground_.workspace();
    fs::path out_ = ground_.path() / "out";
};

TEST_F(WorkspaceFilesTest, ReadsWhatWasWritten) {
    const auto workspace = files();
    ASSERT_TRUE(workspace.write("a/b/c.txt", std::string("x\0y", 3)));
    EXPECT_EQ(*workspace.read("a/b/c.txt"), std::string("x\0y", 3));
    EXPECT_EQ(*workspace.read("./a//b/../b/c.txt"), std::string("x\0y", 3));
    EXPECT_EQ(*workspace.read((ws_ / "a/b/c.txt").string()), std::string("x\0y", 3));
    ASSERT_TRUE(workspace.write("a/b/c.txt", ""));
    EXPECT_EQ(*workspace.read("a/b/c.txt"), "");
    EXPECT_TRUE(workspace.exists("a/b/c.txt"));
    EXPECT_FALSE(workspace.exists("a/b/d.txt"));
    EXPECT_EQ(std::distance(fs::directory_iterator(ws_ / "a/b"), {}), 1) << "a temporary file was left";
}

TEST_F(WorkspaceFilesTest, RefusesPathsThatLeaveTheWorkspace) {
    put(out_ / "file", "outside");
    fs::create_symlink(out_, ws_ / "away");
    fs::create_symlink("../out/file", ws_ / "relative");
    fs::create_symlink("/etc/passwd", ws_ / "absolute");
    fs::create_symlink("/proc/self/root/etc", ws_ / "magic");
    const auto workspace = files();
    for (const char* path : {"../out/file", "/etc/passwd", "./a/../../out/file", "away/file", "relative",
                             "absolute", "magic/passwd", "..", "../workspace/../out/file"}) {
        EXPECT_EQ(code(workspace.read(path)), Code::kPermission) << path;
        EXPECT_EQ(code(workspace.write(path, "y")), Code::kPermission) << path;
        EXPECT_FALSE(workspace.exists(path)) << path;
    }
    for (const char* path : {"../out/file", "away/file", "away/new/file"})
        EXPECT_EQ(code(workspace.remove(path)), Code::kPermission);
    EXPECT_EQ(code(workspace.write("away/new", "y")), Code::kPermission);
    EXPECT_EQ(get(out_ / "file"), "outside");
    EXPECT_FALSE(fs::exists(out_ / "new"));
}

TEST_F(WorkspaceFilesTest, FollowsLinksThatStayInside) {
    put(ws_ / "real/file", "old");
    fs::create_symlink("real/file", ws_ / "link");
    fs::create_symlink("real", ws_ / "folder");
    const auto workspace = files();
    EXPECT_EQ(*workspace.read("link"), "old");
    ASSERT_TRUE(workspace.write("link", "new"));
    EXPECT_EQ(get(ws_ / "real/file"), "new");
    EXPECT_TRUE(fs::is_symlink(ws_ / "link"));
    ASSERT_TRUE(workspace.write("folder/more/deep", "x"));
    EXPECT_EQ(get(ws_ / "real/more/deep"), "x");
    ASSERT_TRUE(workspace.remove("link"));
    EXPECT_EQ(get(ws_ / "real/file"), "new");
}

TEST_F(WorkspaceFilesTest, RefusesOddNamesWithoutHarm) {
    const auto workspace = files();
    EXPECT_EQ(code(workspace.write("", "x")), Code::kInvalidInput);
    EXPECT_EQ(code(workspace.write(".", "x")), Code::kInvalidInput);
    EXPECT_EQ(code(workspace.write("folder/", "x")), Code::kInvalidInput);
    EXPECT_EQ(code(workspace.write(std::string_view("a\0/../../x", 10), "x")), Code::kInvalidInput);
    EXPECT_EQ(code(workspace.write(std::string(5000, 'a'), "x")), Code::kInvalidInput);
    EXPECT_EQ(code(workspace.write(std::string(300, 'a'), "x")), Code::kInvalidInput);
    // Strange, but names like any other.
    for (const char* name : {"..%2f..%2fx", "..\\..\\x", "a\nb", "a/%c0%ae%c0%ae/x", "...", " "}) {
        EXPECT_TRUE(workspace.write(name, "x")) << name;
        EXPECT_EQ(*workspace.read(name), "x") << name;
    }
    EXPECT_EQ(std::distance(fs::directory_iterator(ground_.path()), {}), 1) << "something was made outside";
}

TEST_F(WorkspaceFilesTest, RefusesWhatIsNoRegularFile) {
    ASSERT_EQ(::mkfifo((ws_ / "pipe").c_str(), 0666), 0);
    fs::create_directory(ws_ / "folder");
    fs::create_symlink("/dev/zero", ws_ / "zero");
    const auto workspace = files();
    for (const char* path : {"pipe", "folder"}) {
        EXPECT_EQ(code(workspace.read(path)), Code::kInvalidInput) << path;
        EXPECT_EQ(code(workspace.write(path, "x")), Code::kInvalidInput) << path;
    }
    EXPECT_EQ(code(workspace.remove("folder")), Code::kInvalidInput);
    EXPECT_EQ(code(workspace.read("zero")), Code::kPermission);
    EXPECT_EQ(code(workspace.read("missing")), Code::kNotFound);
    EXPECT_EQ(code(workspace.remove("missing")), Code::kNotFound);
    fs::create_symlink("nowhere", ws_ / "dangling");
    EXPECT_EQ(code(workspace.write("dangling", "x")), Code::kPermission);
    EXPECT_EQ(code(workspace.write("missing/../dangling/x", "x")), Code::kPermission);
}

TEST_F(WorkspaceFilesTest, RefusesToChangeProtectedNamesUnderAnyPath) {
    put(ws_ / ".git/config", "[core]");
    put(ws_ / ".vscode/settings.json", "{}");
    fs::create_symlink(".git", ws_ / "innocent");
    const auto workspace = files();
    for (const char* path :
         {".git/config", "./.git/config", "x/../.git/config", "innocent/config", "innocent/new/x",
          ".vscode/settings.json", ".vscode/new", ".envrc", "sub/.git/config", ".Git/x"})
        EXPECT_EQ(code(workspace.write(path, "x")), Code::kPermission) << path;
    EXPECT_EQ(code(workspace.remove("innocent/config")), Code::kPermission);
    EXPECT_EQ(code(workspace.remove(".git/config")), Code::kPermission);
    EXPECT_EQ(*workspace.read(".git/config"), "[core]");
    EXPECT_FALSE(fs::exists(ws_ / ".git/new"));
    EXPECT_FALSE(fs::exists(ws_ / "sub"));
}

TEST_F(WorkspaceFilesTest, RefusesToChangeReadOnlyFiles) {
    put(ws_ / "tests/t.py", "kept");
    put(ws_ / "data/x", "kept");
    fs::create_symlink("tests/t.py", ws_ / "alias");
    const auto workspace = files({"tests/t.py", "data"});
    for (const char* path : {"tests/t.py", "alias", "data/x", "data/new"})
        EXPECT_EQ(code(workspace.write(path, "x")), Code::kPermission) << path;
    EXPECT_EQ(code(workspace.remove("tests/t.py")), Code::kPermission);
    EXPECT_TRUE(workspace.write("tests/other.py", "x"));
    EXPECT_EQ(code(WorkspaceFiles::open(ws_, {"missing"})), Code::kInvalidInput);
}

TEST_F(WorkspaceFilesTest, KeepsTheModeAndDropsNothing) {
    put(ws_ / "script", "old");
    ::chmod((ws_ / "script").c_str(), 0751);
    const auto workspace = files();
    ASSERT_TRUE(workspace.write("script", "new"));
    struct stat info{};
    ASSERT_EQ(::stat((ws_ / "script").c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 07777U, 0751U);
}

// Has a second owner only for root.
TEST_F(WorkspaceFilesTest, GivesNewFilesToTheOwnerOfTheWorkspace) {
    const uid_t owner = ::getuid() == 0 ? 12345 : ::getuid();
    ASSERT_EQ(::chown(ws_.c_str(), owner, static_cast<gid_t>(-1)), 0);
    const auto workspace = files();
    ASSERT_TRUE(workspace.write("new/file", "x"));
    struct stat info{};
    ASSERT_EQ(::stat((ws_ / "new").c_str(), &info), 0);
    EXPECT_EQ(info.st_uid, owner);
    ASSERT_EQ(::stat((ws_ / "new/file").c_str(), &info), 0);
    EXPECT_EQ(info.st_uid, owner);
}

TEST_F(WorkspaceFilesTest, RefusesFilesOverTheLimit) {
    put(ws_ / "big", std::string(1000, 'x'));
    const auto workspace = files();
    EXPECT_EQ(code(workspace.read("big", 999)), Code::kTooLarge);
    EXPECT_EQ(workspace.read("big", 1000)->size(), 1000U);
}

TEST_F(WorkspaceFilesTest, ListsFilesSortedWithoutWhatToolsMade) {
    for (const char* path : {"b.py", "a/z.cpp", "a/a.cpp", ".git/HEAD", "node_modules/x/index.js",
                             "a/__pycache__/a.pyc", "build/out.o", "cmake-build-debug/x", "x.egg-info/PKG",
                             "target/debug/a", ".github/ci.yml", "image.bin", "builder/x"})
        put(ws_ / path, "x");
    fs::create_symlink("/etc", ws_ / "etc");
    fs::create_symlink("b.py", ws_ / "link.py");
    const auto workspace = files();
    EXPECT_THAT(*workspace.list(),
                ElementsAre(".github/ci.yml", "a/a.cpp", "a/z.cpp", "b.py", "builder/x", "image.bin"));
    EXPECT_THAT(*workspace.list(2), ElementsAre("b.py", "image.bin"));
    EXPECT_TRUE(workspace.list(0)->empty());
}

// A folder is swapped for a link that leads out while files are written through it.
TEST_F(WorkspaceFilesTest, LooksIntoAFolderAndNeverOutOfTheWorkspace) {
    const auto workspace = files();
    ASSERT_TRUE(workspace.write("look/b", ""));
    ASSERT_TRUE(workspace.write("look/.a/c", ""));
    fs::create_directory_symlink("look", ws_ / "into");
    fs::create_directory_symlink("/usr", ws_ / "look" / "usr");
    const auto content = workspace.look_into("./into/");
    ASSERT_TRUE(content) << content.error().message();
    EXPECT_EQ(content->path, "look") << "as it is without links";
    ASSERT_EQ(content->entries.size(), 3U);
    EXPECT_TRUE(content->entries[0].name == ".a" && content->entries[0].is_folder);
    EXPECT_TRUE(content->entries[1].name == "b" && content->entries[1].is_file);
    EXPECT_TRUE(content->entries[2].is_link && !content->entries[2].is_folder);
    EXPECT_EQ(workspace.look_into(".")->path, "");
    EXPECT_EQ(workspace.look_into("look/.a/..")->path, "look");
    EXPECT_EQ(workspace.look_into(ws_.string())->path, "");
    EXPECT_EQ(code(workspace.look_into("look/usr")), Code::kPermission);
    EXPECT_EQ(code(workspace.look_into("look/..//..")), Code::kPermission);
    EXPECT_EQ(code(workspace.look_into("look/b")), Code::kInvalidInput);
    EXPECT_EQ(code(workspace.look_into("nowhere")), Code::kNotFound);
}

TEST_F(WorkspaceFilesTest, StaysInsideWhileAFolderIsSwappedForALink) {
    fs::create_directories(ws_ / "d");
    fs::create_directories(out_);
    fs::create_symlink(out_, ws_ / "l");
    const auto workspace = files();
    std::atomic<bool> done = false;
    std::thread swapper([&] {
        while (!done)
            ::renameat2(AT_FDCWD, (ws_ / "d").c_str(), AT_FDCWD, (ws_ / "l").c_str(), RENAME_EXCHANGE);
    });
    // A thousand writes, and on a busy machine as many more as it takes to meet both the folder and the link.
    int written = 0;
    int refused = 0;
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    const auto met_both = [&] { return written > 0 && refused > 0; };
    while ((written + refused < 1000 || !met_both()) && std::chrono::steady_clock::now() < deadline)
        ++(workspace.write("d/f", "x") ? written : refused);
    done = true;
    swapper.join();
    EXPECT_TRUE(fs::is_empty(out_));
    EXPECT_GT(written, 0);
    EXPECT_GT(refused, 0);
}

using WorkspaceCopyTest = WorkspaceFilesTest;

TEST_F(WorkspaceCopyTest, HoldsEverythingButVersionControl) {
    put(ws_ / "src/a.cpp", "int main() {}");
    put(ws_ / ".git/HEAD", "ref");
    put(ws_ / "sub/.git", "gitdir: elsewhere");
    put(ws_ / "run.sh", "#!/bin/sh");
    put(ws_ / "big", std::string(3'000'000, 'b'));
    ::chmod((ws_ / "run.sh").c_str(), 0750);
    fs::create_symlink("/etc/passwd", ws_ / "link");
    fs::create_symlink("nowhere", ws_ / "dangling");
    ASSERT_EQ(::mkfifo((ws_ / "pipe").c_str(), 0666), 0);
    const auto copy = WorkspaceCopy::create(ws_);
    ASSERT_TRUE(copy) << copy.error().message();
    const fs::path& there = copy->path();
    EXPECT_EQ(there.filename(), ws_.filename());
    EXPECT_EQ(get(there / "src/a.cpp"), "int main() {}");
    EXPECT_EQ(get(there / "big").size(), 3'000'000U);
    EXPECT_FALSE(fs::exists(there / ".git"));
    EXPECT_FALSE(fs::exists(there / "sub/.git"));
    EXPECT_FALSE(fs::exists(there / "pipe"));
    EXPECT_EQ(fs::read_symlink(there / "link"), "/etc/passwd");
    EXPECT_EQ(fs::read_symlink(there / "dangling"), "nowhere");
    struct stat copied{};
    struct stat original{};
    ASSERT_EQ(::stat((there / "run.sh").c_str(), &copied), 0);
    ASSERT_EQ(::stat((ws_ / "run.sh").c_str(), &original), 0);
    EXPECT_EQ(copied.st_mode & 07777U, 0750U);
    EXPECT_EQ(copied.st_mtim.tv_nsec, original.st_mtim.tv_nsec);
    put(there / "src/a.cpp", "changed");
    EXPECT_EQ(get(ws_ / "src/a.cpp"), "int main() {}");
}

TEST_F(WorkspaceCopyTest, IsPrivateAndVanishes) {
    fs::path where;
    {
        auto copy = WorkspaceCopy::create(ws_);
        ASSERT_TRUE(copy);
        where = copy->path().parent_path();
        struct stat info{};
        ASSERT_EQ(::stat(where.c_str(), &info), 0);
        EXPECT_EQ(info.st_mode & 0777U, 0700U);
        const WorkspaceCopy moved = *std::move(copy);
        EXPECT_TRUE(fs::exists(moved.path()));
    }
    EXPECT_FALSE(fs::exists(where));
}

TEST_F(WorkspaceCopyTest, RefusesWhatIsTooMuch) {
    for (int i = 0; i < 5; ++i)
        put(ws_ / std::to_string(i), std::string(100, 'x'));
    EXPECT_TRUE(WorkspaceCopy::create(ws_, {.max_files = 5, .max_bytes = 500}));
    EXPECT_EQ(code(WorkspaceCopy::create(ws_, {.max_files = 4, .max_bytes = 500})), Code::kTooLarge);
    EXPECT_EQ(code(WorkspaceCopy::create(ws_, {.max_files = 5, .max_bytes = 499})), Code::kTooLarge);
    EXPECT_EQ(code(WorkspaceCopy::create(ws_ / "none")), Code::kNotFound);
}

TEST_F(WorkspaceCopyTest, IsAWorkspaceForTheSandbox) {
    put(ws_ / "a", "one");
    const auto copy = WorkspaceCopy::create(ws_);
    ASSERT_TRUE(copy);
    const auto sandbox = Sandbox::open({.workspace = ws_});
    ASSERT_TRUE(sandbox) << sandbox.error().message();
    const auto exit = sandbox->with_workspace(copy->path()).run("cat a; echo two > a; pwd");
    ASSERT_TRUE(exit) << exit.error().message();
    EXPECT_EQ(exit->out, "one" + copy->path().string() + "\n");
    EXPECT_EQ(get(copy->path() / "a"), "two\n");
    EXPECT_EQ(get(ws_ / "a"), "one");
}

}  // namespace
}  // namespace hearth::sandbox
