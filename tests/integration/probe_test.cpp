// `hearth probe` with the real engine and the smallest model, as a person runs it, in a home of its own: cards are kept beside the models.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <thread>
#include <vector>

#include <boost/json.hpp>

#include "core/json.h"
#include "os/files.h"
#include "os/process.h"
#include "probe/card.h"

namespace hearth {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kModel = "smollm2:135m";

class ProbeVerb : public ::testing::Test {
protected:
    void SetUp() override {
        const char* real = std::getenv("HEARTH_TEST_HOME");
        ASSERT_NE(real, nullptr) << "HEARTH_TEST_HOME is not set: run ./check, which prepares it";
        fs::create_directories(home_.path() / "data");
        for (const auto* each : {"engines", "models"})
            fs::create_directory_symlink(fs::path(real) / "data" / each, home_.path() / "data" / each);
    }

    [[nodiscard]] os::Command command(std::vector<std::string> arguments) const {
        os::Command command;
        command.argv = {HEARTH_PROGRAM};
        std::ranges::move(arguments, std::back_inserter(command.argv));
        command.environment = os::environment_of({"PATH", "HOME", "TMPDIR", "HEARTH_ENGINE"});
        command.environment.emplace_back("HEARTH_HOME", home_.path().string());
        return command;
    }

    [[nodiscard]] os::Exit hearth(std::vector<std::string> arguments) const {
        auto exit = os::run(command(std::move(arguments)), {.timeout = std::chrono::seconds(280)});
        EXPECT_TRUE(exit);
        return exit ? *exit : os::Exit{};
    }

    [[nodiscard]] std::vector<fs::path> cards() const {
        std::vector<fs::path> found;
        std::error_code error;
        for (fs::directory_iterator each(home_.path() / "data" / "cards", error), end; !error && each != end;
             each.increment(error))
            found.push_back(each->path());
        return found;
    }

    os::TempDir home_ = *os::TempDir::create("probe-test-");
};

TEST_F(ProbeVerb, KeepsACardThatOthersShow) {
    const os::Exit exit = hearth({"probe", kModel, "--quick", "--context", "2048", "--json"});
    ASSERT_TRUE(exit.ok()) << exit.err;
    const auto card = probe::decode_card(exit.out);
    ASSERT_TRUE(card) << card.error().message() << exit.out;
    EXPECT_TRUE(card->quick);
    ASSERT_TRUE(card->calls && card->thinking && card->fill && card->window);
    EXPECT_EQ(card->calls->asked(), 4);
    EXPECT_FALSE(card->thinking->thinks);
    EXPECT_EQ(card->edits.size(), 3U);
    EXPECT_FALSE(card->fill->supported);  // it was not trained for it
    ASSERT_FALSE(card->batch.empty());
    EXPECT_GT(card->batch.front().tokens_per_second, 0);
    EXPECT_EQ(cards().size(), 1U);

    const os::Exit again = hearth({"probe", kModel, "--show", "--json"});
    ASSERT_TRUE(again.ok()) << again.err;
    EXPECT_EQ(*probe::decode_card(again.out), *card);
    EXPECT_THAT(hearth({"probe", kModel, "--show"}).out, HasSubstr("edits as whole file"));
    EXPECT_THAT(hearth({"show", kModel}).out, HasSubstr("probed quickly on"));
    const auto shown = parse_json(hearth({"show", kModel, "--json"}).out);
    ASSERT_TRUE(shown);
    EXPECT_NE(member(*shown, "probed"), nullptr);

    EXPECT_EQ(hearth({"probe", kModel, "--forget", "--json"}).out, "{\"forgotten\":1}\n");
    EXPECT_TRUE(cards().empty());
    EXPECT_THAT(hearth({"show", kModel}).out, Not(HasSubstr("probed")));
    EXPECT_EQ(hearth({"probe", kModel, "--show"}).code, 3);
}

TEST_F(ProbeVerb, IsStoppedByCtrlCAndKeepsNothing) {
    os::Command probing = command({"probe", kModel, "--json"});
    probing.output_file = home_.path() / "out";
    auto child = os::Child::start(probing);
    ASSERT_TRUE(child) << child.error().message();
    // It says what it does from ten seconds on, where nobody sits at a terminal; it works for longer.
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (std::chrono::steady_clock::now() < until && !child->poll() &&
           !os::read_file(home_.path() / "out").value_or("").contains("probing"))
        std::this_thread::yield();
    ASSERT_FALSE(child->poll()) << "it ended before it was stopped";
    ASSERT_EQ(::kill(child->pid(), SIGINT), 0);
    std::optional<os::Exit> exit;
    while (std::chrono::steady_clock::now() < until && !exit)
        exit = child->poll();
    ASSERT_TRUE(exit);
    EXPECT_EQ(exit->code, 130);
    EXPECT_TRUE(cards().empty());
}

TEST_F(ProbeVerb, SaysWhatIsWrong) {
    EXPECT_EQ(hearth({"probe", "no-such-model"}).code, 3);
    EXPECT_EQ(hearth({"probe", kModel, "--seconds", "5"}).code, 2);
    EXPECT_EQ(hearth({"probe", kModel, "--show", "--forget"}).code, 2);
}

}  // namespace
}  // namespace hearth
