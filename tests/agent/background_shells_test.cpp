// Background shells in the real sandbox: only the model is scripted.
#include "agent/background_shells.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fmt/format.h>
#include <functional>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

#include <boost/json.hpp>

#include "agent/loop.h"
#include "agent/shells_tool.h"
#include "agent/tool.h"
#include "core/json.h"
#include "core/known_secrets.h"
#include "os/files.h"
#include "os/process.h"
#include "sandbox/sandbox.h"
#include "sandbox/workspace_files.h"
#include "support/scripted_provider.h"

namespace hearth::agent {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr seconds kLong{20};  // what should have come long before

// Processes of this machine whose arguments hold a text.
std::ptrdiff_t processes_with(const std::string& text) {
    std::ptrdiff_t count = 0;
    std::error_code error;
    for (const auto& each : std::filesystem::directory_iterator("/proc", error)) {
        const auto arguments = os::read_file(each.path() / "cmdline", std::size_t{1} << 20U);
        if (arguments && arguments->find(text) != std::string::npos) ++count;
    }
    return count;
}

bool comes_true(const std::function<bool()>& what, milliseconds within = kLong) {
    const auto end = std::chrono::steady_clock::now() + within;
    while (!what()) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::sleep_for(milliseconds(5));
    }
    return true;
}

// Counts commands; an end that is not said is not counted.
class CountingWitness final : public sandbox::Witness {
public:
    Status before(std::string_view /*script*/, const std::filesystem::path& /*workspace*/) override {
        ++begun;
        return {};
    }

    Status after(std::string_view /*script*/, const std::filesystem::path& /*workspace*/,
                 const Result<os::Exit>& exit) override {
        if (exit) ++ended;
        return {};
    }

    std::atomic<int> begun = 0;
    std::atomic<int> ended = 0;
};

class BackgroundShellsTest : public testing::Test {
protected:
    BackgroundShellsTest() : files_(*sandbox::WorkspaceFiles::open(folder_.path())) {
        sandbox::Policy policy;
        policy.workspace = folder_.path();
        policy.timeout = seconds(20);
        policy.witness = witness_;
        auto secrets = std::make_shared<KnownSecrets>();
        secrets->add("token", "hunter2hunter2");
        policy.secrets = std::move(secrets);
        auto opened = sandbox::Sandbox::open(policy);
        if (!opened) {
            ADD_FAILURE() << opened.error().message();
            return;
        }
        box_.emplace(*std::move(opened));
        open({.first_look = milliseconds(20)});
    }

    void open(BackgroundShells::Setup setup) {
        tools_.clear();
        shells_ = std::make_unique<BackgroundShells>(std::move(setup));
        tools_ = core_tools(
            files_, [this]() -> Result<const sandbox::Sandbox*> { return &*box_; }, {}, nullptr,
            shells_.get());
        tools_.push_back(shells_tool(*shells_));
    }

    ShellView start(const std::string& command, std::stop_token stop = {}) {
        auto view = shells_->start(*box_, command, std::nullopt, stop);
        if (view) return *std::move(view);
        ADD_FAILURE() << view.error().message();
        return {};
    }

    // All that it prints until it has ended.
    std::pair<std::string, ShellView> rest_of(const std::string& id) {
        std::string out;
        ShellView last;
        const bool ended = comes_true([&] {
            auto view = shells_->look(id, seconds(5), {});
            if (!view) return true;
            out += view->output;
            last = *std::move(view);
            return !last.running;
        });
        EXPECT_TRUE(ended) << id << " goes on";
        return {out, last};
    }

    ToolResult call(std::string_view name, const json::object& arguments) {
        for (const auto& tool : tools_) {
            if (tool->description().name != name) continue;
            auto result = tool->run(json::serialize(arguments), {});
            if (result) return *std::move(result);
            ADD_FAILURE() << result.error().message();
        }
        return {};
    }

    std::string feedback() {
        std::string out;
        EXPECT_TRUE(shells_->after_tools(out, {}));
        return out;
    }

    // A command that stays until it is ended, and whose processes can be told from all others.
    std::string stays(int number = 0) const { return fmt::format("sleep {}", marker(number)); }

    static std::string marker(int number = 0) { return fmt::format("7{}.{}", ::getpid(), number); }

