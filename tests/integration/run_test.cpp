// `hearth run` with the real engine and the smallest model, in pipes and on a terminal.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include <boost/json.hpp>

#include "core/json.h"
#include "os/fd.h"
#include "os/files.h"
#include "os/process.h"

namespace hearth {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Clock = std::chrono::steady_clock;
using std::chrono::seconds;

constexpr const char* kModel = "smollm2:135m";
constexpr auto kPatience = seconds(120);  // a loaded machine loads a model slowly

std::string test_home() {
    const char* home = std::getenv("HEARTH_TEST_HOME");
    if (home == nullptr) ADD_FAILURE() << "HEARTH_TEST_HOME is not set: run ./check, which prepares it";
    return home == nullptr ? "" : home;
}

os::Command hearth(std::vector<std::string> arguments, const std::string& home, std::string input = {}) {
    os::Command command;
    command.argv = {HEARTH_PROGRAM};
    std::ranges::move(arguments, std::back_inserter(command.argv));
    command.environment = os::environment_of({"PATH", "HOME", "TMPDIR", "HEARTH_ENGINE"});
    command.environment.emplace_back("HEARTH_HOME", home);
    command.input = std::move(input);
    return command;
}

os::Exit run_hearth(std::vector<std::string> arguments, std::string input = {}) {
    auto exit = os::run(hearth(std::move(arguments), test_home(), std::move(input)), {.timeout = kPatience});
    EXPECT_TRUE(exit);
    return exit ? *exit : os::Exit{};
}

json::value answer_of(const os::Exit& exit) {
    EXPECT_TRUE(exit.ok()) << os::describe(exit) << "\n" << exit.err;
    auto value = parse_json(exit.out);
    EXPECT_TRUE(value) << exit.out;
    return value.value_or(json::value{});
}

std::int64_t count(const json::value& answer, std::string_view name) {
    const auto* usage = member(answer, "usage");
    return usage == nullptr ? -1 : integer_member(*usage, name).value_or(-1);
}

TEST(Run, AnswersAQuestionFromAPipe) {
    const auto exit = run_hearth({"run", kModel, "--max-tokens", "8", "--temperature", "0"}, "Say hello.\n");
    EXPECT_TRUE(exit.ok()) << exit.err;
    EXPECT_FALSE(exit.out.empty());
    EXPECT_EQ(exit.out.back(), '\n');
}

TEST(Run, PrintsJsonWithExactCounts) {
    const auto answer = answer_of(
        run_hearth({"run", kModel, "Count to ten.", "--max-tokens", "8", "--temperature", "0", "--json"}));
    EXPECT_EQ(string_member(answer, "model"), kModel);
    EXPECT_EQ(count(answer, "generated_tokens"), 8);
    EXPECT_EQ(string_member(answer, "stop_reason"), "length");
    EXPECT_GT(count(answer, "prompt_tokens"), 0);
    EXPECT_GT(number_member(*member(answer, "timings"), "decode_seconds").value_or(0), 0);
}

TEST(Run, IsRepeatableWithASeed) {
    const std::vector<std::string> arguments = {"run", kModel,          "Tell a story.", "--max-tokens",
                                                "12",  "--temperature", "0.9",           "--seed",
                                                "7",   "--json"};
    const auto first = answer_of(run_hearth(arguments));
    EXPECT_EQ(string_member(first, "answer"), string_member(answer_of(run_hearth(arguments)), "answer"));
}

TEST(Run, PutsTextFromAPipeBehindThePrompt) {
    const std::vector<std::string> arguments = {"run", kModel, "Summarise:", "--max-tokens", "1", "--json"};
    const auto alone = count(answer_of(run_hearth(arguments)), "prompt_tokens");
    const auto both =
        count(answer_of(run_hearth(arguments, "one two three four five six seven eight")), "prompt_tokens");
    EXPECT_GE(both, alone + 8);
}

TEST(Run, SaysBothCountsWhenTheTextIsTooLong) {
    std::string text;
    for (int n = 0; n < 2000; ++n)
        text += "word ";
    const auto exit = run_hearth({"run", kModel, "--context", "512"}, text);
    EXPECT_EQ(exit.code, 2) << exit.err;
    EXPECT_THAT(exit.err, ::testing::ContainsRegex(
                              "the prompt has 20[0-9]+ tokens and the context window holds [0-9]+"));
}

TEST(Run, SaysHowToGetAModelThatIsNotInstalled) {
    const auto empty = os::TempDir::create("hearth-empty-home");
    ASSERT_TRUE(empty);
    const auto exit = os::run(hearth({"run", kModel, "hi"}, empty->path().string()));
    ASSERT_TRUE(exit);
    EXPECT_EQ(exit->code, 3);
    EXPECT_THAT(exit->err, HasSubstr(fmt::format("hearth pull {}", kModel)));
}

TEST(Run, NeedsAQuestionWithoutATerminal) {
    const auto exit = run_hearth({"run", kModel}, " \n");
    EXPECT_EQ(exit.code, 2);
    EXPECT_THAT(exit.err, HasSubstr("PROMPT"));
}

// hearth on a terminal of its own.
class Terminal {
public:
    explicit Terminal(std::vector<std::string> arguments) {
        auto command = hearth(std::move(arguments), test_home());
        std::vector<char*> argv;
        for (auto& word : command.argv)
            argv.push_back(word.data());
        argv.push_back(nullptr);
        std::vector<std::string> entries;
        for (const auto& [name, value] : command.environment)
            entries.push_back(name + "=" + value);
        std::vector<char*> environment;
        for (auto& entry : entries)
            environment.push_back(entry.data());
        environment.push_back(nullptr);
        int master = -1;
        child_ = ::forkpty(&master, nullptr, nullptr, nullptr);
        if (child_ == 0) {
            ::execve(argv[0], argv.data(), environment.data());
            ::_exit(127);
        }
        master_ = os::Fd(master);
    }

