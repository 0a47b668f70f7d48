#pragma once
#include <string>
#include <string_view>

#include "scaffold/failure_digest.h"
#include "scaffold/project.h"
#include "scaffold/targets.h"

namespace hearth::scaffold {

struct FocusInput {
    const Project& project;
    std::string_view task;     // the user's words
    const Target& target;      // with the function to change in `definition`
    std::string_view test;     // source of one failing test
    const TestReport& report;  // of the project as it is
};

// A short message that shows one function, what stands around it, and one test that it fails. Shown a whole project, a small model
// copies the function as it is; shown little else than the function and the failure, it changes it. Some 400 tokens.
// Empty when the function is not in its file. Deterministic; pure.
[[nodiscard]] std::string focus_prompt(const FocusInput& input);

}  // namespace hearth::scaffold
