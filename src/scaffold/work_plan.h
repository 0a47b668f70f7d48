#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace hearth::scaffold {

// Where a plan lies in its project.
inline constexpr std::string_view kPlanFile = "PLAN.md";

// A file that a plan names, and what is to be done in it.
struct PlannedFile {
    std::string path;
    bool is_new = false;
    std::vector<std::string> functions;      // that exist and change
    std::vector<std::string> new_functions;  // that are added
    std::string why;

    bool operator==(const PlannedFile&) const = default;
};

struct PlannedStep {
    std::string file;  // that it changes; empty for a step that changes none
    std::string text;

    bool operator==(const PlannedStep&) const = default;
};

// What an agent means to do, before it does it. Every text is one line.
struct WorkPlan {
    std::string goal;
    std::vector<PlannedFile> files;
    std::vector<PlannedStep> steps;
    std::string tests;  // the command that says whether it worked; empty for none
    std::vector<std::string> risks;
    std::vector<std::string> questions;  // to the person, before anything is done

    [[nodiscard]] const PlannedFile* find(std::string_view path) const;

    bool operator==(const WorkPlan&) const = default;
};

// A path as a plan has it: relative, without "./", ".." or doubled slashes; empty for one that is none. Pure.
[[nodiscard]] std::string plan_path(std::string_view path);

// PLAN.md: the plan under headings, for a person to read and to change. Pure.
[[nodiscard]] std::string plan_markdown(const WorkPlan& plan);

// Reads what plan_markdown() writes, also after a person changed it. Errors: kInvalidInput "line N: …". Pure.
[[nodiscard]] Result<WorkPlan> parse_plan_markdown(std::string_view text);

// The plan as JSON: {"goal", "files", "steps", "tests", "risks", "questions"}. Pure.
[[nodiscard]] std::string plan_json(const WorkPlan& plan);

// The same read again. Errors: kCorrupt for what is no JSON, kInvalidInput with the member that is wrong. Pure.
[[nodiscard]] Result<WorkPlan> parse_plan_json(std::string_view text);

// The plan that a model filled in, from the first JSON object of its answer (loosely read). Lines are joined and files that
// stand there twice are put together. Errors: kInvalidInput in words for the model. Pure.
[[nodiscard]] Result<WorkPlan> plan_from_answer(std::string_view answer);

}  // namespace hearth::scaffold
