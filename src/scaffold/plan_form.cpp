#include "scaffold/plan_form.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include <boost/json.hpp>

#include "core/json.h"
#include "core/text.h"
#include "scaffold/plan_check.h"

namespace hearth::scaffold {
namespace {

constexpr std::size_t kMaxFiles = 24;      // that are offered with their functions
constexpr std::size_t kMaxFunctions = 24;  // of one file
constexpr int kMostChanges = 6;
constexpr int kMostSteps = 8;

json::object text(int most, int least = 0) {
    json::object out{{"type", "string"}};
    if (least > 0) out["minLength"] = least;
    out["maxLength"] = most;
    return out;
}

json::object list_of(json::value items, int most, int least = 0) {
    json::object out{{"type", "array"}, {"items", std::move(items)}};
    if (least > 0) out["minItems"] = least;
    out["maxItems"] = most;
    return out;
}

// An object that has all of these members, in this order.
json::object object_of(json::object properties) {
    json::array required;
    for (const auto& each : properties)
        required.emplace_back(each.key());
    return {{"type", "object"},
            {"properties", std::move(properties)},
            {"required", std::move(required)},
            {"additionalProperties", false}};
}

bool may_be_named(const ProjectFile& file, bool tests_stay) {
    return file.role != FileRole::kOther && file.path != kPlanFile &&
           !(tests_stay && file.role == FileRole::kTest);
}

// Those that may change: likeliest sources first, then what else can be read.
std::vector<const ProjectFile*> offered_files(const PlanFormInput& input) {
    std::vector<const ProjectFile*> out;
    const auto add = [&](const ProjectFile* file) {
        if (file != nullptr && may_be_named(*file, input.tests_stay) &&
            std::find(out.begin(), out.end(), file) == out.end())
            out.push_back(file);
    };
    for (const auto& target : input.targets)
        add(input.project.find(target.file));
    for (const auto role : {FileRole::kSource, FileRole::kTest, FileRole::kBuild, FileRole::kText})
        for (const auto* file : input.project.with_role(role))
            add(file);
    return out;
}

json::object change_of(const ProjectFile& file) {
    json::array names;
    for (auto& name : definition_names(file)) {
        if (names.size() < kMaxFunctions) names.emplace_back(std::move(name));
    }
    json::object properties{{"file", json::object{{"const", file.path}}}};
    // A list of nothing cannot be written as a choice.
    if (!names.empty())
        properties["functions"] = list_of(json::object{{"enum", std::move(names)}}, kMostChanges);
    properties["new_functions"] = list_of(text(60, 1), kMostChanges);
    properties["why"] = text(200, 10);
    return object_of(std::move(properties));
}

}  // namespace

std::string plan_schema(const PlanFormInput& input) {
    const auto files = offered_files(input);
    json::array changes;
    json::array paths{""};
    for (const auto* file : files) {
        if (changes.size() == kMaxFiles) break;
        changes.push_back(change_of(*file));
        paths.emplace_back(file->path);
    }
    if (files.size() > kMaxFiles) {
        changes.push_back(object_of({{"file", text(120, 1)},
                                     {"functions", list_of(text(60, 1), kMostChanges)},
                                     {"new_functions", list_of(text(60, 1), kMostChanges)},
                                     {"why", text(200, 10)}}));
    }
    changes.push_back(object_of({{"new_file", text(120, 1)},
                                 {"new_functions", list_of(text(60, 1), kMostChanges)},
                                 {"why", text(200, 10)}}));
    const json::object file_of_step{
        {"anyOf", json::array{json::object{{"enum", std::move(paths)}}, text(120, 1)}}};
    const json::object step = object_of({{"file", file_of_step}, {"do", text(200, 8)}});
    const json::object tests =
        input.test_command.empty() ? text(200) : json::object{{"const", json::string(input.test_command)}};
    return json::serialize(
        object_of({{"goal", text(240, 8)},
                   {"files", list_of(json::object{{"anyOf", std::move(changes)}}, kMostChanges, 1)},
                   {"steps", list_of(step, kMostSteps, 1)},
                   {"tests", tests},
                   {"risks", list_of(text(160, 4), 3)},
                   {"questions", list_of(text(200, 4), 4)}}));
}

std::string_view planning_words() {
    return "This is the time to plan: nothing is changed and no command is run. Look at what you need to "
           "see, "
           "then say in a few sentences what has to change, where and why.";
}

std::string plan_form_words(const PlanFormInput& input) {
    auto out = std::string(
        "Now write the plan as one JSON object, which a person reads and signs before anything is done:\n"
        "goal: what will be true afterwards, in one sentence.\n"
        "files: only those that have to change, each with the functions that change, those that are added "
        "(new_functions) and why. A file that is yet to be made is named by new_file.\n"
        "steps: in their order, each with the file that it changes (\"\" for none) and what is done there. "
        "Every file has a step.\n");
    out += input.test_command.empty()
               ? "tests: the command that shows that it works, \"\" when there is none.\n"
               : fmt::format("tests: \"{}\".\n", input.test_command);
    out +=
        "risks: what may break.\n"
        "questions: all that you need to be told before you begin; an empty list when all is clear.";
    return out;
}

std::string plan_fault_words(const std::vector<std::string>& faults) {
    std::string out = "The plan cannot be signed yet:\n";
    for (const auto& fault : faults)
        out += "- " + fault + "\n";
    return out + "Write the whole JSON object again with this put right.";
}

std::string signed_plan_words(const WorkPlan& plan) {
    auto out = fmt::format(
        "This plan is signed. Carry it out, step by step, and change nothing else.\n"
        "Goal: {}\n",
        plan.goal);
    for (const auto& file : plan.files) {
        out += fmt::format("- {}{}", file.path, file.is_new ? " (new)" : "");
        if (!file.functions.empty()) out += ": change " + join(file.functions, ", ");
        if (!file.new_functions.empty())
            out += (file.functions.empty() ? ": add " : "; add ") + join(file.new_functions, ", ");
        out += fmt::format(". {}\n", file.why);
    }
    int number = 0;
    for (const auto& step : plan.steps)
        out += fmt::format("{}. {}{}\n", ++number, step.file.empty() ? "" : step.file + ": ", step.text);
    if (!plan.tests.empty()) out += fmt::format("Then `{}` passes.\n", plan.tests);
    return out;
}

}  // namespace hearth::scaffold
