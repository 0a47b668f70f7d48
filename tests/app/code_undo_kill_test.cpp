#include <csignal>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <iterator>
#include <random>
#include <string>
#include <thread>

#include "agent/file_history.h"
#include "agent/session.h"
#include "os/files.h"
#include "os/process.h"

namespace hearth::app {
namespace {

namespace fs = std::filesystem;

constexpr int kFiles = 30;

class UndoProcess : public testing::Test {
protected:
    [[nodiscard]] fs::path path(int i) const {
        return workspace_ / ("f" + std::to_string(i % 7)) / std::to_string(i);
    }

    static std::string content(int i, char side) { return std::string(30'000, side) + std::to_string(i); }

    void write_all(char side) const {
        for (int i = 0; i < kFiles; ++i) {
            fs::create_directories(path(i).parent_path());
            std::ofstream(path(i)) << content(i, side);
        }
    }

    [[nodiscard]] std::string get(int i) const {
        std::ifstream file(path(i), std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    [[nodiscard]] int count(char side) const {
        int found = 0;
        for (int i = 0; i < kFiles; ++i)
            found += get(i) == content(i, side) ? 1 : 0;
        return found;
    }

    // A session with one turn that changed all files, under the home that the program is given.
    void work() {
        write_all('o');
        const auto home = folder_.path() / "home" / "state";
        auto session = *agent::Session::create(home / "sessions", workspace_);
        agent::FileHistory history(home / "snapshots", workspace_);
        ASSERT_TRUE(session.append({.role = chat::Role::kUser, .text = "go"}));
        ASSERT_TRUE(history.begin_turn(session));
        write_all('n');
        ASSERT_TRUE(session.append({.role = chat::Role::kAssistant, .text = "done"}));
        ASSERT_TRUE(history.end_turn(session));
        session_ = session.file();
    }

    [[nodiscard]] os::Command command(const std::string& verb) const {
        os::Command command;
        command.argv = {HEARTH_PROGRAM,     "code", verb, "--session", session_.string(), "-C",
                        workspace_.string()};
        command.environment = os::environment_of({"PATH", "HOME", "TMPDIR"});
        command.environment.emplace_back("HEARTH_HOME", (folder_.path() / "home").string());
        return command;
    }

    // Runs the verb again and again, killed at random moments, until one run ends by itself.
    int run_with_kills(const std::string& verb, std::mt19937& random) {
        for (unsigned kills = 0; kills < 200; ++kills) {
            auto child = os::Child::start(command(verb));
            EXPECT_TRUE(child);
            // Later each time, so that a slow machine comes to an end, too.
            const auto moment = std::chrono::steady_clock::now() +
                                std::chrono::microseconds(2'000 + random() % (20'000 * (kills + 1)));
            while (std::chrono::steady_clock::now() < moment && !child->poll())
                std::this_thread::yield();
            if (const auto exit = child->poll()) return static_cast<int>(kills);
            ::kill(child->pid(), SIGKILL);
            child->stop(std::chrono::milliseconds(1000));
            EXPECT_EQ(count('o') + count('n'), kFiles) << "half of a file";
        }
        ADD_FAILURE() << "it makes no progress";
        return 0;
    }

    os::TempDir folder_ = *os::TempDir::create("hearth-undo-kill");
    fs::path workspace_ = folder_.path() / "workspace";
    fs::path session_;
};

TEST_F(UndoProcess, KilledAtAnyMomentIsFinishedByTheNextAndDoneOnce) {
    fs::create_directories(workspace_);
    work();
    std::mt19937 random(5);
    int kills = 0;
    for (int round = 0; round < 2; ++round) {
        kills += run_with_kills("undo", random);
        EXPECT_EQ(count('o'), kFiles);
        kills += run_with_kills("redo", random);
        EXPECT_EQ(count('n'), kFiles);
    }
    EXPECT_GT(kills, 0);
    // Nothing is left beside the files.
    for (const auto& each : fs::recursive_directory_iterator(workspace_))
        EXPECT_FALSE(each.path().filename().string().starts_with(".hearth")) << each.path();
}

}  // namespace
}  // namespace hearth::app
