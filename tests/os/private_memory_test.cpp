#include "os/private_memory.h"

#include <csignal>
#include <cstdlib>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace hearth::os {
namespace {

// In a process of its own, because it cannot be taken back.
TEST(PrivateMemory, AProcessThatCrashesLeavesNoCore) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        keep_memory_private();
        rlimit core{.rlim_cur = 1, .rlim_max = 1};
        ::getrlimit(RLIMIT_CORE, &core);
        if (::prctl(PR_GET_DUMPABLE, 0, 0, 0, 0) != 0 || core.rlim_max != 0) ::_exit(1);
        std::signal(SIGABRT, SIG_DFL);
        ::kill(::getpid(), SIGABRT);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << WEXITSTATUS(status);
    EXPECT_EQ(WTERMSIG(status), SIGABRT);
    EXPECT_FALSE(WCOREDUMP(status));
}

}  // namespace
}  // namespace hearth::os
