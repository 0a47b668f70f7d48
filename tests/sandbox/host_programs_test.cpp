// What hearth itself starts, and what the kernel's other tables of system calls offer inside.
#include <cstdlib>
#include <filesystem>
#include <gtest/gtest.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

#include "os/process.h"
#include "sandbox/sandbox.h"
#include "sandbox_fixture.h"

namespace hearth::sandbox {
namespace {

namespace fs = std::filesystem;

// Restores a variable of the environment and the current folder.
class Elsewhere {
public:
    Elsewhere(const std::string& path, const fs::path& folder) : folder_(fs::current_path()) {
        if (const char* given = std::getenv("PATH")) path_ = given;
        ::setenv("PATH", path.c_str(), 1);
        fs::current_path(folder);
    }

    Elsewhere(const Elsewhere&) = delete;
    Elsewhere& operator=(const Elsewhere&) = delete;

    ~Elsewhere() {
        ::setenv("PATH", path_.c_str(), 1);
        std::error_code ignored;
        fs::current_path(folder_, ignored);
    }

private:
    std::string path_;
    fs::path folder_;
};

TEST(HostPrograms, AreNeverThoseOfTheWorkspace) {
    const Ground ground;
    const fs::path& workspace = ground.workspace();
    const fs::path sign = ground.path() / "pwn";
    for (const char* name : {"bwrap", "sh", "hearth-sbx", "git", "true", "setpriv"}) {
        for (const fs::path& folder : {workspace, workspace / "bin"}) {
            put(folder / name, "#!/bin/sh\ntouch " + sign.string() + "\n");
            ::chmod((folder / name).c_str(), 0755);
        }
    }
    const Elsewhere elsewhere(
        ".:" + workspace.string() + ":" + (workspace / "bin").string() + ":bin:" + std::getenv("PATH"),
        workspace);
    const auto sandbox = Sandbox::open({.workspace = workspace});
    ASSERT_TRUE(sandbox) << sandbox.error().message();
    const auto exit = sandbox->run("exit 0");
    ASSERT_TRUE(exit) << exit.error().message();
    EXPECT_FALSE(fs::exists(sign));
}

// The wall stands alone: without any mounts around it.
TEST(SecondWall, HoldsWithoutTheMounts) {
    const Ground ground;
    put(ground.path() / "outside", "x");
    ::chmod(ground.workspace().c_str(), 0777);
    ::chmod((ground.path() / "outside").c_str(), 0666);
    ::chmod(ground.path().c_str(), 0777);
    const fs::path launcher = fs::read_symlink("/proc/self/exe").parent_path().parent_path() / "hearth-sbx";
    const fs::path report = ground.path() / "report";
    const std::string script =
        "exec 9> " + report.string() + "; exec " + launcher.string() +
        " inside --status=9 --processes=400 --writable=" + ground.workspace().string() +
        " --writable=/dev -- /bin/sh -c 'echo inside > in || echo lost; mkdir d; mv in d/in || echo lost; "
        "echo x > ../outside; "
        "echo x > ../new; rm ../outside; mv d ../d; ln d/in ../in; (: < /proc/$PPID/mem) && echo READ; kill "
        "-0 $PPID && echo "
        "SIGNALLED; mknod disk c 1 3 && echo DEVICE; echo done'";
    const auto exit = os::run({.argv = {"/bin/sh", "-c", script},
                               .environment = {{"PATH", "/usr/bin:/bin"}},
                               .directory = ground.workspace()});
    ASSERT_TRUE(exit) << exit.error().message();
    EXPECT_EQ(exit->out, "done\n") << exit->err;
    EXPECT_EQ(get(report), "started\n");
    EXPECT_EQ(get(ground.workspace() / "d/in"), "inside\n");
    EXPECT_EQ(get(ground.path() / "outside"), "x");
    EXPECT_FALSE(fs::exists(ground.path() / "new"));
    EXPECT_FALSE(fs::exists(ground.path() / "in"));
}

TEST(HostPrograms, CallsOfThe32BitTableEndAProgram) {
    const Ground ground;
    put(ground.workspace() / "calls.c", R"(#include <stdio.h>
#include <sys/mman.h>
int main(int count, char** words) {
    (void)words;
    unsigned* a = mmap(0, 4096, 3, 0x62, -1, 0);  // below 4 GiB
    int r;
    a[0] = 1; a[1] = 1; a[2] = 0;
    puts("begun");
    fflush(stdout);
    if (count == 1)  // socketcall(SYS_SOCKET, AF_UNIX, ...)
        __asm__ volatile("int $0x80" : "=a"(r) : "a"(102), "b"(1), "c"((unsigned)(unsigned long)a) : "memory");
    else  // mount
        __asm__ volatile("int $0x80" : "=a"(r) : "a"(21), "b"(0), "c"(0), "d"(0) : "memory");
    printf("answered %d\n", r);
    return 0;
}
)");
    const auto sandbox = Sandbox::open({.workspace = ground.workspace()});
    ASSERT_TRUE(sandbox) << sandbox.error().message();
    for (const char* words : {"", " x"}) {
        const auto exit = sandbox->run(std::string("gcc calls.c -o calls && ./calls") + words);
        ASSERT_TRUE(exit) << exit.error().message();
        EXPECT_EQ(exit->out, "begun\n") << exit->err;
        EXPECT_FALSE(exit->ok());
    }
}

}  // namespace
}  // namespace hearth::sandbox
