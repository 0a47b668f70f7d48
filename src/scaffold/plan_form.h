#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "scaffold/project.h"
#include "scaffold/targets.h"
#include "scaffold/work_plan.h"

namespace hearth::scaffold {

// The form in which a model writes a plan.

struct PlanFormInput {
    const Project& project;
    const std::vector<Target>& targets;  // likeliest files first
    std::string_view test_command;       // empty when none is known
    bool tests_stay = false;             // test files are not offered
};

// JSON schema of the form. It offers the files of the project with their functions by name, so that an engine that keeps to it cannot
// name one that does not exist. Deterministic; pure.
[[nodiscard]] std::string plan_schema(const PlanFormInput& input);

// What stands behind the task: only look now.
[[nodiscard]] std::string_view planning_words();

// The request to fill in the form, which ends in what its members mean.
[[nodiscard]] std::string plan_form_words(const PlanFormInput& input);

// What is wrong with the form as it was filled in, and that it is to be filled in again.
[[nodiscard]] std::string plan_fault_words(const std::vector<std::string>& faults);

// What the model is told when the plan is signed: goal, files, steps.
[[nodiscard]] std::string signed_plan_words(const WorkPlan& plan);

}  // namespace hearth::scaffold
