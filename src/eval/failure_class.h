#pragma once
#include <string_view>

#include "eval/agent.h"
#include "eval/attempt.h"
#include "eval/grading.h"

namespace hearth::eval {

// What is known of one try when it is over.
struct TryFacts {
    AgentEnd end = AgentEnd::kFinished;
    bool changed = false;           // any file
    bool changed_solution = false;  // a file that an answer may change
    bool over_budget = false;
};

// The class of a try. What the agent did comes before what the tests said. Pure.
[[nodiscard]] Failure classify(const TryFacts& facts, const Grade& grade);

// Of the output of failed tests: does not parse or compile, misses a name, or is wrong. Pure.
[[nodiscard]] Failure classify_output(std::string_view output);

}  // namespace hearth::eval
