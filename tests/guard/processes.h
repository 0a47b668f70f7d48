#pragma once
#include <functional>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace hearth::guard {

// Does a piece of work in `count` processes at once, each with its number, and waits for all. True when each returned true.
inline bool in_processes(int count, const std::function<bool(int)>& work) {
    std::vector<pid_t> children;
    for (int number = 0; number < count; ++number) {
        const pid_t child = ::fork();
        if (child == 0) ::_exit(work(number) ? 0 : 1);
        children.push_back(child);
    }
    bool all = true;
    for (const pid_t child : children) {
        int status = 0;
        all = ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0 && all;
    }
    return all;
}

}  // namespace hearth::guard
