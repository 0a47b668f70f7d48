#include "scaffold/plan_check.h"

#include <algorithm>
#include <fmt/format.h>
#include <functional>
#include <string_view>

#include "core/text.h"
#include "sandbox/protected_names.h"
#include "scaffold/source_outline.h"

namespace hearth::scaffold {
namespace {

constexpr std::size_t kNamesShown = 12;

bool is_named(const std::vector<std::string>& names, std::string_view name) {
    return std::any_of(names.begin(), names.end(),
                       [&](const std::string& each) { return each == name || short_name(each) == name; });
}

// "a, b, c and 4 more".
std::string some_of(const std::vector<std::string>& names) {
    const std::vector<std::string> shown(
        names.begin(), names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), kNamesShown)));
    auto out = join(shown, ", ");
    if (names.size() > kNamesShown) out += fmt::format(" and {} more", names.size() - kNamesShown);
    return out;
}

bool may_be_planned(std::string_view path, bool tests_stay) {
    return sandbox::may_write(path) && path != kPlanFile && !(tests_stay && role_of(path) == FileRole::kTest);
}

// Moves what is in one list and belongs into another.
void move_names(std::vector<std::string>& from, std::vector<std::string>& to,
                const std::function<bool(const std::string&)>& belongs) {
    for (const auto& name : from)
        if (belongs(name) && std::find(to.begin(), to.end(), name) == to.end()) to.push_back(name);
    std::erase_if(from, belongs);
}

void repair_file(PlannedFile& file, const Project& project) {
    const auto* known = project.find(file.path);
    if (known != nullptr) file.is_new = false;
    if (file.is_new) {
        move_names(file.functions, file.new_functions, [](const std::string&) { return true; });
    } else if (known != nullptr) {
        const auto names = definition_names(*known);
        move_names(file.new_functions, file.functions,
                   [&](const std::string& name) { return is_named(names, name); });
    }
}

class Checker {
public:
    Checker(const WorkPlan& plan, const Project& project, bool tests_stay)
        : plan_(plan), project_(project), tests_stay_(tests_stay) {}

    std::vector<std::string> run(const std::string& test_command) {
        if (plan_.goal.empty()) fault("Say the goal in one sentence.");
        if (plan_.files.empty()) fault("Name at least one file that changes.");
        for (const auto& file : plan_.files)
            check(file);
        check_steps();
        if (!test_command.empty() && plan_.tests != test_command)
            fault(fmt::format("The tests of this project are run by `{}`: put that into \"tests\".",
                              test_command));
        return std::move(faults_);
    }

private:
    void fault(std::string text) { faults_.push_back(std::move(text)); }

    void check(const PlannedFile& file) {
        const auto* known = project_.find(file.path);
        if (!sandbox::may_write(file.path) || file.path == kPlanFile) {
            fault(fmt::format("{} is protected and stays as it is: leave it out.", file.path));
        } else if (known == nullptr && !file.is_new) {
            std::vector<std::string> paths;
            for (const auto* each : project_.with_role(FileRole::kSource))
                paths.push_back(each->path);
            fault(fmt::format("There is no file {}. Name one of these, or say that it is new: {}.", file.path,
                              some_of(paths)));
        } else if (known != nullptr && file.is_new) {
            fault(fmt::format("{} exists already: name it as a file that changes.", file.path));
        } else if (tests_stay_ && role_of(file.path) == FileRole::kTest) {
            fault(fmt::format("{} is a test and stays as it is: name the code that it tests.", file.path));
        } else if (known != nullptr) {
            check_functions(file, *known);
        }
        if (file.why.size() < 8) fault(fmt::format("Say why {} changes.", file.path));
    }

    void check_functions(const PlannedFile& file, const ProjectFile& known) {
        // The names of a language without an outline are not known.
        if (syntax_of(file.path) == Syntax::kUnknown) return;
        const auto names = definition_names(known);
        for (const auto& name : file.functions) {
            if (is_named(names, name)) continue;
            fault(fmt::format(
                "{} has no function {}. {} If it is to be written, put it into "
                "\"new_functions\".",
                file.path, name,
                names.empty() ? std::string("It has none.") : fmt::format("It has: {}.", some_of(names))));
        }
        for (const auto& name : file.new_functions) {
            if (is_named(names, name))
                fault(fmt::format("{} has {} already: put it into \"functions\".", file.path, name));
        }
    }

    void check_steps() {
        if (plan_.steps.empty()) fault("Say at least one step.");
        for (const auto& step : plan_.steps) {
            if (!step.file.empty() && plan_.find(step.file) == nullptr)
                fault(
                    fmt::format("The step \"{}\" is about {}, which is not among the files of the plan: add "
                                "it there, or leave its \"file\" empty.",
                                step.text, step.file));
        }
        for (const auto& file : plan_.files) {
            const bool has_step =
                std::any_of(plan_.steps.begin(), plan_.steps.end(),
                            [&](const PlannedStep& step) { return step.file == file.path; });
            if (!plan_.steps.empty() && !has_step)
                fault(fmt::format("Say a step for {}, with that path as its \"file\".", file.path));
        }
    }

    const WorkPlan& plan_;
    const Project& project_;
    bool tests_stay_;
    std::vector<std::string> faults_;
};

}  // namespace

std::vector<std::string> plan_faults(const WorkPlan& plan, const Project& project,
                                     const std::string& test_command, bool tests_stay) {
    return Checker(plan, project, tests_stay).run(test_command);
}

WorkPlan repaired_plan(WorkPlan plan, const Project& project, const std::string& test_command,
                       bool tests_stay) {
    if (!test_command.empty()) plan.tests = test_command;
    for (auto& file : plan.files)
        repair_file(file, project);
    for (auto& step : plan.steps) {
        if (step.file.empty() || plan.find(step.file) != nullptr) continue;
        if (project.find(step.file) != nullptr && may_be_planned(step.file, tests_stay)) {
            plan.files.push_back({.path = step.file, .why = step.text});
        } else {
            step.file.clear();
        }
    }
    for (const auto& file : plan.files) {
        const bool has_step = std::any_of(plan.steps.begin(), plan.steps.end(),
                                          [&](const PlannedStep& step) { return step.file == file.path; });
        if (!has_step && !file.why.empty()) plan.steps.push_back({file.path, file.why});
    }
    return plan;
}

std::vector<std::string> definition_names(const ProjectFile& file) {
    std::vector<std::string> names;
    for (auto& definition : outline(file.content, syntax_of(file.path)))
        names.push_back(std::move(definition.name));
    return names;
}

}  // namespace hearth::scaffold