    // The kernel ends what is left in a container a moment after its first process.
    static bool are_gone(int number = 0) {
        return comes_true([&] { return processes_with(marker(number)) == 0; }, seconds(1));
    }

    os::TempDir folder_ = *os::TempDir::create("hearth-shells-test", "/var/tmp");
    sandbox::WorkspaceFiles files_;
    std::shared_ptr<CountingWitness> witness_ = std::make_shared<CountingWitness>();
    std::optional<sandbox::Sandbox> box_;
    std::unique_ptr<BackgroundShells> shells_;
    ToolBox tools_;
};

TEST_F(BackgroundShellsTest, OutputGrowsAndIsToldOnce) {
    const auto started = start("echo one; while [ ! -e go ]; do sleep 0.02; done; echo two; exit 3");
    EXPECT_EQ(started.id, "s1");
    EXPECT_TRUE(started.running);
    std::string out = started.output;
    EXPECT_TRUE(comes_true([&] {
        out += shells_->look("s1", milliseconds(100), {})->output;
        return out == "one\n";
    })) << out;
    EXPECT_TRUE(files_.write("go", ""));
    const auto [rest, view] = rest_of("s1");
    EXPECT_EQ(rest, "two\n");
    EXPECT_EQ(view.status, "exit status 3");
    EXPECT_FALSE(view.ok);
    EXPECT_EQ(shells_->look("s1", seconds(5), {})->output, "") << "nor does it wait for what has ended";
}

TEST_F(BackgroundShellsTest, ALookWaitsForWhatIsNew) {
    start("while [ ! -e go ]; do sleep 0.02; done; echo here; " + stays());
    EXPECT_EQ(shells_->look("s1", milliseconds(50), {})->output, "");
    std::jthread writer([&] { EXPECT_TRUE(files_.write("go", "")); });
    const auto view = shells_->look("s1", kLong, {});
    ASSERT_TRUE(view);
    EXPECT_EQ(view->output, "here\n");
    EXPECT_TRUE(view->running);
}

TEST_F(BackgroundShellsTest, AStoppedRunStopsTheWaitingAndNotTheCommand) {
    open({.first_look = kLong});
    std::stop_source stop;
    stop.request_stop();
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_TRUE(start("while [ ! -e go ]; do sleep 0.02; done; echo here", stop.get_token()).running);
    EXPECT_TRUE(shells_->look("s1", kLong, stop.get_token())->running);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, kLong);
    EXPECT_TRUE(files_.write("go", ""));
    EXPECT_EQ(rest_of("s1").first, "here\n");
}

TEST_F(BackgroundShellsTest, StopEndsAllItsProcessesWithinASecond) {
    start(fmt::format("trap '' TERM; echo up; {0} & (setsid {0} &) ; wait; {0}", stays()));
    ASSERT_TRUE(comes_true([&] { return processes_with(marker()) >= 3; }));
    const auto begin = std::chrono::steady_clock::now();
    const auto view = shells_->end("s1");
    ASSERT_TRUE(view);
    EXPECT_FALSE(view->running);
    EXPECT_THAT(view->status, StartsWith("stopped after"));
    EXPECT_TRUE(are_gone());
    EXPECT_LT(std::chrono::steady_clock::now() - begin, seconds(3)) << "a second, on a machine that is busy";
    EXPECT_EQ(witness_->ended, 1);
}

TEST_F(BackgroundShellsTest, AnotherSessionEndsAndForgetsThem) {
    shells_->use_session("a");
    start(stays());
    shells_->use_session("a");
    ASSERT_EQ(shells_->list().size(), 1U);
    EXPECT_TRUE(shells_->list().front().running);
    shells_->use_session("b");
    EXPECT_TRUE(shells_->list().empty());
    EXPECT_TRUE(are_gone());
    const auto gone = shells_->look("s1", {}, {});
    ASSERT_FALSE(gone);
    EXPECT_EQ(gone.error().code(), Code::kNotFound);
    EXPECT_EQ(start(stays()).id, "s2") << "an id means one command";
}

TEST_F(BackgroundShellsTest, TheirEndIsThatOfTheirOwnerAtTheLatest) {
    start(stays(1));
    start(stays(2));
    tools_.clear();
    shells_.reset();
    EXPECT_TRUE(are_gone(1));
    EXPECT_TRUE(are_gone(2));
    EXPECT_EQ(witness_->begun, 2);
    EXPECT_EQ(witness_->ended, 2);
}