    ~Terminal() {
        if (child_ <= 0) return;
        ::kill(child_, SIGKILL);
        ::waitpid(child_, nullptr, 0);
    }

    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;

    void type(std::string_view text) const { EXPECT_TRUE(os::write_all(master_.get(), text, "terminal")); }

    void terminate() const { ::kill(child_, SIGTERM); }

    // What is shown until `mark` appears after what was asked for before.
    std::string until(std::string_view mark) {
        const auto deadline = Clock::now() + kPatience;
        std::size_t at = 0;
        while ((at = screen_.find(mark, seen_)) == std::string::npos) {
            if (Clock::now() > deadline || !read_more()) {
                ADD_FAILURE() << "waited for " << mark << " in: " << screen_.substr(seen_);
                return {};
            }
        }
        const auto from = std::exchange(seen_, at + mark.size());
        return screen_.substr(from, seen_ - from);
    }

    // Waits for its end and gives its exit status.
    int end() {
        while (read_more())
            continue;
        int status = 0;
        ::waitpid(std::exchange(child_, 0), &status, 0);
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }

private:
    bool read_more() {
        pollfd wait{.fd = master_.get(), .events = POLLIN, .revents = 0};
        if (::poll(&wait, 1, std::chrono::milliseconds(kPatience).count()) <= 0) return false;
        char block[4096];
        const auto got = ::read(master_.get(), block, sizeof(block));
        if (got > 0) screen_.append(block, static_cast<std::size_t>(got));
        return got > 0;
    }

    pid_t child_ = 0;
    os::Fd master_;
    std::string screen_;
    std::size_t seen_ = 0;
};

// "37 prompt tokens (29 from cache)" as two numbers.
std::pair<int, int> prompt_and_cached(const std::string& shown) {
    const auto at = shown.rfind('[');
    int prompt = -1;
    int cached = -1;
    if (at != std::string::npos) {
        EXPECT_EQ(std::sscanf(shown.c_str() + at, "[%d prompt tokens (%d from cache)", &prompt, &cached), 2)
            << shown;
    }
    return {prompt, cached};
}

TEST(Run, ChatsAndTakesEarlierTurnsFromTheCache) {
    Terminal terminal({"run", kModel, "--stats", "--max-tokens", "12", "--temperature", "0"});
    (void)terminal.until("/help shows the commands");
    (void)terminal.until("> ");
    terminal.type("What is the capital of France?\n");
    const auto first = prompt_and_cached(terminal.until("tok/s)"));
    (void)terminal.until("> ");
    terminal.type("And of Spain?\n");
    const auto second = prompt_and_cached(terminal.until("tok/s)"));
    EXPECT_GT(second.first, first.first);
    EXPECT_GE(second.second, first.first);  // at least all of the first prompt
    (void)terminal.until("> ");
    terminal.type("/clear\n");
    (void)terminal.until("Forgotten.");
    (void)terminal.until("> ");
    terminal.type("What is the capital of France?\n");
    const auto third = prompt_and_cached(terminal.until("tok/s)"));
    EXPECT_EQ(third.first, first.first);
    (void)terminal.until("> ");
    terminal.type("/nonsense\n");
    (void)terminal.until("There is no command /nonsense");
    (void)terminal.until("> ");
    terminal.type("/bye\n");
    EXPECT_EQ(terminal.end(), 0);
}

TEST(Run, CtrlCStopsAnAnswerAndThenLeaves) {
    Terminal terminal({"run", kModel, "--max-tokens", "4000", "--temperature", "0"});
    (void)terminal.until("> ");
    terminal.type("Write a very long story about a fox, a hen and a farmer.\n");
    (void)terminal.until("farmer.\r\n");
    (void)terminal.until(" ");  // the answer has begun
    terminal.type("\x03");
    const auto asked = Clock::now();
    (void)terminal.until("[stopped]");
    EXPECT_LT(Clock::now() - asked, seconds(2));
    (void)terminal.until("> ");
    terminal.type("\x03");
    EXPECT_EQ(terminal.end(), 0);
}

TEST(Run, CtrlDLeaves) {
    Terminal terminal({"run", kModel});
    (void)terminal.until("> ");
    terminal.type("\x04");
    EXPECT_EQ(terminal.end(), 0);
}

TEST(Run, ATerminateSignalEndsAnAnswerWithStatus130) {
    Terminal terminal(
        {"run", kModel, "Write a very long story.", "--max-tokens", "4000", "--temperature", "0"});
    (void)terminal.until(" ");
    terminal.terminate();
    EXPECT_EQ(terminal.end(), 130);
}

}  // namespace
}  // namespace hearth
