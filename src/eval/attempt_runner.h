#pragma once
#include <chrono>
#include <filesystem>
#include <stop_token>
#include <string>
#include <string_view>

#include "core/result.h"
#include "eval/agent.h"
#include "eval/attempt.h"
#include "eval/grading.h"

namespace hearth::eval {

struct AttemptLimits {
    Protocol protocol = Protocol::kStrict;
    int tries = 2;
    std::chrono::seconds time{300};  // of the agent, all tries together
    Tokens tokens{0};                // generated, all tries together; 0: no limit
    double joules = 0;               // of the machine, from the first try to the last; 0: no limit
};

struct AttemptRequest {
    const Task* task = nullptr;
    const AgentSpec* agent = nullptr;
    const ModelHandle* model = nullptr;
    std::int64_t seed = 1;
    AttemptLimits limits;
    std::filesystem::path folder;  // of the trajectory
    std::filesystem::path
        energy;  // the kernel's counters; empty when other attempts run too, whose energy they count
};

// One attempt from a fresh copy of the workspace to its outcome: the agent works, the answer is graded in another fresh
// folder with restored tests; after a failure the agent is told what the tests said and tries again, as often as allowed. A
// tool-use item has one try.
// Errors: of what is around the agent; the attempt then counts as not made. kCancelled.
[[nodiscard]] Result<AttemptOutcome> run_attempt(const AttemptRequest& request, const Grading& grading,
                                                 std::stop_token stop);

// What an agent is told in its first try. Pure.
[[nodiscard]] std::string first_prompt(const Task& task, Protocol protocol);

// What it is told after a failure: the task again and the end of what the tests said. Pure.
[[nodiscard]] std::string next_prompt(const Task& task, Protocol protocol, std::string_view feedback);

// The output of failed tests, distilled and free of what changes from run to run (times, folders). Pure.
[[nodiscard]] std::string feedback_of(const Grade& grade);

}  // namespace hearth::eval