TEST_F(BackgroundShellsTest, TheyDieWithTheProgramAlsoOnKill) {
    std::array<int, 2> pipe{};
    ASSERT_EQ(::pipe(pipe.data()), 0);
    const auto command = stays();  // named after this process
    const pid_t program = ::fork();
    if (program == 0) {
        BackgroundShells shells({.first_look = milliseconds(20)});
        const bool begun = shells.start(*box_, command, std::nullopt, {}).has_value();
        [[maybe_unused]] const ssize_t written = ::write(pipe[1], &begun, sizeof begun);
        ::pause();
        ::_exit(0);
    }
    bool begun = false;
    ASSERT_EQ(::read(pipe[0], &begun, sizeof begun), static_cast<ssize_t>(sizeof begun));
    EXPECT_TRUE(begun);
    EXPECT_TRUE(comes_true([&] { return processes_with(marker()) > 0; }));
    ::kill(program, SIGKILL);
    ::waitpid(program, nullptr, 0);
    EXPECT_TRUE(comes_true([&] { return processes_with(marker()) == 0; }, seconds(5)));
    ::close(pipe[0]);
    ::close(pipe[1]);
}

TEST_F(BackgroundShellsTest, FourRunAtOnce) {
    for (int i = 0; i < 4; ++i)
        EXPECT_TRUE(start(stays(i)).running);
    const auto fifth = shells_->start(*box_, "true", std::nullopt, {});
    ASSERT_FALSE(fifth);
    EXPECT_EQ(fifth.error().code(), Code::kConflict);
    const auto refused = call("bash", {{"command", "true"}, {"background", true}});
    EXPECT_TRUE(refused.is_error);
    EXPECT_THAT(refused.text, HasSubstr("end one first"));
    EXPECT_TRUE(shells_->end("s2"));
    EXPECT_EQ(start(stays(5)).id, "s5");
}

TEST_F(BackgroundShellsTest, ThoseThatEndedLongAgoAreForgotten) {
    open({.first_look = kLong});
    for (int i = 0; i < 10; ++i)
        EXPECT_FALSE(start("true").running);
    const auto views = shells_->list();
    ASSERT_EQ(views.size(), 8U);
    EXPECT_EQ(views.front().id, "s3");
    EXPECT_EQ(views.back().id, "s10");
}

TEST_F(BackgroundShellsTest, OfMuchOutputTheEndIsKept) {
    open({.kept_bytes = 1000, .first_look = kLong});
    const auto view = start("i=0; while [ $i -lt 1000 ]; do echo line $i; i=$((i+1)); done");
    EXPECT_LE(view.output.size(), 1000U);
    EXPECT_THAT(view.output, EndsWith("line 998\nline 999\n"));
    EXPECT_EQ(view.dropped + view.output.size(), 8890U);
}

TEST_F(BackgroundShellsTest, ACharacterIsNotToldInHalves) {
    start(R"(printf '\303'; while [ ! -e go ]; do sleep 0.02; done; printf '\244\n')");
    EXPECT_EQ(shells_->look("s1", milliseconds(200), {})->output, "");
    EXPECT_TRUE(files_.write("go", ""));
    EXPECT_EQ(rest_of("s1").first, "ä\n");
}

TEST_F(BackgroundShellsTest, SecretsAreNotTold) {
    start("printf hunter2; while [ ! -e go ]; do sleep 0.02; done; echo hunter2");
    EXPECT_EQ(shells_->look("s1", milliseconds(200), {})->output, "") << "it may be the beginning of one";
    EXPECT_TRUE(files_.write("go", ""));
    EXPECT_EQ(rest_of("s1").first, "[secret token]\n");
}

TEST_F(BackgroundShellsTest, EachIsContainedAndHasItsTime) {
    open({.first_look = kLong, .longest = milliseconds(2000)});
    const auto view = start("echo x > /etc/here || echo refused; echo > inside; sleep 60");
    EXPECT_THAT(view.output, HasSubstr("refused"));
    EXPECT_TRUE(files_.exists("inside")) << "they see one workspace";
    EXPECT_THAT(view.status, EndsWith("(time limit)"));
}

