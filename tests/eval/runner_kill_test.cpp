#include <algorithm>
#include <chrono>
#include <gtest/gtest.h>
#include <random>
#include <thread>

#include "eval/result_store.h"
#include "eval/task_folder.h"
#include "os/process.h"

namespace hearth::eval {
namespace {

namespace fs = std::filesystem;

// A real runner process is killed at random moments until it ends by itself.
TEST(RunnerProcess, KilledAtAnyMomentLosesNoAttemptAndCountsNoneTwice) {
    const Ground ground;
    for (const auto* id : {"a", "b"})
        ground.add_task(id);
    const auto file = ground.path() / "r.db";
    // Passes for even seeds only, so that a result in the wrong row would show.
    os::Command command;
    command.argv = {HEARTH_PROGRAM, "eval",
                    "run",          ground.path().string(),
                    "--out",        file.string(),
                    "--seeds",      "4",
                    "--tries",      "1",
                    "--parallel",   "2",
                    "--agent",      "even=case {seed} in 2|4) echo 42 > value.txt;; esac"};
    command.environment = os::environment_of({"PATH", "HOME", "TMPDIR"});
    command.environment.emplace_back("HEARTH_HOME", (ground.path() / "home").string());
    std::mt19937 random(7);
    int kills = 0;
    bool ended = false;
    while (!ended) {
        ASSERT_LT(kills, 400) << "the runner makes no progress";
        auto child = os::Child::start(command);
        ASSERT_TRUE(child) << child.error().message();
        const auto moment = std::chrono::steady_clock::now() + std::chrono::milliseconds(50 + random() % 800);
        while (std::chrono::steady_clock::now() < moment && !child->poll())
            std::this_thread::yield();
        if (const auto exit = child->poll()) {
            EXPECT_TRUE(exit->ok()) << os::describe(*exit);
            ended = true;
        } else {
            ::kill(child->pid(), SIGKILL);
            child->stop(std::chrono::milliseconds(1000));
            ++kills;
        }
    }
    auto store = ResultStore::open_to_read(file);
    ASSERT_TRUE(store) << store.error().message();
    ASSERT_EQ(store->runs()->size(), 1U);
    const auto attempts = store->attempts(1);
    ASSERT_TRUE(attempts);
    EXPECT_EQ(attempts->size(), 8U);
    for (const auto& attempt : *attempts) {
        EXPECT_TRUE(attempt.finished);
        EXPECT_EQ(attempt.outcome.passed, attempt.cell.seed % 2 == 0);
        EXPECT_TRUE(fs::exists(fs::path(attempt.outcome.folder) / "changes.diff"));
    }
    EXPECT_GT(kills, 0);
    EXPECT_TRUE(fs::is_empty(file.string() + ".files/scratch"));
}

}  // namespace
}  // namespace hearth::eval
