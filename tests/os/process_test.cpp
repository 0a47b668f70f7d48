#include "os/process.h"

#include <array>
#include <chrono>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include "os/fd.h"
#include "os/files.h"

namespace hearth::os {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using testing::HasSubstr;

Command shell(std::string script) {
    return {.argv = {"sh", "-c", std::move(script)}, .environment = environment_of({"PATH"})};
}

bool is_alive(pid_t pid) {
    const auto stat = read_file("/proc/" + std::to_string(pid) + "/stat");
    if (!stat) return false;
    // A zombie that nobody reaped yet has ended.
    return stat->substr(stat->rfind(')')).substr(2, 1) != "Z";
}

// Waits for a process that ends soon; the deadline only bounds a failure.
bool ends(pid_t pid) {
    for (const auto until = steady_clock::now() + std::chrono::seconds(10); steady_clock::now() < until;) {
        if (!is_alive(pid)) return true;
        std::this_thread::yield();
    }
    return false;
}

TEST(Process, CapturesBothStreamsAndTheStatus) {
    const auto exit = run(shell("echo out; echo err >&2; exit 3"));
    ASSERT_TRUE(exit) << exit.error().message();
    EXPECT_EQ(exit->out, "out\n");
    EXPECT_EQ(exit->err, "err\n");
    EXPECT_EQ(exit->reason, Exit::Reason::kExited);
    EXPECT_EQ(exit->code, 3);
    EXPECT_FALSE(exit->ok());
    EXPECT_EQ(describe(*exit), "exit status 3");
    EXPECT_GT(exit->peak_rss_bytes, 100'000);
}

TEST(Process, GivesInputThenEndOfFile) {
    const std::string large(3'000'000, 'x');
    Command command = shell("wc -c");
    command.input = large;
    const auto exit = run(command);
    ASSERT_TRUE(exit);
    EXPECT_EQ(exit->out, "3000000\n");
}

TEST(Process, InputThatIsNotReadBlocksNobody) {
    Command command = shell("exit 0");
    command.input = std::string(3'000'000, 'x');
    const auto exit = run(command);
    ASSERT_TRUE(exit);
    EXPECT_TRUE(exit->ok());
}

TEST(Process, InputIsAnOpenableFile) {
    Command command = shell("cat /dev/stdin");
    command.input = "text";
    EXPECT_EQ(run(command)->out, "text");
}

TEST(Process, EnvironmentIsExactlyWhatWasGiven) {
    ::setenv("HEARTH_TEST_LEAK", "1", 1);
    const Command command{.argv = {"/usr/bin/env"}, .environment = {{"A", "1"}, {"B", ""}}};
    EXPECT_EQ(run(command)->out, "A=1\nB=\n");
    ::unsetenv("HEARTH_TEST_LEAK");
}

TEST(Process, RunsInTheFolder) {
    Command command{.argv = {"/bin/pwd"}, .environment = {}, .directory = "/usr/bin"};
    EXPECT_EQ(run(command)->out, "/usr/bin\n");
}

TEST(Process, MissingProgramIsNotFound) {
    const auto by_name = run({.argv = {"hearth-no-such-program"}});
    ASSERT_FALSE(by_name);
    EXPECT_EQ(by_name.error().code(), Code::kNotFound);
    EXPECT_THAT(by_name.error().message(), HasSubstr("hearth-no-such-program"));
    const auto by_path = run({.argv = {"/no/such/program"}});
    ASSERT_FALSE(by_path);
    EXPECT_EQ(by_path.error().code(), Code::kNotFound);
}

TEST(Process, MissingFolderSaysWhich) {
    const auto exit = run({.argv = {"/bin/true"}, .directory = "/no/such/folder"});
    ASSERT_FALSE(exit);
    EXPECT_EQ(exit.error().code(), Code::kNotFound);
    EXPECT_THAT(exit.error().message(), HasSubstr("/no/such/folder"));
}

TEST(Process, FileThatIsNoProgramIsRefused) {
    const auto dir = TempDir::create("process-test");
    ASSERT_TRUE(write_file_atomic(dir->path() / "data", "no program\n", 0755));
    const auto exit = run({.argv = {dir->path() / "data"}});
    ASSERT_FALSE(exit);
    EXPECT_EQ(exit.error().code(), Code::kInvalidInput);
    const auto closed = run({.argv = {"/etc/passwd"}});
    ASSERT_FALSE(closed);
    EXPECT_EQ(closed.error().code(), Code::kPermission);
}

TEST(Process, ArgumentsThatCannotBePassedAreRefused) {
    using std::string_literals::operator""s;
    EXPECT_EQ(run({.argv = {}}).error().code(), Code::kInvalidInput);
    EXPECT_EQ(run({.argv = {"/bin/echo", "a\0b"s}}).error().code(), Code::kInvalidInput);
    EXPECT_EQ(run({.argv = {"/bin/echo"}, .environment = {{"A=B", "1"}}}).error().code(),
              Code::kInvalidInput);
    EXPECT_EQ(run({.argv = {"/bin/echo"}, .kept_descriptors = {987}}).error().code(), Code::kInvalidInput);
}

TEST(Process, SignalIsNamed) {
    const auto exit = run(shell("kill -SEGV $$"));
    ASSERT_TRUE(exit);
    EXPECT_EQ(exit->reason, Exit::Reason::kSignalled);
    EXPECT_EQ(describe(*exit), "killed by signal 11 (Segmentation fault)");
}

TEST(Process, TimeoutEndsTheWholeGroup) {
    // The child of the shell ignores SIGTERM, so that only the SIGKILL ends it.
    const auto exit =
        run(shell("(trap '' TERM; echo $$; exec sleep 600) & wait"), {.timeout = milliseconds{300}});
    ASSERT_TRUE(exit);
    EXPECT_EQ(exit->reason, Exit::Reason::kTimedOut);
    EXPECT_LT(exit->seconds, 60);
    EXPECT_THAT(describe(*exit), HasSubstr("(time limit)"));
    const auto left = run(shell("sleep 601 & echo $!; exit 0"));
    ASSERT_TRUE(left);
    EXPECT_TRUE(ends(std::stoi(left->out)));
}

TEST(Process, StopRequestEndsIt) {
    std::stop_source stop;
    const auto exit = run(shell("trap '' TERM; echo ready; while :; do sleep 600; done"), {},
                          stop.get_token(), [&](std::string_view) { stop.request_stop(); });
    ASSERT_TRUE(exit);
    EXPECT_EQ(exit->reason, Exit::Reason::kStopped);
    EXPECT_LT(exit->seconds, 60);
    EXPECT_EQ(exit->out, "ready\n");
}

TEST(Process, StopRequestedBeforeTheStartEndsItAtOnce) {
    std::stop_source stop;
    stop.request_stop();
    const auto exit = run(shell("sleep 600"), {}, stop.get_token());
    ASSERT_TRUE(exit);
    EXPECT_EQ(exit->reason, Exit::Reason::kStopped);
}

TEST(Process, BackgroundProcessThatHoldsThePipeDoesNotHang) {
    const auto exit = run(shell("echo first; sleep 600 & echo last"));
    ASSERT_TRUE(exit);
    EXPECT_TRUE(exit->ok());
    EXPECT_EQ(exit->out, "first\nlast\n");
    EXPECT_LT(exit->seconds, 60);
}

TEST(Process, ProcessThatLeftTheGroupAndWritesForEverDoesNotHang) {
    const auto exit = run(shell("setsid sh -c 'echo $$ >&2; exec yes' & sleep 0.2"), {.max_output = 1000});
    ASSERT_TRUE(exit);
    EXPECT_LT(exit->seconds, 60);
    ::kill(std::stoi(exit->err), SIGKILL);
}

TEST(Process, KeepsHeadAndTailOfMuchOutput) {
    const auto exit = run(shell("seq 1 200000"), {.max_output = 1000});
    ASSERT_TRUE(exit);
    EXPECT_LT(exit->out.size(), 1100U);
    EXPECT_TRUE(exit->out.starts_with("1\n2\n3\n"));
    EXPECT_TRUE(exit->out.ends_with("199999\n200000\n"));
    EXPECT_THAT(exit->out, HasSubstr(" bytes left out here]\n"));
}

TEST(Process, TellsOfOutputAsItComes) {
    std::string seen;
    const auto exit =
        run(shell("echo a; echo b >&2; echo c"), {}, {}, [&](std::string_view piece) { seen += piece; });
    ASSERT_TRUE(exit);
    EXPECT_EQ(seen.size(), 6U);
}

TEST(Process, OutputFileIsAppendedTo) {
    const auto dir = TempDir::create("process-test");
    Command command = shell("echo out; echo err >&2");
    command.output_file = dir->path() / "log";
    ASSERT_TRUE(run(command));
    ASSERT_TRUE(run(command));
    EXPECT_EQ(*read_file(command.output_file), "out\nerr\nout\nerr\n");
}

TEST(Process, DescriptorsAreClosedUnlessKept) {
    const Fd leaked(::open("/dev/null", O_RDONLY));
    const Fd kept(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    Command command = shell("ls /proc/$$/fd");
    command.kept_descriptors = {kept.get()};
    const std::string listing = "\n" + run(command)->out;
    EXPECT_THAT(listing, HasSubstr("\n" + std::to_string(kept.get()) + "\n"));
    EXPECT_THAT(listing, testing::Not(HasSubstr("\n" + std::to_string(leaked.get()) + "\n")));
}

TEST(Process, SignalMaskAndHandlersAreClean) {
    sigset_t blocked;
    sigset_t before;
    ::sigemptyset(&blocked);
    ::sigaddset(&blocked, SIGINT);
    ::sigaddset(&blocked, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &blocked, &before);
    const auto previous = ::signal(SIGPIPE, SIG_IGN);
    // Without exec the shell itself blocks signals for a moment while it starts grep.
    const auto exit = run(shell("exec grep -E 'SigBlk|SigIgn' /proc/self/status"));
    ::signal(SIGPIPE, previous);
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    ASSERT_TRUE(exit);
    EXPECT_EQ(exit->out, "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}

TEST(Process, WorksWhenOwnStandardStreamsAreClosed) {
    // In a process of its own: the test program needs its streams.
    const pid_t pid = ::fork();
    if (pid == 0) {
        for (int number = 0; number < 3; ++number)
            ::close(number);
        Command command = shell("cat; echo err >&2");
        command.input = "in";
        const auto exit = run(command);
        ::_exit(exit && exit->out == "in" && exit->err == "err\n" ? 0 : 1);
    }
    int status = -1;
    ::waitpid(pid, &status, 0);
    EXPECT_EQ(status, 0);
}

TEST(Process, ManyThreadsAtOnce) {
    std::vector<std::jthread> threads;
    std::array<std::string, 8> outputs;
    for (std::size_t i = 0; i < outputs.size(); ++i)
        threads.emplace_back([&outputs, i] { outputs[i] = run(shell("echo " + std::to_string(i)))->out; });
    threads.clear();
    for (std::size_t i = 0; i < outputs.size(); ++i)
        EXPECT_EQ(outputs[i], std::to_string(i) + "\n");
}

TEST(Process, IgnoredSigchldDoesNotLoseTheStatus) {
    const auto previous = ::signal(SIGCHLD, SIG_IGN);
    const auto exit = run(shell("exit 7"));
    ::signal(SIGCHLD, previous);
    ASSERT_TRUE(exit);
    EXPECT_EQ(exit->code, 7);
}

TEST(Child, DiesWithItsParentAlsoOnKill) {
    std::array<int, 2> ends_of_pipe{};
    ASSERT_EQ(::pipe(ends_of_pipe.data()), 0);
    const pid_t parent = ::fork();
    if (parent == 0) {
        auto child = Child::start({.argv = {"/bin/sleep", "600"}});
        const pid_t pid = child ? child->pid() : -1;
        [[maybe_unused]] const ssize_t written = ::write(ends_of_pipe[1], &pid, sizeof pid);
        ::pause();
        ::_exit(0);
    }
    pid_t pid = 0;
    ASSERT_EQ(::read(ends_of_pipe[0], &pid, sizeof pid), static_cast<ssize_t>(sizeof pid));
    EXPECT_TRUE(is_alive(pid));
    ::kill(parent, SIGKILL);
    ::waitpid(parent, nullptr, 0);
    EXPECT_TRUE(ends(pid));
    ::close(ends_of_pipe[0]);
    ::close(ends_of_pipe[1]);
}

TEST(Child, OutlivesTheThreadThatStartedIt) {
    std::optional<Child> child;
    std::thread([&] {
        auto started = Child::start({.argv = {"/bin/sleep", "600"}});
        if (started) child = std::move(*started);
    }).join();
    ASSERT_TRUE(child);
    // The starting thread is gone; were the kernel to send its signal, it would have by now.
    EXPECT_TRUE(is_alive(child->pid()));
    EXPECT_FALSE(child->poll());
    const Exit exit = child->stop(milliseconds{2000});
    EXPECT_EQ(exit.reason, Exit::Reason::kStopped);
}

TEST(Child, PollKeepsItsAnswer) {
    auto child = Child::start(shell("exit 5"));
    ASSERT_TRUE(child);
    std::optional<Exit> exit;
    while (!exit)
        exit = child->poll();
    EXPECT_EQ(exit->code, 5);
    EXPECT_EQ(child->poll()->code, 5);
    EXPECT_EQ(child->stop(milliseconds{0}).reason, Exit::Reason::kExited);
}

TEST(Child, IsKilledWhenItIgnoresTheRequest) {
    const auto dir = TempDir::create("process-test");
    Command command = shell("trap '' TERM; echo ready; while :; do sleep 600; done");
    command.output_file = dir->path() / "log";
    auto child = Child::start(command);
    ASSERT_TRUE(child);
    while (read_file(command.output_file)->empty())
        std::this_thread::yield();
    const pid_t pid = child->pid();
    EXPECT_EQ(child->stop(milliseconds{50}).code, SIGKILL);
    EXPECT_FALSE(is_alive(pid));
}

TEST(Child, DestructorEndsIt) {
    pid_t pid = 0;
    {
        auto child = Child::start({.argv = {"/bin/sleep", "600"}});
        ASSERT_TRUE(child);
        pid = child->pid();
    }
    EXPECT_FALSE(is_alive(pid));
}

TEST(Child, MissingProgramIsAnErrorAtStart) {
    const auto child = Child::start({.argv = {"/no/such/program"}});
    ASSERT_FALSE(child);
    EXPECT_EQ(child.error().code(), Code::kNotFound);
}

TEST(Process, FindsProgramsLikeAShell) {
    EXPECT_TRUE(find_program("sh"));
    EXPECT_EQ(find_program("/bin/sh"), "/bin/sh");
    EXPECT_FALSE(find_program("/etc/passwd"));
    EXPECT_FALSE(find_program("/usr"));
    EXPECT_FALSE(find_program(""));
}

TEST(FindProgram, PassesOverTheCurrentFolder) {
    const TempDir folder = *TempDir::create("hearth-test");
    const auto here = std::filesystem::current_path();
    const char* given = std::getenv("PATH");
    const std::string path = given == nullptr ? "" : given;
    std::ofstream(folder.path() / "planted-program") << "#!/bin/sh\n";
    std::filesystem::permissions(folder.path() / "planted-program", std::filesystem::perms::owner_all);
    std::filesystem::current_path(folder.path());
    for (const char* entries : {".", "", ":/nowhere", "./", "/nowhere:."}) {
        ::setenv("PATH", entries, 1);
        EXPECT_FALSE(find_program("planted-program")) << "'" << entries << "'";
        EXPECT_FALSE(run({.argv = {"planted-program"}})) << "'" << entries << "'";
    }
    ::setenv("PATH", folder.path().c_str(), 1);
    EXPECT_TRUE(find_program("planted-program"));
    EXPECT_FALSE(find_system_program("planted-program"));
    EXPECT_EQ(find_system_program("diff"), "/usr/bin/diff");
    ::setenv("PATH", path.c_str(), 1);
    std::filesystem::current_path(here);
}

TEST(WholeEnvironment, HasWhatIsSet) {
    ::setenv("HEARTH_PROCESS_TEST", "a=b", 1);
    EXPECT_THAT(whole_environment(),
                testing::Contains(std::pair<std::string, std::string>("HEARTH_PROCESS_TEST", "a=b")));
    ::unsetenv("HEARTH_PROCESS_TEST");
    for (const auto& [name, value] : whole_environment())
        EXPECT_NE(name, "HEARTH_PROCESS_TEST");
}

TEST(Child, TalksOverPipesOfTheCallers) {
    std::array<int, 2> to{};
    std::array<int, 2> from{};
    ASSERT_EQ(::pipe2(to.data(), O_CLOEXEC), 0);
    ASSERT_EQ(::pipe2(from.data(), O_CLOEXEC), 0);
    Fd write_end(to[1]);
    const Fd read_end(from[0]);
    auto child =
        Child::start({.argv = {"/bin/cat"}}, {.input = Fd(to[0]), .output = Fd(from[1]), .error = {}});
    ASSERT_TRUE(child);
    ASSERT_TRUE(write_all(write_end.get(), "hello", "pipe"));
    write_end.reset();
    std::string said;
    std::array<char, 64> buffer{};
    for (ssize_t count = 0; (count = ::read(read_end.get(), buffer.data(), buffer.size())) > 0;)
        said.append(buffer.data(), static_cast<std::size_t>(count));
    EXPECT_EQ(said, "hello");
}

}  // namespace
}  // namespace hearth::os