TEST_F(BackgroundShellsTest, WhatTheSandboxPutRightIsTold) {
    open({.first_look = kLong});
    EXPECT_THAT(start("mkdir .vscode; echo done").output,
                AllOf(StartsWith("done\n"),
                      HasSubstr("hearth: .vscode was removed again and is kept as .vscode.taken-away-1")));
    EXPECT_FALSE(std::filesystem::exists(folder_.path() / ".vscode"));
    EXPECT_TRUE(std::filesystem::exists(folder_.path() / ".vscode.taken-away-1"))
        << "a person may have made it meanwhile";
}

TEST_F(BackgroundShellsTest, AProtectedNameDoesNotStandForLong) {
    start("mkdir .git; echo made; " + stays());
    EXPECT_TRUE(comes_true([&] { return std::filesystem::exists(folder_.path() / ".git.taken-away-1"); }));
    EXPECT_FALSE(std::filesystem::exists(folder_.path() / ".git"));
    EXPECT_TRUE(shells_->list().front().running);
    EXPECT_THAT(shells_->end("s1")->output, HasSubstr("hearth: .git was removed again"));
}

TEST_F(BackgroundShellsTest, NewsAreToldOnceAtTheTail) {
    start("while [ ! -e go ]; do sleep 0.02; done; echo here; exit 1");
    EXPECT_EQ(feedback(), "");
    EXPECT_TRUE(files_.write("go", ""));
    std::string told;
    EXPECT_TRUE(comes_true([&] {
        told = feedback();
        return told.find("ended") != std::string::npos;
    }));
    EXPECT_EQ(told, R"([s1 ended: exit status 1; shells {"id":"s1"} shows its output])");
    EXPECT_EQ(feedback(), "");
    std::string prompt = "go on";
    EXPECT_TRUE(shells_->on_prompt(prompt, {}));
    EXPECT_EQ(prompt, "go on");
    EXPECT_EQ(shells_->look("s1", {}, {})->output, "here\n");
}

TEST_F(BackgroundShellsTest, NewOutputIsToldOnceUntilItIsLookedAt) {
    start("while :; do echo tick; sleep 0.02; done");
    std::string prompt = "go on";
    EXPECT_TRUE(comes_true([&] {
        EXPECT_TRUE(shells_->on_prompt(prompt, {}));
        return prompt != "go on";
    }));
    EXPECT_EQ(prompt, "go on\n\n[s1 has new output; shells {\"id\":\"s1\"} shows it]");
    EXPECT_EQ(feedback(), "");
    EXPECT_THAT(shells_->look("s1", {}, {})->output, StartsWith("tick\n"));
    EXPECT_TRUE(comes_true([&] { return !feedback().empty(); }));
}

TEST_F(BackgroundShellsTest, WhereNoneMayRunTheyEnd) {
    bool refused = false;
    open({.refusal = [&] { return refused ? std::string("not now") : std::string(); },
          .first_look = milliseconds(20)});
    auto session = Session::in_memory("/w");
    start(stays());
    shells_->on_run(session);
    EXPECT_TRUE(shells_->list().front().running);
    refused = true;
    shells_->on_run(session);
    EXPECT_FALSE(shells_->list().front().running);
    EXPECT_EQ(call("bash", {{"command", "true"}, {"background", true}}).text, "Error: not now");
}

TEST_F(BackgroundShellsTest, WaitingOverAndOverIsNoCircleForSomeTime) {
    const auto waits = [](std::string arguments) {
        return chat::ToolCall{.id = "c", .name = "shells", .arguments = std::move(arguments)};
    };
    const auto long_wait = waits(R"({"id":"s1","wait":30})");
    EXPECT_FALSE(shells_->may_repeat(long_wait)) << "there is none";
    start(stays());
    EXPECT_TRUE(shells_->may_repeat(long_wait));
    EXPECT_FALSE(shells_->may_repeat(waits(R"({"id":"s1"})")));
    EXPECT_FALSE(shells_->may_repeat(waits(R"({"id":"s1","wait":30,"action":"stop"})")));
    for (int i = 0; i < 20; ++i)
        EXPECT_TRUE(shells_->look("s1", {}, {}));
    EXPECT_FALSE(shells_->may_repeat(long_wait));
}

