#include "sandbox/sandbox.h"

#include <chrono>
#include <future>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stop_token>
#include <string>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include "os/process.h"
#include "sandbox_fixture.h"

namespace hearth::sandbox {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using testing::HasSubstr;
using testing::Not;

class SandboxTest : public testing::Test {
protected:
    Policy policy() { return {.workspace = ground_.workspace()}; }

    static Sandbox opened(Policy policy) {
        auto sandbox = Sandbox::open(std::move(policy));
        if (!sandbox) {
            ADD_FAILURE() << sandbox.error().message();
            std::abort();
        }
        return *sandbox;
    }

    static os::Exit run(const Sandbox& sandbox, std::string_view script) {
        auto exit = sandbox.run(script);
        if (!exit) {
            ADD_FAILURE() << exit.error().message();
            return {.reason = os::Exit::Reason::kStopped};
        }
        return *exit;
    }

    // Bounded by a deadline that only a failure meets.
    static bool none_left(std::string_view mark) {
        for (const auto until = steady_clock::now() + std::chrono::seconds(10); steady_clock::now() < until;)
            if (processes_with(mark) == 0) return true;
        return false;
    }

    Ground ground_;
};

TEST_F(SandboxTest, GivesOutputAndStatusOfACommand) {
    const Sandbox sandbox = opened(policy());
    const os::Exit exit = run(sandbox, "echo out; echo err >&2; exit 3");
    EXPECT_EQ(exit.out, "out\n");
    EXPECT_EQ(exit.err, "err\n");
    EXPECT_EQ(exit.reason, os::Exit::Reason::kExited);
    EXPECT_EQ(exit.code, 3);
}

TEST_F(SandboxTest, KeepsWhatIsWrittenInTheWorkspaceWithItsOwner) {
    const Sandbox sandbox = opened(policy());
    EXPECT_TRUE(run(sandbox, "mkdir -p a/b && echo hello > a/b/file && pwd").ok());
    EXPECT_EQ(get(ground_.workspace() / "a/b/file"), "hello\n");
    struct stat info{};
    ASSERT_EQ(::stat((ground_.workspace() / "a/b/file").c_str(), &info), 0);
    EXPECT_EQ(info.st_uid, ::getuid());
    EXPECT_EQ(info.st_gid, ::getgid());
}

TEST_F(SandboxTest, WritesFilesOfTheWorkspaceOwnersOwn) {
    put(ground_.workspace() / "private", "mine");
    ::chmod((ground_.workspace() / "private").c_str(), 0600);
    ::chmod(ground_.workspace().c_str(), 0700);
    const Sandbox sandbox = opened(policy());
    const os::Exit exit = run(sandbox, "cat private; echo more >> private");
    EXPECT_TRUE(exit.ok()) << exit.err;
    EXPECT_EQ(get(ground_.workspace() / "private"), "minemore\n");
}

TEST_F(SandboxTest, WorksBelowAFolderThatOnlyItsOwnerMayEnter) {
    ::chmod(ground_.path().c_str(), 0700);
    EXPECT_EQ(run(opened(policy()), "pwd").out, ground_.workspace().string() + "\n");
}

TEST_F(SandboxTest, IsNeverRoot) {
    const os::Exit exit =
        run(opened(policy()), "id -u; id -g; cat /proc/self/uid_map >/dev/null; touch made");
    EXPECT_THAT(exit.out, HasSubstr("1000\n1000\n"));
}

TEST_F(SandboxTest, ShowsTheWorkspaceAtItsOwnPath) {
    EXPECT_EQ(run(opened(policy()), "pwd").out, ground_.workspace().string() + "\n");
}

TEST_F(SandboxTest, HasAnEnvironmentOfItsOwn) {
    ::setenv("HEARTH_TEST_SECRET", "canary", 1);
    Policy with = policy();
    with.environment = {{"GIVEN", "a value"}};
    const os::Exit exit = run(opened(with), "env");
    EXPECT_THAT(exit.out, HasSubstr("GIVEN=a value\n"));
    EXPECT_THAT(exit.out, HasSubstr("HOME=/home/hearth\n"));
    EXPECT_THAT(exit.out, Not(HasSubstr("HEARTH_TEST_SECRET")));
}

TEST_F(SandboxTest, HasTemporaryFoldersAndAHomeThatVanish) {
    const Sandbox sandbox = opened(policy());
    EXPECT_TRUE(run(sandbox, "echo x > /tmp/left && echo x > ~/left && echo x > $TMPDIR/left2").ok());
    EXPECT_EQ(run(sandbox, "ls -A /tmp ~").out, "/home/hearth:\n\n/tmp:\n");
    EXPECT_FALSE(fs::exists("/tmp/left"));
}

TEST_F(SandboxTest, LimitsTemporarySpace) {
    Policy small = policy();
    small.temporary_space = Bytes{1 * kMiB};
    const os::Exit exit = run(opened(small), "head -c 3000000 /dev/zero > /tmp/big");
    EXPECT_FALSE(exit.ok());
    EXPECT_THAT(exit.err, HasSubstr("No space left"));
    EXPECT_FALSE(run(opened(small), "echo x > /file").ok());
    EXPECT_FALSE(run(opened(small), "echo x > /dev/file").ok());
}

TEST_F(SandboxTest, ShowsFurtherFoldersReadOnly) {
    put(ground_.path() / "tools/data", "tool");
    Policy with = policy();
    with.readable = {ground_.path() / "tools"};
    const os::Exit exit = run(opened(with), "cat ../tools/data; echo x > ../tools/data");
    EXPECT_EQ(exit.out, "tool");
    EXPECT_FALSE(exit.ok());
    EXPECT_EQ(get(ground_.path() / "tools/data"), "tool");
}

TEST_F(SandboxTest, EndsEverythingAtTheTimeLimit) {
    Policy with = policy();
    with.timeout = milliseconds{700};
    with.environment = {{"MARK", "hearth-timeout-mark"}};
    const Sandbox sandbox = opened(with);
    const os::Exit exit =
        run(sandbox,
            "(setsid sleep 1000 &); (trap '' TERM HUP INT; sleep 1000) & trap '' TERM; echo on; sleep 1000");
    EXPECT_EQ(exit.reason, os::Exit::Reason::kTimedOut);
    EXPECT_EQ(exit.out, "on\n");
    EXPECT_LT(exit.seconds, 2.7);
    EXPECT_TRUE(none_left("hearth-timeout-mark"));
}

TEST_F(SandboxTest, EndsWhatACommandLeftInTheBackground) {
    Policy with = policy();
    with.environment = {{"MARK", "hearth-orphan-mark"}};
    const os::Exit exit = run(opened(with), "(setsid sleep 300 >/dev/null 2>&1 &); (sleep 300 &); exit 0");
    EXPECT_TRUE(exit.ok());
    EXPECT_LT(exit.seconds, 10);
    EXPECT_TRUE(none_left("hearth-orphan-mark"));
}

TEST_F(SandboxTest, StopsWhenAsked) {
    const Sandbox sandbox = opened(policy());
    std::stop_source source;
    const auto exit = sandbox.run("echo go; sleep 1000", source.get_token(),
                                  [&](std::string_view) { source.request_stop(); });
    ASSERT_TRUE(exit) << exit.error().message();
    EXPECT_EQ(exit->reason, os::Exit::Reason::kStopped);
}

TEST_F(SandboxTest, TellsOutputAsItComes) {
    std::string seen;
    const auto exit =
        opened(policy()).run("echo one; echo two", {}, [&](std::string_view piece) { seen += piece; });
    ASSERT_TRUE(exit);
    EXPECT_EQ(seen, "one\ntwo\n");
}

TEST_F(SandboxTest, KeepsOutputWithinItsLimit) {
    Policy with = policy();
    with.max_output = 10'000;
    const os::Exit exit = run(opened(with), "yes | head -c 30000000");
    EXPECT_TRUE(exit.ok());
    EXPECT_LT(exit.out.size(), 11'000U);
}

TEST_F(SandboxTest, BoundsAForkBomb) {
    Policy with = policy();
    with.processes = 40;
    with.timeout = milliseconds{1500};
    with.environment = {{"MARK", "hearth-bomb-mark"}};
    const Sandbox sandbox = opened(with);
    auto bomb = std::async(std::launch::async, [&] { return sandbox.run("f() { f | f & }; f; sleep 100"); });
    int most = 0;
    while (bomb.wait_for(milliseconds{20}) != std::future_status::ready)
        most = std::max(most, processes_with("hearth-bomb-mark"));
    ASSERT_TRUE(bomb.get());
    EXPECT_LE(most, 42);
    EXPECT_TRUE(none_left("hearth-bomb-mark"));
}

TEST_F(SandboxTest, LimitsMemoryOfAllProcessesTogether) {
    Policy with = policy();
    with.memory = Bytes{300 * kMiB};
    with.environment = {{"MARK", "hearth-memory-mark"}};
    const os::Exit exit =
        run(opened(with),
            "for i in 1 2 3 4; do (setsid /usr/bin/python3 -c 'import time; x = b\"x\" * (100 << 20); "
            "time.sleep(1000)' &) ; done; echo started; sleep 1000");
    EXPECT_EQ(exit.reason, os::Exit::Reason::kSignalled);
    EXPECT_EQ(exit.out, "started\n");
    EXPECT_THAT(exit.err, HasSubstr("more than 300 MiB of memory"));
    EXPECT_TRUE(none_left("hearth-memory-mark"));
}

TEST_F(SandboxTest, CountsMemoryThatProcessesShareOnce) {
    Policy with = policy();
    with.memory = Bytes{300 * kMiB};
    const os::Exit exit =
        run(opened(with),
            "/usr/bin/python3 -c '\nimport os, time\nx = b\"x\" * (150 << 20)\nfor i in range(5):\n    if "
            "os.fork() == "
            "0: time.sleep(0.6); os._exit(0)\nfor i in range(5): os.wait()\nprint(\"done\")'");
    EXPECT_EQ(exit.out, "done\n") << exit.err;
}

// Such a program reserves terabytes of addresses.
TEST_F(SandboxTest, RunsProgramsBuiltWithTheAddressSanitizer) {
    put(ground_.workspace() / "a.cpp", "int main(int n, char**) { int x[2] = {n, 0}; return x[n * 5]; }\n");
    const os::Exit exit = run(opened(policy()), "g++ -g -fsanitize=address a.cpp -o a && ./a");
    EXPECT_FALSE(exit.ok());
    EXPECT_THAT(exit.err, HasSubstr("stack-buffer-overflow"));
}

TEST_F(SandboxTest, LimitsTheSizeOfAFile) {
    Policy with = policy();
    with.file_size = Bytes{2 * kMiB};
    EXPECT_FALSE(run(opened(with), "head -c 9000000 /dev/zero > big").ok());
    EXPECT_LE(fs::file_size(ground_.workspace() / "big"), std::uintmax_t{2 * kMiB});
}

TEST_F(SandboxTest, MakesNoCoreFiles) {
    const os::Exit exit = run(opened(policy()), "ulimit -c; kill -SEGV $$");
    EXPECT_EQ(exit.out, "0\n");
    EXPECT_EQ(run(opened(policy()), "ls -A").out, "");
}

TEST_F(SandboxTest, RunsManyAtOnce) {
    const Sandbox sandbox = opened(policy());
    std::vector<std::future<Result<os::Exit>>> runs;
    for (int i = 0; i < 16; ++i) {
        runs.push_back(std::async(std::launch::async, [&sandbox, i] {
            return sandbox.run("echo " + std::to_string(i) + " > f" + std::to_string(i) + "; cat f" +
                               std::to_string(i));
        }));
    }
    for (int i = 0; i < 16; ++i) {
        const auto exit = runs[static_cast<std::size_t>(i)].get();
        ASSERT_TRUE(exit) << exit.error().message();
        EXPECT_EQ(exit->out, std::to_string(i) + "\n") << exit->err;
    }
}

TEST_F(SandboxTest, CompilesAndRunsCpp) {
    put(ground_.workspace() / "a.cpp", "#include <iostream>\nint main() { std::cout << 6 * 7 << '\\n'; }\n");
    const os::Exit exit = run(opened(policy()), "g++ a.cpp -o a && ./a");
    EXPECT_EQ(exit.out, "42\n") << exit.err;
}

TEST_F(SandboxTest, RunsTheToolsOfTheUsersPath) {
    const Sandbox sandbox = opened(policy());
    for (const char* tool : {"python3 -m pytest --version", "python3 -c 'import sys; print(sys.prefix)'",
                             "git --version", "make --version", "cmake --version"}) {
        const auto outside =
            os::run({.argv = {"sh", "-c", tool}, .environment = os::environment_of({"PATH", "HOME"})});
        ASSERT_TRUE(outside) << outside.error().message();
        const os::Exit inside = run(sandbox, tool);
        EXPECT_EQ(inside.code, outside->code) << tool << ": " << inside.err;
        EXPECT_EQ(inside.out, outside->out) << tool;
    }
}

TEST_F(SandboxTest, ResolvesLocalhostWithoutTheHostsOwnNames) {
    const os::Exit exit =
        run(opened(policy()),
            "/usr/bin/python3 -c '\nimport socket\ns = socket.create_server((\"localhost\", 0))\n"
            "c = socket.create_connection(s.getsockname())\nprint(\"talked\")'");
    EXPECT_EQ(exit.out, "talked\n") << exit.err;
}

TEST_F(SandboxTest, RemovesProtectedNamesThatACommandMade) {
    const os::Exit exit =
        run(opened(policy()), "mkdir -p .git/hooks .vscode; echo x > .envrc; echo y > mine; ln -s / .idea");
    EXPECT_TRUE(exit.ok());
    for (const char* name : {".git", ".vscode", ".envrc", ".idea"})
        EXPECT_FALSE(fs::exists(fs::symlink_status(ground_.workspace() / name))) << name;
    EXPECT_EQ(get(ground_.workspace() / "mine"), "y\n");
    EXPECT_THAT(exit.err, HasSubstr("hearth: .git was removed again"));
}

TEST_F(SandboxTest, PutsLinksUnderProtectedNamesBack) {
    put(ground_.workspace() / "settings/tasks.json", "{}");
    fs::create_symlink("settings", ground_.workspace() / ".vscode");
    const os::Exit exit = run(opened(policy()),
                              "echo x > .vscode/tasks.json; echo x > settings/tasks.json; mv settings s2; rm "
                              ".vscode; mkdir .vscode");
    EXPECT_THAT(exit.err, HasSubstr("was put back"));
    EXPECT_EQ(fs::read_symlink(ground_.workspace() / ".vscode"), "settings");
    EXPECT_EQ(get(ground_.workspace() / "settings/tasks.json"), "{}");
}

TEST_F(SandboxTest, DoesNotLetTheWorkspaceBecomeABareRepository) {
    run(opened(policy()),
        "mkdir objects refs; echo 'ref: refs/heads/main' > HEAD; printf '[core]\\n fsmonitor = x\\n' > "
        "config");
    EXPECT_FALSE(fs::exists(ground_.workspace() / "HEAD"));
}

TEST_F(SandboxTest, KeepsNamedFilesAsTheyAreWhereverTheirFolderGoes) {
    put(ground_.workspace() / "tests/unit/t.py", "assert True\n");
    Policy with = policy();
    with.read_only_inside = {"tests/unit/t.py"};
    const os::Exit exit =
        run(opened(with),
            "echo x >> tests/unit/t.py; rm -rf tests; mv tests t2; mv tests/unit u2; ln -sf /dev/null "
            "tests/unit/t.py; echo new > tests/unit/other.py; cat tests/unit/t.py");
    EXPECT_EQ(exit.out, "assert True\n");
    EXPECT_EQ(get(ground_.workspace() / "tests/unit/t.py"), "assert True\n");
    EXPECT_EQ(get(ground_.workspace() / "tests/unit/other.py"), "new\n");
}

TEST_F(SandboxTest, RefusesKeptFilesThatAreNotInTheWorkspace) {
    Policy with = policy();
    with.read_only_inside = {"missing"};
    const auto missing = opened(policy()).run("true");
    EXPECT_TRUE(missing);
    EXPECT_EQ(Sandbox::open(with).error().code(), Code::kInvalidInput);
    with.read_only_inside = {"/etc/hostname"};
    EXPECT_EQ(Sandbox::open(with).error().code(), Code::kInvalidInput);
}

TEST_F(SandboxTest, SaysWhenTheContainerDidNotStart) {
    const Sandbox sandbox = opened(policy());
    EXPECT_EQ(sandbox.with_workspace("/var/tmp/hearth-no-such-folder").run("true").error().code(),
              Code::kNotFound);
    put(ground_.path() / "tools/data", "tool");
    Policy with = policy();
    with.readable = {ground_.path() / "tools"};
    const Sandbox broken = opened(with);
    fs::remove_all(ground_.path() / "tools");
    const auto exit = broken.run("touch ran; true");
    ASSERT_FALSE(exit);
    EXPECT_EQ(exit.error().code(), Code::kUnavailable);
    EXPECT_THAT(exit.error().message(), HasSubstr("the sandbox did not start, so the command was not run"));
    EXPECT_FALSE(fs::exists(ground_.workspace() / "ran"));
}

TEST_F(SandboxTest, TellsAFailedCommandFromAContainerThatDidNotStart) {
    const Sandbox sandbox = opened(policy());
    EXPECT_EQ(run(sandbox, "if").code, 2);
    EXPECT_EQ(run(sandbox, "exit 125").code, 125);
    EXPECT_EQ(run(sandbox, "no-such-program").code, 127);
    EXPECT_EQ(run(sandbox, "echo 'hearth-sbx: fake' >&2; exit 1").code, 1);
    EXPECT_EQ(run(sandbox, "kill -9 $$").code, 137);
}

TEST_F(SandboxTest, RefusesCommandsNoShellCanTake) {
    const Sandbox sandbox = opened(policy());
    EXPECT_EQ(sandbox.run(std::string(200'000, ' ')).error().code(), Code::kTooLarge);
    EXPECT_TRUE(sandbox.run("true " + std::string(100'000, 'x')));
    EXPECT_EQ(sandbox.run(std::string("true\0false", 10)).error().code(), Code::kInvalidInput);
}

TEST_F(SandboxTest, RefusesFoldersThatAreTooMuch) {
    for (const char* folder : {"/", "/usr", "/etc", "/tmp", "/proc/self"})
        EXPECT_EQ(Sandbox::open({.workspace = folder}).error().code(), Code::kInvalidInput) << folder;
    EXPECT_EQ(Sandbox::open({.workspace = "/no/such/folder"}).error().code(), Code::kNotFound);
}

TEST_F(SandboxTest, WorksOnACopyOfTheWorkspace) {
    put(ground_.workspace() / "tests/t.py", "kept");
    Policy with = policy();
    with.read_only_inside = {ground_.workspace() / "tests/t.py"};
    const Sandbox sandbox = opened(with);
    Ground other;
    put(other.workspace() / "tests/t.py", "kept there");
    const os::Exit exit = run(sandbox.with_workspace(other.workspace()),
                              "pwd; cat tests/t.py; echo x > tests/t.py; echo y > new");
    EXPECT_THAT(exit.out, HasSubstr(other.workspace().string()));
    EXPECT_THAT(exit.out, HasSubstr("kept there"));
    EXPECT_EQ(get(other.workspace() / "tests/t.py"), "kept there");
    EXPECT_EQ(get(other.workspace() / "new"), "y\n");
    EXPECT_FALSE(fs::exists(ground_.workspace() / "new"));
}

// Root gives each running sandbox an uid of its own, so this has a case only there.
TEST_F(SandboxTest, WritesAsTheOwnerOfTheFolderWhenRootRunsIt) {
    const uid_t owner = ::getuid() == 0 ? 12345 : ::getuid();
    const gid_t group = ::getuid() == 0 ? 23456 : ::getgid();
    ASSERT_EQ(::chown(ground_.workspace().c_str(), owner, group), 0);
    EXPECT_TRUE(run(opened(policy()), "echo x > file").ok());
    struct stat info{};
    ASSERT_EQ(::stat((ground_.workspace() / "file").c_str(), &info), 0);
    EXPECT_EQ(info.st_uid, owner);
    EXPECT_EQ(info.st_gid, group);
}

}  // namespace
}  // namespace hearth::sandbox
