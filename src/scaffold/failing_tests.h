#pragma once
#include <string>
#include <vector>

#include "scaffold/failure_digest.h"
#include "scaffold/project.h"

namespace hearth::scaffold {

// The source of the tests that a report's places lie in, in its order, each once, at most eight of at most 1,200 bytes. A small model
// mends one failure that it sees whole where a list of them makes it repeat itself. Empty where the output names no test file, or
// where what it names is no function. Pure.
[[nodiscard]] std::vector<std::string> failing_tests(const Project& project, const TestReport& report);

}  // namespace hearth::scaffold
