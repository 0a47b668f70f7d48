#pragma once
#include "scaffold/project.h"

namespace hearth::scaffold {

// Gives the role kTest to files that serve tests without being named as tests, so that nobody "mends" them: Python files that import
// unittest or pytest; C and C++ headers of checks (by name, or because they define CHECK, EXPECT, ASSERT or REQUIRE) that only tests and
// programs with a main() include, and those programs. A project keeps at least one source. Pure.
void mark_test_helpers(Project& project);

}  // namespace hearth::scaffold
