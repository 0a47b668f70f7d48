#include <csignal>
#include <gtest/gtest.h>
#include <random>
#include <sys/wait.h>
#include <unistd.h>

#include "history/history_fixture.h"
#include "history/restore.h"

namespace hearth::history {
namespace {

// A process that takes files back is killed at random moments: every file is old or new, and the same steps again do the rest.
TEST_F(HistoryTest, ARestoreThatIsKilledLeavesWholeFilesAndIsDoneByTheNext) {
    constexpr int kFiles = 30;
    const auto content = [](int i, char side) { return std::string(40'000, side) + std::to_string(i); };
    const auto name = [](int i) { return "f" + std::to_string(i % 6) + "/" + std::to_string(i); };
    for (int i = 0; i < kFiles; ++i)
        put(name(i), content(i, 'o'));
    const auto before = take();
    for (int i = 0; i < kFiles; ++i)
        put(name(i), content(i, 'n'));
    const auto after = take();
    std::mt19937 random(11);
    int killed = 0;
    for (int round = 0; round < 8; ++round) {
        const bool back = round % 2 == 0;
        const std::vector<Changes> changes = {back ? between(after, before) : between(before, after)};
        const auto steps = compose(changes);
        const auto restorer = *Restorer::open(store_, workspace_, "kill");
        const auto child = ::fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
            const auto done = restorer.restore(steps, Overwrite::kNothing);
            ::_exit(done ? 0 : 1);
        }
        ::usleep(static_cast<useconds_t>(200 + random() % 20'000));
        ::kill(child, SIGKILL);
        int status = 0;
        ASSERT_EQ(::waitpid(child, &status, 0), child);
        if (WIFSIGNALED(status)) ++killed;
        for (int i = 0; i < kFiles; ++i) {
            const auto now = get(name(i));
            EXPECT_TRUE(now == content(i, 'o') || now == content(i, 'n')) << name(i);
        }
        restorer.clean_up(steps);
        const auto rest = restorer.restore(steps, Overwrite::kNothing);
        ASSERT_TRUE(rest);
        EXPECT_TRUE(rest->left.empty());
        EXPECT_EQ(take(), back ? before : after);
    }
    EXPECT_GT(killed, 0);
}

}  // namespace
}  // namespace hearth::history
