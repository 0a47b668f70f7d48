#pragma once
#include <string>
#include <vector>

#include "scaffold/project.h"
#include "scaffold/work_plan.h"

namespace hearth::scaffold {

// What is wrong with a plan for this project, as sentences for whoever wrote it, each with what is right; none when it can be
// signed. Files exist or are new, functions occur in their files or are added, nothing that must stay is named, every file has a
// reason and a step, and the tests are run by `test_command` (empty: none is known). `tests_stay`: test files are not changed.
// Pure. Cost: one outline of each named file.
[[nodiscard]] std::vector<std::string> plan_faults(const WorkPlan& plan, const Project& project,
                                                   const std::string& test_command, bool tests_stay);

// A model's plan with what code knows better put right, so that it is not asked again: what exists is not new, the tests are run by
// the project's command, every file has a step, and a file that only a step names is named. A small model says the same again
// when it is told such things. Pure.
[[nodiscard]] WorkPlan repaired_plan(WorkPlan plan, const Project& project, const std::string& test_command,
                                     bool tests_stay);

// Names of the functions, methods and classes of a file, in their order. Pure.
[[nodiscard]] std::vector<std::string> definition_names(const ProjectFile& file);

}  // namespace hearth::scaffold