TEST_F(BackgroundShellsTest, OfferedOnlyWhereTheyCanRun) {
    const auto without =
        core_tools(files_, [this]() -> Result<const sandbox::Sandbox*> { return &*box_; }, {});
    EXPECT_THAT(without.back()->description().parameters, Not(HasSubstr("background")));
    const auto with = tools_[3]->description();
    EXPECT_EQ(with.name, "bash");
    const auto schema = parse_json(with.parameters);
    ASSERT_TRUE(schema);
    EXPECT_NE(member(*member(*schema, "properties"), "background"), nullptr);
    EXPECT_TRUE(parse_json(tools_.back()->description().parameters));
}

TEST_F(BackgroundShellsTest, BashTellsAFailureAtOnce) {
    open({.first_look = kLong});
    const auto result = call("bash", {{"command", "echo no such port; exit 3"}, {"background", true}});
    EXPECT_TRUE(result.is_error);
    EXPECT_FALSE(result.goes_on);
    EXPECT_THAT(result.text, AllOf(HasSubstr("exit status 3"), EndsWith("no such port\n")));
    const auto long_one = call("bash", {{"command", std::string(130'000, 'x')}, {"background", true}});
    EXPECT_TRUE(long_one.is_error);
    EXPECT_THAT(long_one.text, HasSubstr("put it into a file"));
    EXPECT_EQ(shells_->list().size(), 1U) << "what was not run is none";
}

TEST_F(BackgroundShellsTest, TheToolListsLooksAndStops) {
    EXPECT_EQ(call("shells", {}).text, "[nothing was started in the background]");
    const auto started =
        call("bash", {{"command", "echo up\n" + stays()}, {"background", true}, {"timeout", 3600}});
    EXPECT_FALSE(started.is_error);
    EXPECT_TRUE(started.goes_on);
    EXPECT_THAT(started.text, StartsWith("Started as s1. "));
    EXPECT_THAT(call("shells", {}).text, AllOf(StartsWith("s1 is running ("), EndsWith("s): echo up …\n")));
    EXPECT_THAT(call("shells", {{"id", "s1"}, {"wait", 0}}).text, StartsWith("s1 is running ("));
    const auto stopped = call("shells", {{"id", 1}, {"action", "stop"}});
    EXPECT_FALSE(stopped.is_error);
    EXPECT_THAT(stopped.text, AllOf(StartsWith("s1 ended after "), HasSubstr("stopped after ")));
    EXPECT_TRUE(call("shells", {{"id", "s7"}}).is_error);
    EXPECT_TRUE(call("shells", {{"action", "stop"}}).is_error);
    EXPECT_TRUE(call("shells", {{"id", "s1"}, {"action", "kill"}}).is_error);
    EXPECT_EQ(tools_.back()->subject(R"({"id":"S1","action":"stop"})"), "stop s1");
}

TEST_F(BackgroundShellsTest, ARunEndsWhileTheyGoOn) {
    auto session = Session::in_memory("/w");
    test::ScriptedProvider provider;
    provider.then_call("bash", json::serialize(json::object{{"command", stays()}, {"background", true}}));
    provider.then_text("done");
    const LoopParts parts{session, provider, tools_, {shells_.get()}, {}};
    const auto outcome = run_loop(parts, "go", {.system = "system"}, {});
    ASSERT_TRUE(outcome) << outcome.error().message();
    EXPECT_EQ(outcome->end, End::kAnswered);
    ASSERT_EQ(shells_->list().size(), 1U);
    EXPECT_TRUE(shells_->list().front().running);
}

// For the thread sanitizer.
TEST_F(BackgroundShellsTest, ManyMayLookAtOnce) {
    open({.first_look = milliseconds(20), .settling = milliseconds(1)});
    start("while :; do echo tick; sleep 0.001; done");
    {
        std::vector<std::jthread> readers;
        for (int i = 0; i < 4; ++i) {
            readers.emplace_back([&] {
                for (int j = 0; j < 20; ++j) {
                    EXPECT_TRUE(shells_->look("s1", milliseconds(5), {}));
                    EXPECT_FALSE(shells_->list().empty());
                    feedback();
                }
            });
        }
        start(stays());
    }
    shells_->end_all();
    for (const auto& each : shells_->list())
        EXPECT_FALSE(each.running);
}

TEST(ShellId, IsReadAsModelsWriteIt) {
    EXPECT_EQ(shell_id("s1"), "s1");
    EXPECT_EQ(shell_id(" S12 "), "s12");
    EXPECT_EQ(shell_id("3"), "s3");
    EXPECT_EQ(shell_id(""), "");
}

}  // namespace
}  // namespace hearth::agent
